import pytest

from accounts.models import User
from records import services


@pytest.fixture(autouse=True)
def place_for_files(settings, tmp_path):
    settings.HUIMIN_VAR = tmp_path


@pytest.fixture(autouse=True)
def fresh_memory():
    services.forget_remembered_day()
    yield
    services.forget_remembered_day()


@pytest.fixture
def anna(db):
    return User.objects.create(username="anna", name="安示例")


@pytest.fixture
def boris(db):
    return User.objects.create(username="boris", name="博示例")
