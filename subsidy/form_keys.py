"""What makes a second press of a form the same press: its own key, and all that it says."""

import hashlib

from domain.refusals import Invalid

DIGITS = 40
"""Short enough that a transfer's key holds it beside whose it is."""


def digest_of(form_key: str, *said: object) -> str:
    """Equal only for the same words and numbers of the same form. Raises Invalid(form_key)."""
    if not form_key:
        raise Invalid({"form_key": "화면을 새로 고친 뒤 다시 눌러 주세요. 바뀐 것은 없어요."})
    parts = "\x1f".join((form_key, *map(str, said)))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
