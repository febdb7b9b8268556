"""What a person sees and presses, by noun."""
