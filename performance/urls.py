"""Addresses of reports and of what is made public of them. The converter `month` is registered by consultations."""

from django.urls import path

import consultations.urls.rosters  # noqa: F401 - registers the converter
from performance.views import information, progress, reports

urlpatterns = [
    path("reports/progress/", progress.progress, name="progress-table"),
    path("reports/progress/<month:month>/", progress.progress, name="progress-table-of"),
    path("reports/progress/<month:month>/file.<str:suffix>", progress.progress_file, name="progress-table-file"),
    path(
        "reports/progress/<month:month>/chart/<slug:name>/<slug:width>.svg", progress.progress_chart, name="progress-table-chart"
    ),
    path("reports/papers/new/", reports.report_new, name="report-new"),
    path("reports/papers/draft/", reports.report_draft, name="report-draft"),
    path("reports/papers/<int:pk>/", reports.report, name="report"),
    path("reports/papers/<int:pk>/file.<str:suffix>", reports.report_file, name="report-file"),
    path("reports/papers/<int:pk>/table.pdf", reports.report_table, name="report-table"),
    path("reports/papers/<int:pk>/chart/<slug:name>/<slug:width>.svg", reports.report_chart, name="report-chart"),
    path("reports/papers/<int:pk>/texts/", reports.report_texts, name="report-texts"),
    path("reports/papers/<int:pk>/review/", reports.report_review, name="report-review"),
    path("reports/papers/<int:pk>/send-back/", reports.report_send_back, name="report-send-back"),
    path("reports/papers/<int:pk>/issue/", reports.report_issue, name="report-issue"),
    path("p/info/", information.information, name="public-info"),
    path("p/info/<int:pk>.pdf", information.information_paper, name="public-info-paper"),
]
