"""Workbooks in and out: `reading` is careful with what people send, `writing` makes what they print and file."""
