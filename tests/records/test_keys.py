import pytest

from common.encryption import decrypt, encrypt, key_id_of
from records.models import Notice
from records.services import keys

INDEX, FIRST, SECOND = (bytes([number]) * 32 for number in (1, 2, 3))


@pytest.fixture
def ciphertexts(anna, settings):
    """Any text column will do: ciphertext of the first key in it, under two keys."""
    settings.FIELD_KEYS = {"index": INDEX, "1": FIRST}
    Notice.objects.bulk_create(Notice(to=anna, text=encrypt(f"号码{number}")) for number in range(1200))
    Notice.objects.create(to=anna, text="")
    settings.FIELD_KEYS = {"index": INDEX, "2": SECOND, "1": FIRST}


def rotate() -> int:
    return keys._rotate("records_notice", "id", "text")


def test_every_value_is_encrypted_again_and_says_the_same(ciphertexts, settings):
    assert rotate() == 1200
    settings.FIELD_KEYS = {"index": INDEX, "2": SECOND}
    texts = list(Notice.objects.exclude(text="").order_by("id").values_list("text", flat=True))
    assert {key_id_of(text) for text in texts} == {"2"}
    assert [decrypt(text) for text in texts] == [f"号码{number}" for number in range(1200)]
    assert rotate() == 0


def test_a_rotation_that_stopped_half_way_goes_on(ciphertexts, monkeypatch):
    calls = []

    def stop(text):
        calls.append(text)
        if len(calls) == 700:
            raise KeyboardInterrupt
        return encrypt(text)

    monkeypatch.setattr(keys, "encrypt", stop)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    monkeypatch.setattr(keys, "encrypt", encrypt)
    assert rotate() == 700, "the first chunk of 500 was kept"


def test_the_rotation_finds_every_encrypted_column(db):
    counted = keys.rotate_field_keys()
    assert counted and all(count == 0 for count in counted.values())
    assert any("id_number" in column for column in counted)
