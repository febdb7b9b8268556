from accounts.commands import ActingCommand
from desk.services.demo import add_logins, load_year


class Command(ActingCommand):
    help = "Load the demonstration year, or only its logins, into a database without facts. Deterministic."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--logins-only", action="store_true", help="only the logins of contract.md 6")

    def act(self, *, by, logins_only, **options):
        if logins_only:
            self.stdout.write(f"已建立 {len(add_logins(by=by))} 个演示用户。")
        else:
            counts = load_year(by=by)
            self.stdout.write("演示年度已载入：" + "，".join(f"{words} {count}" for words, count in counts.items()) + "。")
