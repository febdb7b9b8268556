"""The demonstration: logins for every role, and a year of a living county. Every person is plainly fictional."""

from desk.services.demo.logins import DemoRefused, add_logins
from desk.services.demo.year import load_year

__all__ = ["DemoRefused", "add_logins", "load_year"]
