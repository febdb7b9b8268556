"""The top floor: settings, urls, the celery app and the embedded servers. Wires everything, imported by nobody."""
