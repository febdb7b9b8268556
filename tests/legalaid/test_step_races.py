"""Two officers and one case at the same moment."""

import threading

import pytest
import time_machine
from django.db import connection

from legalaid.rules.procedure import STEPS
from legalaid.services.steps import StepRefused, take_step
from tests.legalaid.steps_world import NOON, TODAY, World


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_the_same_moment_one_wins():
    with time_machine.travel(NOON, tick=True):
        world = World()
        case = world.case("received")
        start, outcomes = threading.Barrier(2), []

        def take(code, by, **said):
            start.wait()
            try:
                take_step(case.pk, code, version=1, by=by, day=TODAY, **said)
                outcomes.append(code)
            except StepRefused as error:
                outcomes.append(str(error))
            finally:
                connection.close()

        threads = [
            threading.Thread(target=take, args=("accept", world.centre)),
            threading.Thread(target=take, args=("withdraw", world.centre2), kwargs={"reason": "本人撤回"}),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        case.refresh_from_db()
        won = [outcome for outcome in outcomes if outcome in STEPS]
        assert len(won) == 1
        assert case.state == STEPS[won[0]].to
        assert case.version == 2
        assert case.events.count() == 1
        assert any("刚刚变动过" in outcome for outcome in outcomes)
