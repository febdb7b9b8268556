"""Pure rules of money: duty pay as lines, differences, chains. No Django, no clock, no database."""
