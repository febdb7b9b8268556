import sys

from django.core.management.base import BaseCommand

from accounts.services import verify_audit
from accounts.services.sealing import chain_head


class Command(BaseCommand):
    help = "Walks the hash chain of the audit log; exits 1 and names the first bad link."

    def handle(self, *args, **options):
        if fault := verify_audit():
            self.stderr.write(fault)
            sys.exit(1)
        links, digest = chain_head()
        self.stdout.write(f"审计链完整，共 {links} 环，末环 {digest}。")
