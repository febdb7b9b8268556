"""Regions, organisations, stations, practitioners, and who holds which post where."""

from organizations.models.accounts import BankAccount
from organizations.models.organization_accounts import OrganizationAccount
from organizations.models.people import Affiliation, PoolEntry, Practitioner, PublicServantStatus
from organizations.models.places import Organization, Region, Station
from organizations.models.posts import Post
from organizations.models.statuses import StatusProposal

__all__ = [
    "Affiliation",
    "BankAccount",
    "Organization",
    "OrganizationAccount",
    "PoolEntry",
    "Post",
    "Practitioner",
    "PublicServantStatus",
    "Region",
    "Station",
    "StatusProposal",
]
