"""Workbooks and papers, by noun."""
