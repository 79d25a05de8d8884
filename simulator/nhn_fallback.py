"""The text message NHN sends where KakaoTalk did not reach (providers.md B6, D1, D6)."""

import re
from typing import NamedTuple

import orjson

from simulator.nhn_account import NhnAccount, NhnSender
from simulator.nhn_book import Recipient, Request
from simulator.nhn_wire import NhnError
from simulator.reading import AD_MARK
from simulator.solapi_register import LMS_BYTES_MAX, SMS_BYTES_MAX, SUBJECT_BYTES_MAX, euc_kr
from simulator.wire import Json

# B6: an ad with a text of its own must keep the form of ad texts, or fails.
AD_FORM = re.compile(r"\(광고\).*\[무료 수신거부\]\s*080", re.DOTALL)


class Instead(NamedTuple):
    """A text message: from which number, and what the handset shows."""

    sender: str
    packed: bytes


def wanted(given: object, sender: NhnSender, account: NhnAccount) -> Json | None:
    """What a recipient's resendParameter asks for; none at all leaves it to the console (B2).

    Raises -2502 where it is asked for and not set up.
    """
    asked = given if isinstance(given, dict) else {}
    is_wanted = asked.get("isResend")
    if is_wanted is None:
        is_wanted = sender.is_resend
    if not is_wanted:
        return None
    if not account.sms_appkey:
        raise NhnError(-2502)
    return asked


def fall_back(request: Request, one: Recipient) -> Instead | None:
    """The message, or none: an unknown number, or an ad that breaks its form (RSC05)."""
    asked, sender, account = one.resend or {}, request.sender, request.account
    number = str(asked.get("resendSendNo") or sender.resend_send_no)
    if number not in account.sms_numbers:
        return None
    refuse_no = str(asked.get("resendUnsubscribeNo") or sender.resend_unsubscribe_no)
    if request.is_brand and refuse_no not in account.sms_unsubscribe_nos:
        return None
    text = str(asked.get("resendContent") or "")
    if not text:
        text = _brand_text(request, one, refuse_no) if request.is_brand else _notice_text(one)
    elif request.is_brand and not AD_FORM.match(text):
        return None
    return Instead(number, _packed(asked, sender, text))


def _notice_text(one: Recipient) -> str:
    """The body, and of each web link its name and address (B2)."""
    shown = orjson.loads(one.packed) if one.packed else {}
    buttons = (shown.get("kakaoOptions") or {}).get("buttons") or []
    links = (f"{b['buttonName']} - {b['linkMo']}" for b in buttons if b["buttonType"] == "WL")
    return "\n".join((one.text, *links))


def _brand_text(request: Request, one: Recipient, refuse_no: str) -> str:
    """Generated where no text was given; its exact words are not documented."""
    body = one.text or request.text_of("content") or ""
    return f"{AD_MARK}[{request.sender.plus_friend_id}]\n{body}\n[무료 수신거부]{refuse_no}"


def _packed(asked: Json, sender: NhnSender, text: str) -> bytes:
    """SMS or LMS by what was asked, else by length; what is over the limit is cut (B6)."""
    kind = asked.get("resendType")
    if kind not in ("SMS", "LMS"):
        kind = "SMS" if len(_bytes(text)) <= SMS_BYTES_MAX else "LMS"
    if kind == "SMS":
        return orjson.dumps({"text": _cut(text, SMS_BYTES_MAX)})
    title = str(asked.get("resendTitle") or sender.plus_friend_id)
    cut = {"subject": _cut(title, SUBJECT_BYTES_MAX), "text": _cut(text, LMS_BYTES_MAX)}
    return orjson.dumps(cut)


def _bytes(text: str) -> bytes:
    """D1: emoji and rare syllables cannot be sent; here they are lost, not the whole message."""
    return euc_kr(text) or text.encode("euc-kr", "ignore")


def _cut(text: str, bytes_max: int) -> str:
    return _bytes(text)[:bytes_max].decode("euc-kr", "ignore")
