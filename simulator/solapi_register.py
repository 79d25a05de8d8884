"""Whether a message may be put into a group: the registration codes (providers.md E4)."""

import re
from collections.abc import Container
from functools import lru_cache
from typing import NamedTuple

from simulator.solapi_brand import brand_code
from simulator.solapi_groups import ACCEPTED, Group
from simulator.values import SolapiAccount
from simulator.wire import Json

SMS_BYTES_MAX = 90
LMS_BYTES_MAX = 2000
SUBJECT_BYTES_MAX = 40
LETTER_BYTES_MAX = 2
ALIMTALK_TEXT_MAX = 1000
CUSTOM_KEY_MAX, CUSTOM_VALUE_MAX = 30, 100
NUMBER_LENGTH_MIN, NUMBER_LENGTH_MAX = 8, 13
TEXT_KINDS = frozenset({"SMS", "LMS", "MMS"})
KAKAO_KINDS = frozenset({"ATA", "BMS_FREE"})
VARIABLE = re.compile(r"#\{[^}.]+\}")


class Registered(NamedTuple):
    code: str
    kind: str


def register(body: Json, group: Group, files: Container[str]) -> Registered:
    """The order of the checks is our choice (E4): the first that fails names the code."""
    to = body.get("to")
    if not to:
        return Registered("1010", body.get("type") or "")
    if not isinstance(to, str) or not to.isdigit() or not _is_number(to):
        return Registered("1011", body.get("type") or "")
    kind = body.get("type") or _detect(body)
    try:
        code = _code(body, kind, group.account, files)
    except (AttributeError, TypeError):  # a list where an object belongs, and the like
        code = "1011"
    if code:
        return Registered(code, kind)
    # 080 refusals are lists of advertising; an AlimTalk holds none (D2), so it goes.
    if to in group.account.opt_outs and kind != "ATA":
        return Registered("1061", kind)
    if not group.allow_duplicates and to in group.numbers:
        return Registered("1026", kind)
    return Registered(ACCEPTED, kind)


def _is_number(to: str) -> bool:
    return NUMBER_LENGTH_MIN <= len(to) <= NUMBER_LENGTH_MAX


def _code(body: Json, kind: str, account: SolapiAccount, files: Container[str]) -> str:
    fields = body.get("customFields")
    if fields is not None and not _are_custom_fields(fields):
        return "1032"
    sender = body.get("from")
    if sender is not None and sender not in account.sender_numbers:
        return "1062"
    if kind in TEXT_KINDS:
        return "1033" if body.get("kakaoOptions") is not None else _text_code(body, kind)
    return _kakao_code(body, account, files) if kind in KAKAO_KINDS else "1025"


def _kakao_code(body: Json, account: SolapiAccount, files: Container[str]) -> str:
    options = body.get("kakaoOptions")
    if not isinstance(options, dict) or options.get("pfId") not in account.pf_ids:
        return "1041"
    if (body.get("type") or _detect(body)) == "ATA":
        return _alimtalk_code(body, options, account)
    bms, text = options.get("bms"), body.get("text") or ""
    return brand_code(bms, text, files) if isinstance(bms, dict) else "1010"


def _are_custom_fields(fields: object) -> bool:
    if not isinstance(fields, dict):
        return False
    return all(
        len(key) <= CUSTOM_KEY_MAX and isinstance(value, str) and len(value) <= CUSTOM_VALUE_MAX
        for key, value in fields.items()
    )


def _text_code(body: Json, kind: str) -> str:
    if not body.get("from"):
        return "1062"
    text, subject = body.get("text"), body.get("subject")
    if not isinstance(text, str) or not text:
        return "1010"
    if subject and kind == "SMS":
        return "1013"
    return _bytes_code(text, subject or "", SMS_BYTES_MAX if kind == "SMS" else LMS_BYTES_MAX)


def _bytes_code(text: str, subject: str, bytes_max: int) -> str:
    encoded, encoded_subject = euc_kr(text), euc_kr(subject)
    if encoded is None or encoded_subject is None:
        return "1029"
    if len(encoded_subject) > SUBJECT_BYTES_MAX:
        return "1014"
    return "1031" if len(encoded) > bytes_max else ""


def euc_kr(text: str) -> bytes | None:
    """D1: Hangul counts 2; emoji and rare syllables cannot be sent.

    Python's codec spells a rare syllable out in eight bytes, which no handset puts together.
    """
    try:
        letters = [one.encode("euc-kr") for one in text]
    except UnicodeEncodeError:
        return None
    return b"".join(letters) if all(len(one) <= LETTER_BYTES_MAX for one in letters) else None


def _alimtalk_code(body: Json, options: Json, account: SolapiAccount) -> str:
    template_id = str(options.get("templateId"))
    template = account.templates.get(template_id)
    if template is None or account.template_states.get(template_id, "APPROVED") != "APPROVED":
        return "1042"
    text = body.get("text")
    if not text:  # A3: the server fills it
        text = filled(template, options.get("variables") or {})
        if VARIABLE.search(text):
            return "1043"
        body["text"] = text
    elif not _pattern(template).fullmatch(text):
        return "1043"
    return "1031" if len(text) > ALIMTALK_TEXT_MAX else ""


def filled(template: str, variables: Json) -> str:
    """Keys reach the server as full `#{name}` (A3)."""
    return VARIABLE.sub(lambda found: str(variables.get(found[0], found[0])), template)


@lru_cache(maxsize=256)
def _pattern(template: str) -> re.Pattern[str]:
    literals = (re.escape(part) for part in VARIABLE.split(template))
    return re.compile(".*?".join(literals), re.DOTALL)


def _detect(body: Json) -> str:
    options = body.get("kakaoOptions")
    if isinstance(options, dict):
        return "ATA" if options.get("templateId") else "BMS_FREE"
    if body.get("imageId"):
        return "MMS"
    encoded = euc_kr(str(body.get("text") or "")) or b""
    return "LMS" if body.get("subject") or len(encoded) > SMS_BYTES_MAX else "SMS"
