"""What an account manages at NHN beside its messages, by address (providers.md B4, B9)."""

from collections.abc import Callable

from aiohttp import web

from simulator import nhn_profiles as profiles
from simulator.nhn_account import NhnAccount
from simulator.nhn_book import Book
from simulator.nhn_control import NhnControl
from simulator.nhn_images import SERVED_AT, Images, served
from simulator.nhn_reports import Hooks
from simulator.nhn_stats import Stats
from simulator.nhn_templates import Templates
from simulator.nhn_wire import Action, NhnError
from simulator.settings import Settings
from simulator.wire import Handler, Json
from simulator.world import World

ALIMTALK = "/alimtalk/v2.3/appkeys/{appkey}"
BRAND = "/brand-message/v1.0/appkeys/{appkey}"
COMMON = "/common/v2.2/appkeys/{appkey}"
ELSEWHERE = ("alimtalk", "brand-message", "common")

Open = Callable[[Action], Handler]


class Desk:
    def __init__(
        self, world: World, settings: Settings, book: Callable[[], Book], hooks: Hooks
    ) -> None:
        self._world = world
        self._templates = Templates(world, settings, book)
        self._images = Images(settings)
        self._stats = Stats(book)
        self._control = NhnControl(world, settings, hooks)

    def routes(self, opened: Open) -> list[web.RouteDef]:
        """The last of them answer whatever is not there."""
        return [
            *self._notices(f"{ALIMTALK}/senders/{{sender_key}}/templates", opened),
            *self._brands(f"{BRAND}/senders/{{sender_key}}/templates", opened),
            *self._profiles(opened),
            web.post(f"{BRAND}/images", opened(self._images.upload)),
            web.get(f"{BRAND}/images", opened(self._images.listed)),
            web.delete(f"{BRAND}/images", opened(self._images.delete)),
            web.get(f"{COMMON}/stats", opened(self._stats.by_time)),
            web.get(f"{COMMON}/stats/total", opened(self._stats.total)),
            web.get(SERVED_AT, self._picture),
            *self._control.routes(),
            *(
                web.route(
                    "*", f"/{one}/{{version}}/appkeys/{{appkey}}/{{rest:.*}}", opened(nothing)
                )
                for one in ELSEWHERE
            ),
            web.route("*", "/friendtalk/{version}/appkeys/{appkey}/{rest:.*}", opened(ended)),
        ]

    def _notices(self, under: str, opened: Open) -> list[web.RouteDef]:
        desk, one = self._templates, f"{under}/{{code}}"
        return [
            web.get(under, opened(desk.notices)),
            web.post(under, opened(desk.create)),
            web.get(one, opened(desk.notice)),
            web.put(one, opened(desk.change)),
            web.delete(one, opened(desk.delete)),
            web.post(f"{one}/comments", opened(desk.comment)),
            web.get(f"{one}/modifications", opened(desk.modifications)),
            web.put(f"{one}/convert-add-channel", opened(desk.convert)),
        ]

    def _brands(self, under: str, opened: Open) -> list[web.RouteDef]:
        desk, one = self._templates, f"{under}/{{code}}"
        return [
            web.get(under, opened(desk.brands)),
            web.post(under, opened(desk.create_brand)),
            web.get(one, opened(desk.brand)),
            web.put(one, opened(desk.change_brand)),
            web.delete(one, opened(desk.delete_brand)),
        ]

    def _profiles(self, opened: Open) -> list[web.RouteDef]:
        brand = f"{BRAND}/senders/{{sender_key}}"
        return [
            web.get(f"{ALIMTALK}/senders", opened(profiles.senders)),
            web.get(f"{ALIMTALK}/senders/{{sender_key}}", opened(profiles.sender)),
            web.get(brand, opened(profiles.brand_sender)),
            web.put(f"{brand}/unsubscribe-content", opened(profiles.set_unsubscribe)),
            web.post(f"{brand}/marketing-agreement", opened(profiles.ask_marketing)),
            web.post(f"{ALIMTALK}/failback/appkey", opened(profiles.set_sms_appkey)),
            web.post(f"{ALIMTALK}/failback", opened(profiles.set_fallback)),
            web.post(f"{BRAND}/failback/appkey", opened(profiles.set_sms_appkey)),
            web.post(f"{BRAND}/failback", opened(profiles.set_fallback)),
        ]

    async def _picture(self, request: web.Request) -> web.Response:
        """As KakaoTalk's own servers give pictures out: to anybody, until they are deleted."""
        place = request.match_info
        account = self._world.nhn_accounts.get(place["appkey"])
        if account is None or not place["name"].isdecimal():
            raise web.HTTPNotFound
        image = account.images.get(int(place["name"]))
        if image is None:
            raise web.HTTPNotFound
        return served(image)


async def nothing(request: web.Request, account: NhnAccount) -> Json:
    del request, account
    raise NhnError(-9998)


async def ended(request: web.Request, account: NhnAccount) -> Json:
    """B5: 친구톡 ended on 2025-12-31; its conversion to brand messages is not pretended here."""
    del request, account
    raise NhnError(-9992)
