"""Templates at NHN: AlimTalk's, which are inspected, and brand ones, which are not (B4, B9)."""

import itertools
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from aiohttp import web

from simulator.nhn_account import BrandTemplate, NhnAccount, NhnSender, NhnTemplate
from simulator.nhn_alimtalk import BUTTONS_MAX, CODE_MAX, TEXT_MAX, VARIABLE, check_button
from simulator.nhn_book import Book
from simulator.nhn_brand_parts import ADD_CHANNEL_NAME, PRICE_VARIABLES
from simulator.nhn_brand_rules import check_content
from simulator.nhn_fields import BRAND_TEMPLATE, check_fields
from simulator.nhn_lists import page
from simulator.nhn_sending import check_length, find_sender
from simulator.nhn_wire import NhnError, json_body, shown_date
from simulator.settings import Settings
from simulator.wire import Json
from simulator.world import World

NAME_MAX, BRAND_NAME_MAX = 150, 200
VARIABLES_MAX = 40
TEMPLATES_MAX = 10_000
Kept = TypeVar("Kept", NhnTemplate, BrandTemplate)

SENT_LATELY = timedelta(days=3)
STATUS_NAMES: Mapping[str, str] = {
    "TSC01": "요청", "TSC02": "검수 중", "TSC03": "승인", "TSC04": "반려",
}  # fmt: skip


class Templates:
    def __init__(self, world: World, settings: Settings, book: Callable[[], Book]) -> None:
        self._world = world
        self._settings = settings
        self._book = book
        self._numbers = itertools.count(1)

    # AlimTalk

    async def create(self, request: web.Request, account: NhnAccount) -> Json:
        sender, body = _sender(request, account), await json_body(request)
        _check_notice(body)
        code = str(body["templateCode"])
        names = {one.body.get("templateName") for one in sender.templates.values()}
        if code in sender.templates or body["templateName"] in names:
            raise NhnError(-3001)
        _make_room(sender.templates)
        sender.templates[code] = NhnTemplate(code=code, body=body, created_at=self._world.now())
        return {}

    async def change(self, request: web.Request, account: NhnAccount) -> Json:
        """An approved one goes on as it is until the change is inspected; one change at a time."""
        template, body = _notice(request, account), await json_body(request)
        if template.status not in ("TSC03", "TSC04"):
            raise NhnError(-3012)
        if template.modification is not None:
            raise NhnError(-3013, "There are templates already being modified.")
        body = {**template.body, **body, "templateCode": template.code}
        _check_notice(body)
        if template.status == "TSC03":
            template.modification = body
        else:
            template.body, template.status = body, "TSC01"
        template.updated_at = self._world.now()
        return {}

    async def modifications(self, request: web.Request, account: NhnAccount) -> Json:
        template, sender = _notice(request, account), _sender(request, account)
        rows = []
        if template.modification is not None:
            shown = replace(template, body=template.modification, status="TSC01")
            rows = [self._notice_json(sender, shown)]
        return {"templateModificationsResponse": {"templates": rows, "totalCount": len(rows)}}

    async def convert(self, request: web.Request, account: NhnAccount) -> Json:
        """To a template with the channel-add button, which stands first (D2)."""
        await request.read()
        template = _notice(request, account)
        if template.status != "TSC03":
            raise NhnError(-4028, "The template must be approved")
        buttons = template.body.get("buttons") or []
        if len(buttons) >= BUTTONS_MAX:
            raise NhnError(-4027, "The 'buttons' length exceeds its maximum length.")
        add = {"ordering": 1, "type": "AC", "name": ADD_CHANNEL_NAME}
        moved = [{**one, "ordering": n} for n, one in enumerate(buttons, 2)]
        kind = "MI" if template.body.get("templateMessageType") == "EX" else "AD"
        template.body = {**template.body, "templateMessageType": kind, "buttons": [add, *moved]}
        return {}

    async def delete(self, request: web.Request, account: NhnAccount) -> Json:
        template, sender = _notice(request, account), _sender(request, account)
        since = self._world.now() - SENT_LATELY
        if any(
            one.sender is sender
            and one.text_of("templateCode") == template.code
            and one.created_at > since
            for one in self._book().of(account)
        ):
            raise NhnError(-3034)
        del sender.templates[template.code]
        return {}

    async def comment(self, request: web.Request, account: NhnAccount) -> Json:
        """A question about a rejected one puts it back under inspection."""
        template, body = _notice(request, account), await json_body(request)
        if template.status not in ("TSC02", "TSC04"):
            raise NhnError(-3100, "Could not add comment on registered/completed template status.")
        if not body.get("comment"):
            raise NhnError(-2001, "The 'comment' must not be blank.")
        note(template, self._world.now(), self._settings, str(body["comment"]), "INQ")
        template.status = "TSC02"
        return {}

    async def notice(self, request: web.Request, account: NhnAccount) -> Json:
        sender = _sender(request, account)
        return {"templates": self._notice_json(sender, _notice(request, account))}

    async def notices(self, request: web.Request, account: NhnAccount) -> Json:
        sender, query = _sender(request, account), request.query
        found = [
            one
            for one in sender.templates.values()
            if query.get("templateCode") in (None, one.code)
            and query.get("templateName") in (None, one.body.get("templateName"))
            and query.get("templateStatus") in (None, one.status)
        ]
        rows = [self._notice_json(sender, one) for one in page(found, query)]
        return {"templateListResponse": {"templates": rows, "totalCount": len(found)}}

    def _notice_json(self, sender: NhnSender, template: NhnTemplate) -> Json:
        return {
            "plusFriendId": sender.plus_friend_id,
            "senderKey": sender.sender_key,
            "plusFriendType": "NORMAL",
            "kakaoTemplateCode": template.code,
            "templateMessageType": "BA",
            "templateEmphasizeType": "NONE",
            "buttons": [],
            "quickReplies": [],
            **template.body,
            "templateCode": template.code,
            "comments": template.comments,
            "status": template.status,
            "statusName": STATUS_NAMES[template.status],
            "securityFlag": template.body.get("securityFlag") is True,
            "block": False,
            "dormant": False,
            **self._dates(template.created_at, template.updated_at),
        }

    def _dates(self, created: datetime | None, updated: datetime | None) -> Json:
        return {
            "createDate": shown_date(created or self._world.now(), self._settings),
            "updateDate": shown_date(updated, self._settings),
        }

    # Brand

    async def create_brand(self, request: web.Request, account: NhnAccount) -> Json:
        sender, body = _sender(request, account), _priced(await json_body(request))
        _check_brand(body, account, self._settings)
        known = sender.brand_templates.values()
        if any(one.body.get("templateName") == body["templateName"] for one in known):
            raise NhnError(-3001)
        _make_room(sender.brand_templates)
        code = f"brand{next(self._numbers):06d}"
        sender.brand_templates[code] = BrandTemplate(
            code=code, body=body, created_at=self._world.now()
        )
        return {"template": {"templateCode": code}}

    async def change_brand(self, request: web.Request, account: NhnAccount) -> Json:
        template, body = _brand(request, account), _priced(await json_body(request))
        _check_brand(body, account, self._settings)
        template.body, template.updated_at = body, self._world.now()
        return {}

    async def delete_brand(self, request: web.Request, account: NhnAccount) -> Json:
        template = _brand(request, account)
        del _sender(request, account).brand_templates[template.code]
        return {}

    async def brand(self, request: web.Request, account: NhnAccount) -> Json:
        sender = _sender(request, account)
        return {"template": self._brand_json(sender, _brand(request, account))}

    async def brands(self, request: web.Request, account: NhnAccount) -> Json:
        sender, query = _sender(request, account), request.query
        found = [
            one
            for one in sender.brand_templates.values()
            if query.get("templateCode") in (None, one.code)
            and query.get("templateName") in (None, one.body.get("templateName"))
            and query.get("status") in (None, one.status)
        ]
        rows = [self._brand_json(sender, one) for one in page(found, query)]
        return {"templateListResponse": {"templates": rows, "totalCount": len(found)}}

    def _brand_json(self, sender: NhnSender, template: BrandTemplate) -> Json:
        return {
            "plusFriendId": sender.plus_friend_id,
            "plusFriendType": "NORMAL",
            "adult": False,
            **template.body,
            "templateCode": template.code,
            "status": template.status,
            **self._dates(template.created_at, template.updated_at),
        }


