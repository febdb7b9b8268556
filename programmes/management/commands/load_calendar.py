from accounts.commands import ActingCommand
from programmes.services.calendars import load_calendar


class Command(ActingCommand):
    help = "Load the shipped working calendars (2018 to 2026). Years already there and days changed by hand stay as they are."

    def act(self, *, by, **options):
        years = load_calendar(by=by)
        self.stdout.write(f"工作日历：载入 {len(years)} 年。" if years else "工作日历：没有新年度。")
