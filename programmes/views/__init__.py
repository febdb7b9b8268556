"""Pages of plans, the working calendar, station frequencies and months."""
