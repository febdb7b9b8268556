"""The read-only interface for the city's platform: published rosters, progress, quarterly figures that were sent."""

from desk.api.endpoints import api
from desk.api.marking import urls_of

urlpatterns = urls_of(api)
