"""Attendance: one's own telephone, the list, past days and ways out. The card of the day is in station_days."""

from django.urls import path

from consultations.views import attendance

urlpatterns = [
    path("checkin/<int:pk>/in/", attendance.sign_in, name="sign-in"),
    path("checkin/<int:pk>/out/", attendance.sign_out, name="sign-out"),
    path("checkin/<int:pk>/none/", attendance.no_consultation, name="no-consultation"),
    path("checkin/<int:pk>/contest/<slug:kind>/", attendance.contest, name="contest-clock"),
    path("attendance/", attendance.attendance_list, name="attendance"),
    path("attendance/export.xlsx", attendance.attendance_export, name="attendance-export"),
    path("attendance/settle/", attendance.settle_shifts, name="settle-shifts"),
    path("attendance/settlements/", attendance.settlement_list, name="settlements"),
    path("attendance/<int:pk>/", attendance.attendance_shift, name="attendance-shift"),
    path("attendance/<int:pk>/fix/", attendance.attendance_fix, name="attendance-fix"),
    path("attendance/<int:pk>/none.pdf", attendance.no_consultation_paper, name="no-consultation-paper"),
]
