from django.urls import path

from consultations.views import merging

urlpatterns = [
    path("base/people/<int:pk>/merge/", merging.person_merge, name="person-merge"),
]
