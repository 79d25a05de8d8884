"""The values of the pretend NHN Cloud: an app key, its channels, their templates and pictures."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from simulator.wire import Json

TemplateStatus = Literal["TSC01", "TSC02", "TSC03", "TSC04"]  # requested … approved, rejected (B9)
BrandStatus = Literal["A", "S"]  # usable, blocked: brand templates are not inspected (B4)


@dataclass(slots=True, kw_only=True)
class NhnTemplate:
    """An AlimTalk template; `body` is what was asked for at registration (templateContent …), and
    `modification` what an approved one shall become once that is inspected, too.
    """

    code: str
    body: Json
    status: TemplateStatus = "TSC01"
    modification: Json | None = None
    comments: list[Json] = field(default_factory=list)
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def text(self) -> str:
        return str(self.body.get("templateContent") or "")


@dataclass(slots=True, kw_only=True)
class BrandTemplate:
    code: str
    body: Json
    status: BrandStatus = "A"
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class NhnSender:
    """A channel at NHN, found by its sender key of 40 characters (B2).

    `consents`: numbers that gave this merchant marketing consent for KakaoTalk, whom the targetings
    M and N reach (D4). `is_new`: under the rule of 14 characters (-1028).
    """

    sender_key: str
    bot_id: str
    plus_friend_id: str = ""
    is_blocked: bool = False
    is_new: bool = False
    has_marketing_agreement: bool = False
    consents: set[str] = field(default_factory=set)
    unsubscribe_no: str = ""
    unsubscribe_auth_no: str = ""
    is_resend: bool = False
    resend_send_no: str = ""
    resend_unsubscribe_no: str = ""
    templates: dict[str, NhnTemplate] = field(default_factory=dict)
    brand_templates: dict[str, BrandTemplate] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class NhnImage:
    """A picture for brand messages; `kind` is its imageType (B4)."""

    seq: int
    kind: str
    name: str
    url: str
    content: bytes = field(repr=False)


class Verdict(NamedTuple):
    """What the next send is answered with, whatever it asks: -7000 and -9999 say nothing of whether
    it was done (B7).
    """

    code: int
    has_acted: bool = False


@dataclass(slots=True, kw_only=True)
class NhnAccount:
    """An app key and what hangs on it; no balance is documented (providers.md 0)."""

    appkey: str
    secret_key: str = field(repr=False)
    senders: dict[str, NhnSender] = field(default_factory=dict)
    webhook_url: str = ""
    webhook_signature: str = field(default="", repr=False)
    webhook_config_id: str = "cfg-1"
    sms_appkey: str = ""  # B6: without it nothing falls back to a text message
    sms_numbers: set[str] = field(default_factory=set)
    sms_unsubscribe_nos: set[str] = field(default_factory=set)
    enterprise_name: str = ""
    opt_outs: set[str] = field(default_factory=set)  # numbers that answered 080: -3301
    scripts: dict[str, str] = field(default_factory=dict)  # number -> code, or first>later
    verdicts: list[Verdict] = field(default_factory=list)
    images: dict[int, NhnImage] = field(default_factory=dict)

    def image(self, url: object) -> NhnImage | None:
        """By its number, with which the address ends: a message asks for each of its pictures."""
        number = str(url).rpartition("/")[2]
        found = self.images.get(int(number)) if number.isdecimal() else None
        return found if found is not None and found.url == url else None

    def add_sender(self, sender: NhnSender) -> NhnSender:
        self.senders[sender.sender_key] = sender
        return sender


def approved(code: str, text: str, **more: object) -> NhnTemplate:
    """A template as it stands after the inspection."""
    known = {"templateCode": code, "templateName": code, "templateContent": text}
    return NhnTemplate(code=code, body={**known, **more}, status="TSC03")
