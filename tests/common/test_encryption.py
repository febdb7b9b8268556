import base64

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.encryption import EncryptedTextField, Unreadable, decrypt, encrypt, key_id_of, keyed_index

INDEX, FIRST, SECOND = (bytes([number]) * 32 for number in (1, 2, 3))


@pytest.fixture(autouse=True)
def keys(settings):
    settings.FIELD_KEYS = {"index": INDEX, "1": FIRST}


@given(st.text(min_size=1, max_size=200))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_encrypted_can_be_read_again_and_not_by_looking(text):
    stored = encrypt(text)
    assert decrypt(stored) == text
    assert encrypt(text) != stored, "equal texts must not look equal"
    assert len(text) < 8 or text not in stored


def test_after_a_rotation_old_values_are_read_and_new_ones_use_the_new_key(settings):
    old, index = encrypt("140525198506150025"), keyed_index("140525198506150025")
    settings.FIELD_KEYS = {"index": INDEX, "2": SECOND, "1": FIRST}
    assert decrypt(old) == "140525198506150025"
    assert key_id_of(encrypt("x")) == "2"
    assert keyed_index("140525198506150025") == index, "search must outlive the rotation"
    settings.FIELD_KEYS = {"index": INDEX, "2": SECOND}
    with pytest.raises(Unreadable, match="密钥 1 不在"):
        decrypt(old)


def test_a_changed_value_or_a_wrong_key_is_never_read_as_something_else(settings):
    stored = encrypt("6222000000001234")
    key_id, _, encoded = stored.partition(":")
    raw = bytearray(base64.b64decode(encoded))
    raw[15] ^= 1
    for wrong in (f"{key_id}:{base64.b64encode(bytes(raw)).decode()}", "1:AAAA", "1:???", "1:", "plain", "index:" + encoded):
        with pytest.raises(Unreadable):
            decrypt(wrong)
    settings.FIELD_KEYS = {"index": INDEX, "1": SECOND}
    with pytest.raises(Unreadable, match="无法还原"):
        decrypt(stored)


def test_the_key_id_cannot_be_exchanged(settings):
    settings.FIELD_KEYS = {"index": INDEX, "2": FIRST, "1": FIRST}
    with pytest.raises(Unreadable):
        decrypt("1:" + encrypt("x").partition(":")[2])


def test_the_index_depends_on_its_key_alone(settings):
    index = keyed_index("140525198506150025")
    assert len(index) == 64 and int(index, 16) and keyed_index("140525198506150026") != index
    settings.FIELD_KEYS = {"index": SECOND, "1": FIRST}
    assert keyed_index("140525198506150025") != index


@pytest.mark.parametrize("keys", [{}, {"index": INDEX}, {"1": FIRST}])
def test_without_its_keys_nothing_is_written(settings, keys):
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured):
        encrypt("x")


def test_the_field_writes_ciphertext_and_cannot_be_searched():
    field = EncryptedTextField(name="id_number")
    stored = field.get_prep_value("140525198506150025")
    assert "140525" not in stored and field.from_db_value(stored, None, None) == "140525198506150025"
    assert field.get_prep_value("") == "" and field.get_prep_value(None) is None
    with pytest.raises(FieldError, match="keyed index"):
        field.get_lookup("exact")
    assert field.get_lookup("isnull")
