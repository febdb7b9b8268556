"""Every app's addresses, at the root. Names are unique over all apps."""

from django.urls import include, path

from huimin import views

urlpatterns = [
    path("health/", views.health, name="health"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("", include("accounts.urls")),
    path("", include("records.urls")),
    path("", include("organizations.urls")),
    path("", include("programmes.urls")),
    path("", include("consultations.urls")),
    path("", include("legalaid.urls")),
    path("", include("subsidies.urls")),
    path("", include("performance.urls")),
    path("", include("desk.urls")),
]

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.permission_denied"
handler404 = "accounts.views.errors.page_not_found"
handler429 = "accounts.views.errors.too_many_requests"
handler500 = "accounts.views.errors.server_error"
