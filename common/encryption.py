"""Encryption of personal data at rest and the keyed index that finds it again (safety.md §1.8).

``settings.FIELD_KEYS`` maps key ids to keys of 32 bytes, in order (``index:<base64>,2:<base64>,1:<base64>`` in the
environment). The first one that is not ``index`` encrypts; the others still decrypt. The index has its own key, so that
changing a data key never breaks search.
"""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models

from common.errors import Refused

_INDEX = "index"
_NONCE_BYTES = 12
_TAG_BYTES = 16


class Unreadable(Refused):
    """A stored value cannot be decrypted with the keys at hand."""


def _keys() -> dict[str, bytes]:
    keys = settings.FIELD_KEYS
    if _INDEX not in keys or len(keys) < 2:
        raise ImproperlyConfigured("FIELD_KEYS needs a key named index and at least one data key.")
    return keys


def current_key_id() -> str:
    """The id of the key that encrypts now."""
    return next(key_id for key_id in _keys() if key_id != _INDEX)


def key_id_of(stored: str) -> str:
    """The id of the key that a stored value was encrypted with."""
    return stored.partition(":")[0]


def encrypt(text: str) -> str:
    """``<key id>:<base64 of nonce, ciphertext and tag>``; AES-GCM, the key id is authenticated too."""
    key_id = current_key_id()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(_keys()[key_id]).encrypt(nonce, text.encode(), key_id.encode())
    return f"{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str) -> str:
    """The text behind a stored value. Raises Unreadable where the key is missing or the value was changed."""
    key_id, _, encoded = stored.partition(":")
    key = _keys().get(key_id) if key_id != _INDEX else None
    if key is None:
        raise Unreadable(f"加密数据所用的密钥 {key_id[:8]} 不在 FIELD_KEYS 中：请系统管理员补上旧密钥。")
    try:
        raw = base64.b64decode(encoded, validate=True)
        if len(raw) < _NONCE_BYTES + _TAG_BYTES:
            raise ValueError("too short")
        return AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], key_id.encode()).decode()
    except (InvalidTag, ValueError):
        raise Unreadable("加密数据无法还原，密钥不符或数据被改动：请系统管理员核对密钥与备份。") from None


def keyed_index(text: str) -> str:
    """64 hex digits by which an encrypted value is searched and kept unique: HMAC-SHA256 under the index key."""
    return hmac.new(_keys()[_INDEX], text.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.TextField):
    """Text that is plain in Python and ciphertext in the database. Cannot be searched: keep a ``keyed_index`` beside it.

    The empty string protects nothing and is stored as it is.
    """

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return encrypt(value) if value else value

    def from_db_value(self, value, expression, connection):
        return decrypt(value) if value else value

    def get_lookup(self, lookup_name):
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted and cannot be searched; use its keyed index")
        return super().get_lookup(lookup_name)
