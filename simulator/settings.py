"""The switches of the pretend world: what is unknown about the real one, and how slow it is."""

from dataclasses import dataclass, fields
from typing import Literal, get_args, get_origin

from simulator.wire import Json


@dataclass(slots=True, kw_only=True)
class Settings:
    """Changed while running through /sim/settings, so not frozen; every field has one meaning."""

    # The address other programs reach us by; callbackUrl is made from it (kakao-chatbot.md 3).
    public_url: str = "http://127.0.0.1:8090"

    # KakaoTalk
    event_concurrency_max: int = 16
    skill_timeout_seconds: float = 5.0
    # Empty `outputs` are documented for group chats only (kakao-chatbot.md 2.1).
    empty_outputs: Literal["fail", "silent"] = "fail"
    strict_ads: bool = False
    # Typed text arrives with a clientExtra of `{}` or of null (kakao-chatbot.md 1.4).
    null_client_extra: bool = False

    # SOLAPI
    remember_signature: Literal["before", "after"] = "before"
    deliver_delay_seconds: float = 0.05
    list_delay_seconds: float = 0.0
    cancel_schedule_to: Literal["PENDING", "FAILED"] = "PENDING"
    refund_failures: bool = True
    brand_fallback: bool = False
    brand_hours: bool = True

    # NHN Cloud: what providers.md B leaves open (F7) or says twice
    # What becomes of a field that stands in no document is not known; refusing finds our mistakes.
    nhn_unknown_fields: Literal["refuse", "ignore"] = "refuse"
    # B1: the HTTP status of a refusal is not documented; the verdict is in the header.
    nhn_refusal_status: int = 200
    # B10: whether a key is used up when the first request was refused, and whose a key is.
    nhn_key_kept: Literal["always", "accepted"] = "always"
    nhn_key_scope: Literal["appkey", "all"] = "appkey"
    # B1: the key stands on no page of the brand sends.
    nhn_brand_key: bool = False
    # B2: 60 days, while the text of -2026 speaks of 90.
    nhn_reserve_days_max: int = 60
    # B2: `message` may be absent when all recipients were refused (-1031).
    nhn_tells_all_refused: bool = True
    # B3: how a message that is still pending shows in GET, and after how long it shows at all.
    nhn_pending: Literal["null", "hidden"] = "null"
    nhn_list_delay_seconds: float = 0.0
    # B3, B7: the messageStatus of 3005, which is sent but not confirmed; after so many hours the
    # number scripted "3005>1000" is.
    nhn_unconfirmed_status: Literal["COMPLETED", "FAILED"] = "COMPLETED"
    nhn_confirm_after_hours: float = 1.0
    # B4: targeting is optional in the table of the free form, yet -3298 exists.
    nhn_targeting_missing: Literal["I", "refuse"] = "I"
    # B7: no code is printed for who is not a friend of the channel.
    nhn_not_friend: Literal["3018", "2003"] = "3018"
    # D4: brand messages a person gets from a channel in a day, then 4138; 0: no cap. Not printed.
    nhn_brand_day_max: int = 0
    # B8: dates in hooks and lists vary in the samples; retries of hooks are not documented, nor is
    # the name of the event about templates.
    nhn_dates: Literal["seconds", "minutes", "day", "tenths"] = "seconds"
    nhn_hook_attempts: int = 1
    nhn_template_event: str = "TEMPLATE_STATUS_UPDATE"

    # Delivery reports
    report_form: Literal["flat", "nested"] = "flat"
    report_batch_max: int = 500
    reports_at_once_max: int = 4
    report_delay_seconds: float = 0.0
    report_retry_seconds: float = 0.2
    report_duplicate: bool = False
    report_shuffle: bool = False

    def change(self, changes: Json) -> None:
        """Refuses a name or a type it does not know, before anything is changed."""
        kinds = {field.name: field.type for field in fields(self)}
        for name, value in changes.items():
            if name not in kinds or not _fits(value, kinds[name]):
                raise ValueError(f"{name}={value!r}")
        for name, value in changes.items():
            setattr(self, name, value)


def _fits(value: object, kind: object) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(kind, type) and isinstance(value, kind)
