"""What people do with plans, calendars and months. Each verb lives with its noun."""
