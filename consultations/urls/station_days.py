"""The card of the day, the code to sign in with, and what is made without a network."""

from django.urls import path

from consultations.views import station_days as views

urlpatterns = [
    path("checkin/", views.my_shifts, name="my-shifts"),
    path("checkin/<int:pk>/code/", views.sign_in_code, name="sign-in-code"),
    path("attendance/today/", views.station_today, name="station-today"),
    path("attendance/today/<int:pk>/code/", views.day_code, name="day-code"),
    path("attendance/today/<int:pk>/code.pdf", views.day_code_poster, name="day-code-poster"),
    path("attendance/today/<int:pk>/sheet.pdf", views.day_sheet, name="day-sheet"),
    path("attendance/<int:pk>/in/", views.sign_in_for, name="sign-in-for"),
    path("attendance/<int:pk>/out/", views.sign_out_for, name="sign-out-for"),
    path("attendance/<int:pk>/none/", views.no_consultation_for, name="no-consultation-for"),
    path("queue/", views.late_queue, name="late-queue"),
    path("offline/", views.offline, name="offline"),
    path("sw.js", views.service_worker, name="service-worker"),
]
