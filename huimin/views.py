"""What belongs to no app: the health of the installation, and the icon that browsers ask for by themselves."""

from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import public


@require_safe
@never_cache
@public
def health(request):
    """For the load balancer and docker: 200 when the database answers. Tells nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
@public
def favicon(request):
    """Pages name their icon; plain answers cannot, and browsers then ask here."""
    return redirect(static("favicon.svg"), permanent=True)
