"""Attendance: the phone page, the clerk's day, the list, past days and ways out."""

from django.urls import path

from consultations.views import attendance

urlpatterns = [
    path("checkin/", attendance.my_shifts, name="my-shifts"),
    path("checkin/<int:pk>/in/", attendance.sign_in, name="sign-in"),
    path("checkin/<int:pk>/out/", attendance.sign_out, name="sign-out"),
    path("checkin/<int:pk>/none/", attendance.no_consultation, name="no-consultation"),
    path("checkin/<int:pk>/contest/<slug:kind>/", attendance.contest, name="contest-clock"),
    path("attendance/", attendance.attendance_list, name="attendance"),
    path("attendance/export.xlsx", attendance.attendance_export, name="attendance-export"),
    path("attendance/today/", attendance.station_today, name="station-today"),
    path("attendance/settle/", attendance.settle_shifts, name="settle-shifts"),
    path("attendance/settlements/", attendance.settlement_list, name="settlements"),
    path("attendance/<int:pk>/", attendance.attendance_shift, name="attendance-shift"),
    path("attendance/<int:pk>/in/", attendance.sign_in_for, name="sign-in-for"),
    path("attendance/<int:pk>/out/", attendance.sign_out_for, name="sign-out-for"),
    path("attendance/<int:pk>/fix/", attendance.attendance_fix, name="attendance-fix"),
    path("attendance/<int:pk>/none.pdf", attendance.no_consultation_paper, name="no-consultation-paper"),
]
