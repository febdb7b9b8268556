from accounts.commands import ActingCommand
from desk.services.due import run_due


class Command(ActingCommand):
    help = "Send every job that is due or was lost; safe at any time, any number of times."

    def act(self, *, by, **options):
        done = run_due()
        self.stdout.write(f"到期任务 {done['drafts']} 项，重新发送 {done['resent']} 项，封存审计记录 {done['sealed']} 条。")
