"""The ground of commands that act for somebody: who she is, whether she may, and how bad input is told.

Bad input ends with exit code 2 and one readable line per problem on stderr, and changes nothing (contract.md §2).
"""

import sys

from django.core.management.base import BaseCommand

from accounts.models import User
from accounts.policy import ACTIONS, may
from accounts.services import system_user
from common import clock
from common.errors import Refused


class ActingCommand(BaseCommand):
    """A command with `--as LOGIN`; without it the system user acts. Subclasses name the `action` and write `act`."""

    action: str | None = None

    def add_arguments(self, parser):
        parser.add_argument("--as", dest="login", metavar="LOGIN", help="act for this user (default: the system user)")

    def handle(self, *args, login=None, **options):
        try:
            if why := clock.why_today_is_refused():
                raise Refused(why)
            self.act(by=self.actor(login), **options)
        except Refused as error:
            for line in str(error).splitlines():
                self.stderr.write(line)
            sys.exit(2)

    def act(self, *, by, **options):
        raise NotImplementedError

    def actor(self, login):
        """The user of that login. Raises Refused when there is none, or her posts do not allow the action."""
        user = system_user() if login is None else User.objects.people().active().filter(username=login).first()
        if user is None:
            raise Refused(f"没有登录名为“{login}”的用户，或已停用。")
        if self.action and not may(user, self.action):
            raise Refused(f"“{login or user}”的岗位没有“{ACTIONS[self.action].words}”的权限。")
        return user
