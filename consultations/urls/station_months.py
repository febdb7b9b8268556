"""Station months: the sheet, its confirmation, the bureau's page. The converter `month` is registered by rosters."""

from django.urls import path

from consultations.views import station_months as views

urlpatterns = [
    path("station-months/", views.station_month_list, name="station-months"),
    path("station-months/<month:month>/receive/", views.station_months_receive, name="station-months-receive"),
    path("station-months/<int:station>/<month:month>/", views.station_month, name="station-month"),
    path("station-months/<int:station>/<month:month>/confirm/", views.station_month_confirm, name="station-month-confirm"),
    path("station-months/<int:station>/<month:month>/receive/", views.station_month_receive, name="station-month-receive"),
    path("station-months/<int:station>/<month:month>/return/", views.station_month_return, name="station-month-return"),
    path("station-months/<int:station>/<month:month>/sheet.xlsx", views.station_month_workbook, name="station-month-workbook"),
    path("station-months/<int:station>/<month:month>/sheet.pdf", views.station_month_paper, name="station-month-paper"),
    path("station-months/<int:station>/<month:month>/sign.pdf", views.sign_sheet, name="sign-sheet"),
]
