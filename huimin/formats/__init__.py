"""How numbers are written, where Django's Chinese formats differ from our papers."""
