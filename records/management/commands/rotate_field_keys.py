from django.core.management.base import BaseCommand

from records.services.keys import rotate_field_keys


class Command(BaseCommand):
    help = "Encrypt every personal number under the first data key of FIELD_KEYS. Afterwards the old keys may be dropped."

    def handle(self, *args, **options):
        for column, changed in rotate_field_keys().items():
            self.stdout.write(f"{column}: {changed}")
