from django.core.management.base import BaseCommand, CommandError

from common.errors import Refused
from records.services.keys import rotate_field_keys


class Command(BaseCommand):
    help = (
        "Encrypt everything personal under the first data key of FIELD_KEYS: columns, second factors, notes of imports (these need "
        "DATABASE_OWNER_URL). Afterwards the old keys may be dropped here; older dumps still need them."
    )

    def handle(self, *args, **options):
        try:
            counted = rotate_field_keys()
        except Refused as error:
            raise CommandError(str(error)) from error
        for place, changed in counted.items():
            self.stdout.write(f"{place}: {changed}")
