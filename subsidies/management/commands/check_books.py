"""check_books: every invariant of money, derived again from the rows. Exits 1 and names what differs."""

import json
import sys

from django.core.management.base import BaseCommand

from subsidies.services.checking import check_books


class Command(BaseCommand):
    help = "Re-derive every invariant of money from the rows; exits 1 and names what differs."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args, **options):
        problems = check_books()
        if options["json"]:
            document = {"is_good": not problems, "problems": problems}
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))
        else:
            for problem in problems:
                self.stderr.write(problem)
        if problems:
            sys.exit(1)
