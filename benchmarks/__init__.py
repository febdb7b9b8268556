"""What the program's work costs, measured: see README.md. Importing any benchmark sets Django up, as manage.py does."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.settings")
os.environ.pop("TODAY", None)
django.setup()
