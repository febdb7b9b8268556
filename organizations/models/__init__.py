"""Regions, organisations, stations, practitioners, and who holds which post where."""

from organizations.models.people import (
    Affiliation,
    BankAccount,
    PoolEntry,
    Practitioner,
    PublicServantStatus,
    StatusProposal,
)
from organizations.models.places import Organization, Region, Station
from organizations.models.posts import Post

__all__ = [
    "Affiliation",
    "BankAccount",
    "Organization",
    "PoolEntry",
    "Post",
    "Practitioner",
    "PublicServantStatus",
    "Region",
    "Station",
    "StatusProposal",
]
