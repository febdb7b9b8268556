from django.urls import path

from desk import api
from desk.views import api_clients, dashboard, exports, handbook, importing, obligations, public, reports, searching, todo

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("dashboard/chart/<slug:name>/<slug:width>.svg", dashboard.dashboard_chart, name="dashboard-chart"),
    path("todo/", todo.todo, name="todo"),
    path("todo/badge/", todo.todo_badge, name="todo-badge"),
    path("todo/notices/<int:pk>/", todo.notice, name="notice"),
    path("todo/notices/switch/", todo.notices_switch, name="notices-switch"),
    path("todo/notices/read/", todo.notices_read, name="notices-read"),
    path("help/", handbook.help_page, name="help"),
    path("search/", searching.search, name="search"),
    path("reports/", reports.reports, name="reports"),
    path("p/", public.start, name="public-start"),
    path("p/help/", public.help_page, name="public-help"),
    path("p/font/", public.font, name="public-font"),
    path("p/poster-<slug:size>.pdf", public.poster_pdf, name="public-poster"),
    path("imports/", importing.imports, name="imports"),
    path("imports/template/", importing.import_template, name="import-template"),
    path("imports/<int:pk>/", importing.import_batch, name="import"),
    path("imports/<int:pk>/errors/", importing.import_errors, name="import-errors"),
    path("imports/<int:pk>/take-back/", importing.import_take_back, name="import-take-back"),
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.export_new, name="export-new"),
    path("exports/<int:pk>/", exports.export_file, name="export-file"),
    path("obligations/", obligations.obligations, name="obligations"),
    path("obligations/<int:pk>/", obligations.obligation, name="obligation"),
    path("obligations/<int:pk>/finish/", obligations.obligation_finish, name="obligation-finish"),
    path("obligations/<int:pk>/assign/", obligations.obligation_assign, name="obligation-assign"),
    path("obligations/<int:pk>/reopen/", obligations.obligation_reopen, name="obligation-reopen"),
    path("obligations/<int:pk>/evidence/", obligations.obligation_evidence, name="obligation-evidence"),
    path("api-clients/", api_clients.api_clients, name="api-clients"),
    path("api-clients/new/", api_clients.api_client_new, name="api-client-new"),
    path("api-clients/<int:pk>/revoke/", api_clients.api_client_revoke, name="api-client-revoke"),
    *api.urlpatterns,
]
