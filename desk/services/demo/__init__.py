"""The demonstration: logins for every role, and a year of a living county. Every person is plainly fictional."""

from desk.services.demo.logins import DemoRefused, add_logins

__all__ = ["DemoRefused", "add_logins"]
