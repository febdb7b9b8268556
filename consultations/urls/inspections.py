"""Inspections and rectification."""

from django.urls import path

from consultations.views import inspections

urlpatterns = [
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/F38.xlsx", inspections.inspections_workbook, name="inspections-workbook"),
    path("inspections/records/", inspections.inspection_records, name="inspection-records"),
    path("inspections/new/", inspections.inspection_new, name="inspection-new"),
    path("inspections/<int:pk>/", inspections.inspection, name="inspection"),
    path("inspections/<int:pk>/photo/", inspections.inspection_photo, name="inspection-photo"),
    path("inspections/<int:pk>/points/new/", inspections.inspection_point_new, name="inspection-point-new"),
    path("inspections/points/<int:pk>/", inspections.inspection_point, name="inspection-point"),
    path("inspections/points/<int:pk>/answer/", inspections.inspection_point_answer, name="inspection-point-answer"),
    path("inspections/points/<int:pk>/judge/", inspections.inspection_point_judge, name="inspection-point-judge"),
    path("inspections/points/<int:pk>/extend/", inspections.inspection_point_extend, name="inspection-point-extend"),
    path("inspections/points/<int:pk>/withdraw/", inspections.inspection_point_withdraw, name="inspection-point-withdraw"),
    path("inspections/proofs/<int:pk>/", inspections.rectification_proof, name="rectification-proof"),
]
