"""What a person types, by noun."""
