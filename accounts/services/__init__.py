"""What is done to users and to the audit log."""

from accounts.services.sealing import seal_audit, verify_audit
from accounts.services.users import (
    AccountError,
    change_own_details,
    create_first_administrator,
    create_user,
    disable_user,
    edit_user,
    enable_user,
    end_sessions,
    needs_first_administrator,
    reset_password,
    reset_second_factor,
    system_user,
)

__all__ = [
    "AccountError",
    "change_own_details",
    "create_first_administrator",
    "create_user",
    "disable_user",
    "edit_user",
    "enable_user",
    "end_sessions",
    "needs_first_administrator",
    "reset_password",
    "reset_second_factor",
    "seal_audit",
    "system_user",
    "verify_audit",
]
