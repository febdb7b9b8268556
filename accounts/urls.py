"""Only those pages of allauth that are needed here: no sign-up, no mail, no password reset by link."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.usersessions import views as sessions
from django.urls import path

from accounts.access import allowed, public
from accounts.views import audit, own, users

own_account = allowed("accounts.own_account")

urlpatterns = [
    # signing in and out
    path("login/", own.login, name="account_login"),
    path("login/code/", public(mfa.authenticate), name="mfa_authenticate"),
    path("logout/", public(account.logout), name="account_logout"),
    path("inactive/", public(account.account_inactive), name="account_inactive"),
    path("first-administrator/", own.first_administrator, name="first-administrator"),
    path("font/", own.font, name="font"),
    # one's own account
    path("me/", own.me, name="me"),
    path("me/password/", own_account(account.password_change), name="account_change_password"),
    path("me/confirm/", own_account(account.reauthenticate), name="account_reauthenticate"),
    path("me/confirm/code/", own_account(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("me/second-factor/", own_account(mfa.index), name="mfa_index"),
    path("me/second-factor/start/", own_account(totp.activate_totp), name="mfa_activate_totp"),
    path("me/second-factor/stop/", own_account(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("me/recovery-codes/", own_account(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("me/recovery-codes/new/", own_account(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("me/recovery-codes/file/", own_account(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("me/sessions/", own_account(sessions.list_usersessions), name="usersessions_list"),
    path("me/filters/", own.filter_keep, name="filter-keep"),
    path("me/filters/<int:pk>/drop/", own.filter_drop, name="filter-drop"),
    # administration
    path("base/users/", users.user_list, name="users"),
    path("base/users/new/", users.user_create, name="user-create"),
    path("base/users/<int:pk>/", users.user_detail, name="user"),
    path("base/users/<int:pk>/edit/", users.user_edit, name="user-edit"),
    path("base/users/<int:pk>/disable/", users.user_disable, name="user-disable"),
    path("base/users/<int:pk>/enable/", users.user_enable, name="user-enable"),
    path("base/users/<int:pk>/password/", users.user_reset_password, name="user-reset-password"),
    path("base/users/<int:pk>/second-factor/", users.user_reset_second_factor, name="user-reset-second-factor"),
    path("base/users/<int:pk>/sessions/", users.user_end_sessions, name="user-end-sessions"),
    path("base/audit/", audit.audit_list, name="audit"),
    path("base/audit/export/", audit.audit_export, name="audit-export"),
    path("base/audit/<int:pk>/", audit.audit_entry, name="audit-entry"),
]
