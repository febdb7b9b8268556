"""Where the worlds of these tests begin."""

import pytest

# Worlds that put a case where a test wants it. What only the services of intake open stands under the database's whole guard.
BUILDERS = ("steps_world", "papers_world", "provincial_world", "quality_world", "undertaking_world")


@pytest.fixture(scope="module", autouse=True)
def a_world_may_build_its_cases(request):
    homes = {getattr(value, "__module__", "").rpartition(".")[2] for value in vars(request.module).values()}
    if homes & set(BUILDERS):
        request.getfixturevalue("cases_stand_anywhere")
