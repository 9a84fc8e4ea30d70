"""Seals short texts that only the shop itself may read again: an agency's transaction id, CI and DI.

Each secret of the setting `IEUM_DATA_KEY`, newest first and separated by commas, makes one key. The newest seals;
all of them open, so that a key is changed by putting a new one in front, and the old one goes once everything was
sealed anew. A mark is a keyed hash by which a sealed text is found again without being opened.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from kernel.settings import load_settings


class CannotOpen(Exception):
    """None of the keys opens this: it was changed, or its key is gone."""


class Vault:
    """Seals and opens with the secrets given, newest first."""

    def __init__(self, secrets: str) -> None:
        given = [secret for secret in (part.strip() for part in secrets.split(",")) if secret]
        if not given:
            raise ValueError("a vault needs at least one secret")
        self._fernet = MultiFernet([Fernet(urlsafe_b64encode(_derive(secret, b"seal"))) for secret in given])
        self._mark_keys = [_derive(secret, b"mark") for secret in given]

    def seal(self, text: str) -> str:
        """Return `text` sealed with the newest key; never twice the same."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was sealed. Raises CannotOpen."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise CannotOpen("none of the keys opens this") from error

    def reseal(self, sealed: str) -> str:
        """Return the same text sealed with the newest key. Raises CannotOpen."""
        return self.seal(self.open(sealed))

    def mark(self, text: str) -> str:
        """Return the keyed hash of `text` with the newest key."""
        return self.list_marks(text)[0]

    def list_marks(self, text: str) -> Sequence[str]:
        """Return the keyed hashes of `text` with every key, newest first: it may have been marked before a change."""
        return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in self._mark_keys]


def _derive(secret: str, purpose: bytes) -> bytes:
    """Return 32 bytes for one purpose; the secrets themselves are long and random, so that one hash is enough."""
    return hmac.new(secret.encode(), b"ieum-vault-" + purpose, hashlib.sha256).digest()


@cache
def open_vault() -> Vault:
    """Return the vault of this process's settings. Raises SettingsError where they lack the key."""
    return Vault(load_settings().data_key)
