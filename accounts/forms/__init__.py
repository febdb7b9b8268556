"""What people type about users and themselves."""

from accounts.forms.audit import AuditFilter
from accounts.forms.signing_in import (
    ActivateSecondFactorForm,
    ChangePasswordForm,
    FirstAdministratorForm,
    ReauthenticateForm,
    SecondFactorForm,
    SignInForm,
)
from accounts.forms.users import OwnDetailsForm, ReasonForm, UserFilter, UserForm

__all__ = [
    "ActivateSecondFactorForm",
    "AuditFilter",
    "ChangePasswordForm",
    "FirstAdministratorForm",
    "OwnDetailsForm",
    "ReasonForm",
    "ReauthenticateForm",
    "SecondFactorForm",
    "SignInForm",
    "UserFilter",
    "UserForm",
]