def note(
    template: NhnTemplate, at: datetime, settings: Settings, content: str, status: str
) -> None:
    """`status`: INQ asked, APR approved, REJ rejected, REP answered, REQ under inspection (B8)."""
    template.updated_at = at
    template.comments.append(
        {
            "id": len(template.comments) + 1,
            "content": content,
            "userName": "검수자" if status in ("APR", "REJ", "REP") else "등록자",
            "createdAt": shown_date(at, settings),
            "attachment": [],
            "status": status,
        }
    )


def _make_room(templates: MutableMapping[str, Kept]) -> None:
    while len(templates) >= TEMPLATES_MAX:
        del templates[next(iter(templates))]


def _sender(request: web.Request, account: NhnAccount) -> NhnSender:
    return find_sender(account, request.match_info["sender_key"])


def _notice(request: web.Request, account: NhnAccount) -> NhnTemplate:
    template = _sender(request, account).templates.get(request.match_info["code"])
    if template is None:
        raise NhnError(-3003)
    return template


def _brand(request: web.Request, account: NhnAccount) -> BrandTemplate:
    template = _sender(request, account).brand_templates.get(request.match_info["code"])
    if template is None:
        raise NhnError(-3003)
    return template


def _check_notice(body: Json) -> None:
    for name, length_max in (
        ("templateCode", CODE_MAX),
        ("templateName", NAME_MAX),
        ("templateContent", TEXT_MAX),
    ):
        if not body.get(name):
            raise NhnError(-2001, f"The '{name}' must not be blank.")
        check_length(body, name, length_max)
    if len(set(VARIABLE.findall(body["templateContent"]))) > VARIABLES_MAX:
        raise NhnError(4, f"templateContent: at most {VARIABLES_MAX} variables")
    for button in body.get("buttons") or []:
        if VARIABLE.search(str(button.get("name") or "")):
            raise NhnError(-3008, "The button name can't include the replacement parameter.")
        check_button(button)


def _check_brand(body: Json, account: NhnAccount, settings: Settings) -> None:
    if settings.nhn_unknown_fields == "refuse":
        check_fields(body, BRAND_TEMPLATE)
    if not body.get("templateName"):
        raise NhnError(-2001, "The 'templateName' must not be blank.")
    check_length(body, "templateName", BRAND_NAME_MAX)
    check_content(body, account, is_template=True)


def _priced(body: Json) -> Json:
    """Prices left empty are filled with their fixed variables (B4, templates)."""
    commerce = body.get("commerce")
    if isinstance(commerce, dict) and not any(commerce.get(one) for one in PRICE_VARIABLES):
        return {**body, "commerce": {**commerce, **PRICE_VARIABLES}}
    return body
