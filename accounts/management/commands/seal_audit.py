from django.core.management.base import BaseCommand

from accounts.services import seal_audit


class Command(BaseCommand):
    help = "Links the audit entries that are not yet in the hash chain."

    def handle(self, *args, **options):
        count = 0
        while linked := seal_audit():
            count += linked
        self.stdout.write(f"封存 {count} 条审计记录。")
