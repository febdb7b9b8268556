"""Every app's addresses, at the root. Names are unique over all apps."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from huimin import views

urlpatterns = [
    path("health/", views.health, name="health"),
    path("favicon.ico", views.favicon, name="favicon"),
    # While the house is being built, a floor without doors is left out.
    *(path("", include(f"{floor}.urls")) for floor in settings.FLOORS if find_spec(f"{floor}.urls")),
]

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.permission_denied"
handler404 = "accounts.views.errors.page_not_found"
handler429 = "accounts.views.errors.too_many_requests"
handler500 = "accounts.views.errors.server_error"
