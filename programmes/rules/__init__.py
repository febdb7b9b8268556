"""Pure rules of the plan: terms, working days, deadlines, the shape of a plan file. No Django, no clock."""
