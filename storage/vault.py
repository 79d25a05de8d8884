"""Personal data and secrets at rest: sealed with a key that is not in the database."""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class Vault:
    """AES-256-GCM for what must be read again, HMAC-SHA256 for what must be found again.

    `purpose` is bound to the ciphertext: a sealed phone number cannot be moved to another
    column and read there.
    """

    def __init__(self, key: bytes) -> None:
        """`key` is 32 random bytes; raises ValueError otherwise."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"the data key has {len(key)} bytes, not {KEY_BYTES}")
        self._cipher = AESGCM(_derive(key, b"seal"))
        self._finder = _derive(key, b"find")

    def seal(self, text: str, *, purpose: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), purpose.encode())

    def unseal(self, sealed: bytes, *, purpose: str) -> str:
        """Raises ValueError when the key is another one or the bytes were changed."""
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, bytes(body), purpose.encode()).decode()
        except InvalidTag:
            raise ValueError(f"{purpose} cannot be unsealed with this key") from None

    def fingerprint(self, text: str, *, purpose: str) -> str:
        """A keyed hash: equal for equal text, useless without the key."""
        return hmac.digest(self._finder, f"{purpose}:{text}".encode(), "sha256").hex()


def _derive(key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(key)
