from pathlib import Path

from accounts.commands import ActingCommand
from common.errors import Refused
from programmes.services.calendars import load_calendar
from programmes.services.loading import load_plan

LARGEST = 1024 * 1024


class Command(ActingCommand):
    help = "Load or extend a plan from its TOML file: its county, units, terms and targets. Idempotent."
    action = "programmes.load_plan"

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)

    def act(self, *, by, file, **options):
        loaded = load_plan(content=read(file), by=by)
        load_calendar(by=by)
        self.stdout.write(str(loaded))


def read(file: Path) -> bytes:
    """The bytes of a plan file. Raises Refused when there is none, or when it is too large to be one."""
    try:
        if file.stat().st_size > LARGEST:
            raise Refused(f"{file}：超过 1 MB，不像是方案文件。")
        return file.read_bytes()
    except FileNotFoundError:
        raise Refused(f"{file}：没有这个文件。") from None
    except OSError as error:
        raise Refused(f"{file}：读不出来（{error.strerror}）。") from None
