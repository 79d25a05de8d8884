"""AlimTalk templates as the provider shows them (providers.md A9); inspected by whoever plays."""

from collections.abc import Mapping

from aiohttp import web

from simulator.clock import iso_utc
from simulator.solapi_auth import ProviderError
from simulator.solapi_lists import LIMIT_DEFAULT, LIMIT_MAX
from simulator.solapi_register import VARIABLE
from simulator.values import SolapiAccount
from simulator.wire import Json
from simulator.world import World

APPROVED = "APPROVED"


class Templates:
    def __init__(self, world: World) -> None:
        self._world = world

    async def list(self, request: web.Request, account: SolapiAccount) -> Json:
        """An array here, not an object keyed by id; the other filters of A9 nobody uses."""
        query = request.query
        wanted = [one for one in account.templates if _is_wanted(one, account, query)]
        limit, start_key = _limit(query), query.get("startKey")
        start = wanted.index(start_key) if start_key in wanted else 0
        page, rest = wanted[start : start + limit], wanted[start + limit :]
        return {
            "startKey": start_key,
            "limit": limit,
            "nextKey": rest[0] if rest else None,
            "templateList": [self._shown(one, account) for one in page],
        }

    async def show(self, request: web.Request, account: SolapiAccount) -> Json:
        template_id = request.match_info["template_id"]
        if template_id not in account.templates:
            raise ProviderError(404, "ResourceNotFound")
        return self._shown(template_id, account)

    def _shown(self, template_id: str, account: SolapiAccount) -> Json:
        content = account.templates[template_id]
        at = iso_utc(self._world.now())
        only = next(iter(account.pf_ids)) if len(account.pf_ids) == 1 else None
        return {
            "templateId": template_id,
            "name": content.splitlines()[0][:40],
            "channelId": only,
            "content": content,
            "messageType": "BA",
            "emphasizeType": "NONE",
            "securityFlag": False,
            "isHidden": False,
            "status": account.template_states.get(template_id, APPROVED),
            "variables": [{"name": name} for name in dict.fromkeys(VARIABLE.findall(content))],
            "buttons": [],
            "quickReplies": [],
            "comments": [],
            "assignType": "CHANNEL",
            "accountId": account.account_id,
            "commentable": False,
            "dateCreated": at,
            "dateUpdated": at,
        }


def _is_wanted(template_id: str, account: SolapiAccount, query: Mapping[str, str]) -> bool:
    status = account.template_states.get(template_id, APPROVED)
    return query.get("templateId", template_id) == template_id and (
        query.get("status", status) == status
    )


def _limit(query: Mapping[str, str]) -> int:
    try:
        return min(max(int(query.get("limit", LIMIT_DEFAULT)), 1), LIMIT_MAX)
    except ValueError:
        raise ProviderError(400, "ValidationError", "limit") from None
