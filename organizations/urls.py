"""Base data under /base/: people, the pool, places, posts."""

from django.urls import path

from organizations.views import decisions, papers, people, places, posts

urlpatterns = [
    # people
    path("base/people/", people.people, name="people"),
    path("base/people/export/", papers.people_export, name="people-export"),
    path("base/people/find/", people.person_find, name="person-find"),
    path("base/people/new/", people.person_create, name="person-new"),
    path("base/people/own/", people.own_record, name="own-record"),
    path("base/people/<int:pk>/", people.person, name="person"),
    path("base/people/<int:pk>/edit/", people.person_edit, name="person-edit"),
    path("base/people/<int:pk>/id-number/", people.person_id_number, name="person-id-number"),
    path("base/people/<int:pk>/kind/", people.person_kind, name="person-kind"),
    path("base/people/<int:pk>/firm/", people.person_firm, name="person-firm"),
    path("base/people/<int:pk>/status/", people.person_status, name="person-status"),
    path("base/people/<int:pk>/pool/", people.person_stay, name="person-pool"),
    path("base/people/<int:pk>/account/", people.person_account, name="person-account"),
    path("base/people/<int:pk>/login/", people.person_login, name="person-login"),
    path("base/people/<int:pk>/reveal/", people.person_reveal, name="person-reveal"),
    path("base/people/<int:pk>/statement.pdf", papers.person_statement, name="person-statement"),
    path("base/people/<int:pk>/account-form.pdf", papers.person_account_form, name="person-account-form"),
    # the pool, and what waits for the leader
    path("base/people/pool/<slug:suffix>/", papers.pool_list, name="pool-list"),
    path("base/people/proposals/", decisions.proposals, name="proposals"),
    path("base/people/proposals/<slug:suffix>/", papers.admission_sheet, name="admission-sheet"),
    path("base/people/stays/<int:pk>/", decisions.stay, name="stay"),
    path("base/people/stays/<int:pk>/decide/", decisions.stay_decide, name="stay-decide"),
    path("base/people/stays/<int:pk>/stations/", people.stay_stations, name="stay-stations"),
    path("base/people/stays/<int:pk>/leave/", people.stay_leave, name="stay-leave"),
    path("base/people/stays/<int:pk>/admission.pdf", papers.stay_admission, name="stay-admission"),
    path("base/people/statuses/<int:pk>/", decisions.status_proposal, name="status-proposal"),
    path("base/people/statuses/<int:pk>/decide/", decisions.status_decide, name="status-decide"),
    path("base/people/statuses/<int:pk>/paper/", decisions.status_paper, name="status-paper"),
    path("base/people/accounts/<int:pk>/", decisions.account, name="bank-account"),
    path("base/people/accounts/<int:pk>/decide/", decisions.account_decide, name="bank-account-decide"),
    path("base/people/accounts/<int:pk>/add-paper/", people.account_add_paper, name="bank-account-add-paper"),
    path("base/people/accounts/<int:pk>/paper/", decisions.account_paper, name="bank-account-paper"),
    # places
    path("base/stations/", places.stations, name="stations"),
    path("base/stations/new/", places.station_create, name="station-new"),
    path("base/stations/<int:pk>/", places.station, name="station"),
    path("base/stations/<int:pk>/edit/", places.station_edit, name="station-edit"),
    path("base/stations/organizations/", places.organizations, name="organizations"),
    path("base/stations/organizations/new/", places.organization_create, name="organization-new"),
    path("base/stations/organizations/<int:pk>/", places.organization, name="organization"),
    path("base/stations/organizations/<int:pk>/edit/", places.organization_edit, name="organization-edit"),
    path("base/stations/regions/", places.regions, name="regions"),
    path("base/stations/regions/<int:pk>/", places.region, name="region"),
    path("base/stations/regions/<int:pk>/new/", places.region_create, name="region-new"),
    path("base/stations/regions/<int:pk>/edit/", places.region_edit, name="region-edit"),
    # posts
    path("base/posts/", posts.posts, name="posts"),
    path("base/posts/new/", posts.post_create, name="post-new"),
    path("base/posts/<int:pk>/", posts.post, name="post"),
    path("base/posts/<int:pk>/delegate/", posts.post_delegate, name="post-delegate"),
    path("base/posts/<int:pk>/end/", posts.post_end, name="post-end"),
    path("base/posts/<int:pk>/confirm/", posts.post_confirm, name="post-confirm"),
    path("base/posts/<int:pk>/refuse/", posts.post_refuse, name="post-refuse"),
]
