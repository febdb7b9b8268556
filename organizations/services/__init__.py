"""What is done to places, people, the pool, accounts and posts."""

from organizations.services.accounts import (
    AccountRefused,
    add_account_paper,
    decide_account,
    enter_first_account,
    propose_account,
)
from organizations.services.people import (
    PeopleRefused,
    change_firm,
    change_kind,
    correct_id_number,
    edit_practitioner,
    link_login,
    register_practitioner,
)
from organizations.services.places import PlaceRefused, save_organization, save_region, save_station
from organizations.services.pool import (
    PoolRefused,
    decide_pool_entry,
    leave,
    propose_pool_entry,
    set_stations,
    shifts_after,
)
from organizations.services.posts import (
    PostRefused,
    add_post,
    appoint_first_administrator,
    confirm_post,
    delegate,
    end_post,
    refuse_post,
)
from organizations.services.revealing import RevealRefused, reveal, revealable
from organizations.services.statuses import (
    StatusRefused,
    closed_months_touched,
    closed_months_warning,
    decide_status,
    propose_status,
    set_public_servant_status,
)

__all__ = [
    "AccountRefused",
    "PeopleRefused",
    "PlaceRefused",
    "PoolRefused",
    "PostRefused",
    "RevealRefused",
    "StatusRefused",
    "add_account_paper",
    "add_post",
    "appoint_first_administrator",
    "change_firm",
    "change_kind",
    "closed_months_touched",
    "closed_months_warning",
    "confirm_post",
    "correct_id_number",
    "decide_account",
    "decide_pool_entry",
    "decide_status",
    "delegate",
    "edit_practitioner",
    "end_post",
    "enter_first_account",
    "leave",
    "link_login",
    "propose_account",
    "propose_pool_entry",
    "propose_status",
    "refuse_post",
    "register_practitioner",
    "reveal",
    "revealable",
    "save_organization",
    "save_region",
    "save_station",
    "set_public_servant_status",
    "set_stations",
    "shifts_after",
]
