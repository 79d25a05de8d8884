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
