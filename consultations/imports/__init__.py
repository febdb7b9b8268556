"""Sheets 排班, 考勤, 考核 and 咨询登记 of the workbook (contract.md 3)."""
