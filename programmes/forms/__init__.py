"""What a person types about plans, calendars and frequencies."""
