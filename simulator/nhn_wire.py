"""How NHN Cloud speaks: the header with the verdict, its codes, its dates (providers.md B1, B7)."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import orjson
from aiohttp import web

from simulator.clock import KST
from simulator.nhn_account import NhnAccount
from simulator.settings import Settings
from simulator.wire import Handler, Json, answer
from simulator.world import World

OK = 0
TEXTS: Mapping[int, str] = {  # the texts of the provider's own table where it prints one
    0: "SUCCESS",
    4: "Parameter validation failed.",
    -1000: "Invalid appKey.",
    -1001: "Invalid secretKey.",
    -1003: "Invalid Sms Sendno",
    -1005: "The same 'X-NC-API-IDEMPOTENCY-KEY' was used within the last 10 minute.",
    -1016: "It is not found any messages responding with that requestId or recipientSeq.",
    -1019: "Invalid Sms UnSubscribeno",
    -1027: "The sender is blocked status.",
    -1028: "Blacklist can't use more than 14 characters in template value.",
    -1031: "All of receivers are failed to send.",
    -2017: "Not exist plus friend.",
    -2018: "Button parameter is invalid.",
    -2019: "The content that is replaced by the template parameters can not exceed 1,300 characters.",
    -2025: "You can not send messages on past dates. Please check `requestDate` again.",
    -2026: "You can not send messages after 90 days. Please check `requestDate` again.",
    -2027: "The 'requestDate' has invalid format.",
    -2029: "All of your messages to cancel are not found or do not meet conditions to cancel.",
    -2032: "The templateTitle can not exceed 50 characters.",
    -2035: "The templateHeader can not exceed 16 characters.",
    -2502: "Please set up plus-friend resend setting.",
    -3001: "Already exist templateCode or templateName.",
    -3002: "Field is not valid.",
    -3003: "Template does not exist.",
    -3004: "Please check template parameter.",
    -3005: "Please check template status.",
    -3010: "The contents are not matched to template.",
    -3011: "The buttons or quickReplies are not matched to template.",
    -3012: "Only templates with TSC03(APPROVE)/TSC04(REJECT) can be modified.",
    -3033: "The button or quickReply is not exist in template.",
    -3034: "The template could not be deleted because recently sent message.",
    -3042: "The templateHeader are not matched to template.",
    -3043: "The templateItem or templateItemHighlight are not matched to template.",
    -3046: "The templateRepresentLink is not matched to template.",
    -3048: "The template parameter's length can not exceed 1300 characters.",
    -3298: "The targeting is invalid.",
    -3301: "The unsubscribed recipient are found.",
    -3340: "Invalid unsubscribeNo format.",
    -3341: "Invalid format. Only digits are allowed, up to a maximum of 9.",
    -3344: "The image parameter is invalid.",
    -4003: "Search is possible within 31 days.",
    -4011: "Not found recipientList.",
    -4016: "Not exist data.",
    -4017: "You can not search the messages before 90 days.",
    -4029: "You must first apply to have the 'M/N type' messaging feature enabled.",
    -4101: "Invalid search parameter.",
    -4103: "RequestId or startRequestDate/endRequestDate is invalid.",
    -5000: "RecipientNo is invalid.",
    -7000: "Vender request API is failed.",
    -8001: "The image you upload is invalid.",
    -8002: "It is not found any images.",
    -8003: "It is failed to delete images.",
    -8006: "The content must contain auth guidement.",
    -8011: "The image type is invalid.",
    -9992: "The API has ended.",
    -9993: "Required request part is not present.",
    -9996: "Only application/json Content-type is supported.",
    -9994: "A method argument has not the expected type.",
    -9997: "Client Error.",
    -9998: "Not exist API",
    -9999: "System error.",
}

MINUTE_FORM = "%Y-%m-%d %H:%M"
KEY_KEPT = timedelta(minutes=10)  # B1
KEYS_MAX = 100_000

Action = Callable[[web.Request, NhnAccount], Awaitable[Json]]


class NhnError(Exception):
    """A request refused as a whole; `body` is what stands beside the header."""

    def __init__(self, code: int, text: str = "", body: Json | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.text = text or TEXTS.get(code, str(code))
        self.body = body or {}


def header(code: int = OK, text: str = "") -> Json:
    return {
        "resultCode": code,
        "resultMessage": text or TEXTS.get(code, str(code)),
        "isSuccessful": code == OK,
    }


def admitted(world: World, settings: Settings, action: Action) -> Handler:
    """App key and secret first, then the action, and the verdict around what it returns."""

    async def handle(request: web.Request) -> web.Response:
        try:
            shown = await action(request, _account(world, request))
        except NhnError as error:
            return refused(error)
        except (AttributeError, TypeError, LookupError, ValueError):
            return refused(NhnError(-9994))  # a list where an object belongs, and the like
        return answer({"header": header(), **shown})

    def refused(error: NhnError) -> web.Response:
        """The HTTP status of a refusal is not documented (B1)."""
        shown = {"header": header(error.code, error.text), **error.body}
        return answer(shown, status=settings.nhn_refusal_status)

    return handle


def _account(world: World, request: web.Request) -> NhnAccount:
    account = world.nhn_accounts.get(request.match_info.get("appkey", ""))
    if account is None:
        raise NhnError(-1000)
    given = request.headers.get("X-Secret-Key", "")
    if not hmac.compare_digest(given.encode(), account.secret_key.encode()):
        raise NhnError(-1001)
    return account


async def json_body(request: web.Request) -> Json:
    if request.content_type != "application/json":
        raise NhnError(-9996)
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        raise NhnError(-9997) from None
    if not isinstance(body, dict):
        raise NhnError(-9997)
    return body


class Keys:
    """X-NC-API-IDEMPOTENCY-KEY: a key seen within ten minutes is refused, not repeated (B1)."""

    def __init__(self, world: World, settings: Settings) -> None:
        self._world = world
        self._settings = settings
        self._seen: dict[tuple[str, str], datetime] = {}

    def check(self, account: NhnAccount, key: str | None) -> None:
        if not key:
            return
        seen = self._seen.get(self._place(account, key))
        if seen is not None and self._world.now() - seen < KEY_KEPT:
            raise NhnError(-1005)
        if self._settings.nhn_key_kept == "always":  # refused or not (B10)
            self.keep(account, key)

    def keep(self, account: NhnAccount, key: str | None) -> None:
        if not key:
            return
        while len(self._seen) >= KEYS_MAX:
            self._seen.pop(next(iter(self._seen)))
        self._seen[self._place(account, key)] = self._world.now()

    def _place(self, account: NhnAccount, key: str) -> tuple[str, str]:
        """Whether a key belongs to its app key is not known (B10)."""
        return (account.appkey if self._settings.nhn_key_scope == "appkey" else "", key)


def shown_date(at: datetime | None, settings: Settings) -> str | None:
    """KST; the form of dates in answers and hooks varies in the samples (B8)."""
    if at is None:
        return None
    forms = {"seconds": "%Y-%m-%d %H:%M:%S", "minutes": MINUTE_FORM, "day": "%Y-%m-%d"}
    shown = at.astimezone(KST).strftime(forms.get(settings.nhn_dates, forms["seconds"]))
    return shown + ".0" if settings.nhn_dates == "tenths" else shown


def read_minute(text: object, code: int) -> datetime:
    """`yyyy-MM-dd HH:mm`, KST."""
    try:
        return datetime.strptime(str(text), MINUTE_FORM).replace(tzinfo=KST)
    except ValueError:
        raise NhnError(code) from None
