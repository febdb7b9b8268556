from accounts.commands import ActingCommand
from desk.services.demo import add_logins


class Command(ActingCommand):
    help = "Load the demonstration year, or only its logins, into a database without facts."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--logins-only", action="store_true", help="only the logins of contract.md 6")

    def act(self, *, by, logins_only, **options):
        users = add_logins(by=by)
        self.stdout.write(f"已建立 {len(users)} 个演示用户。")
