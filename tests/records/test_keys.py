import pytest
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction

from accounts.models import User
from common.encryption import decrypt, encrypt, key_id_of
from records import services
from records.models import ImportChange, Notice
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


@pytest.mark.django_db(databases=["default", "owner"])
def test_the_rotation_finds_every_place_of_ciphertext():
    counted = keys.rotate_field_keys()
    assert counted and all(count == 0 for count in counted.values())
    assert any("id_number" in column for column in counted)
    assert {"mfa.Authenticator.data", "records.ImportChange.before/after"} <= set(counted)


# --- what is kept encrypted outside the columns -----------------------------------------------------------------------


@pytest.fixture
def second_factors(anna, settings):
    settings.FIELD_KEYS = {"index": INDEX, "1": FIRST}
    totp = Authenticator.objects.create(user=anna, type="totp", data={"secret": encrypt("JBSWY3DP")})
    codes = Authenticator.objects.create(
        user=anna, type="recovery_codes", data={"seed": encrypt("abcdef"), "used_mask": 5, "migrated_codes": [encrypt("111")]}
    )
    settings.FIELD_KEYS = {"index": INDEX, "2": SECOND, "1": FIRST}
    return totp, codes


def test_second_factors_still_work_when_the_old_key_is_gone(second_factors, settings):
    assert keys._rotate_second_factors() == 2
    settings.FIELD_KEYS = {"index": INDEX, "2": SECOND}
    totp, codes = second_factors
    totp.refresh_from_db()
    codes.refresh_from_db()
    assert decrypt(totp.data["secret"]) == "JBSWY3DP"
    assert decrypt(codes.data["seed"]) == "abcdef" and codes.data["used_mask"] == 5
    assert [decrypt(code) for code in codes.data["migrated_codes"]] == ["111"]
    assert keys._rotate_second_factors() == 0


def sealed(text):
    return {"sealed": encrypt(text) if text else text}


@pytest.fixture
def notes_of_imports(transactional_db, settings):
    """Committed: the owner of the tables sees no row of an open transaction."""
    settings.FIELD_KEYS = {"index": INDEX, "1": FIRST}
    anna = User.objects.create(username="anna", name="安示例")
    file = services.store_file(upload=SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF"), by=anna, purpose="scan")
    batch = services.preview_batch(kind="people", file=file, by=anna)
    added = ImportChange(model="x.Person", object_id=1, action="added", after={"name": "赵虚构", "number": sealed("410102")})
    changed = ImportChange(
        model="x.Person", object_id=2, action="changed", before={"phone": sealed("")}, after={"phone": sealed("13800000000")}
    )
    plain = ImportChange(model="x.Case", object_id=3, action="added", after={"name": "1:2", "day": None})
    services.apply_batch(batch=batch, by=anna, changes=[added, changed, plain])
    settings.FIELD_KEYS = {"index": INDEX, "2": SECOND, "1": FIRST}


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_an_import_can_be_taken_back_when_the_old_key_is_gone(notes_of_imports, settings):
    assert keys._rotate_notes_of_imports() == 2
    settings.FIELD_KEYS = {"index": INDEX, "2": SECOND}
    added, changed, plain = ImportChange.objects.order_by("pk")
    assert added.after["name"] == "赵虚构" and decrypt(added.after["number"]["sealed"]) == "410102" and added.before is None
    assert changed.before == {"phone": {"sealed": ""}} and decrypt(changed.after["phone"]["sealed"]) == "13800000000"
    assert plain.after == {"name": "1:2", "day": None}
    assert keys._rotate_notes_of_imports() == 0


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_notes_of_imports_only_grow_again_after_the_rotation(notes_of_imports):
    keys._rotate_notes_of_imports()
    with pytest.raises(IntegrityError, match="only grows"), transaction.atomic(using="owner"):
        ImportChange.objects.using("owner").update(model="x.Other")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_without_the_owner_the_rotation_says_that_the_old_key_must_stay(notes_of_imports):
    whole, program = connections["owner"], connections["default"]
    connections["owner"] = program
    try:
        with pytest.raises(CommandError, match="还有 2 条导入改动用旧密钥加密.*DATABASE_OWNER_URL"):
            call_command("rotate_field_keys")
    finally:
        connections["owner"] = whole
