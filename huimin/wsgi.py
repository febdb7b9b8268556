"""The web application. Refuses to start on an unsafe or unfinished database."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.settings")
application = get_wsgi_application()

from huimin.guard import refuse_unsafe_start  # noqa: E402 - needs Django to be set up

refuse_unsafe_start()
