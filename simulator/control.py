"""The world driven by JSON under /sim/, for those who run it in a process of its own."""

from collections import Counter

from aiohttp import web

from simulator.background import Background
from simulator.chats import ChatEntry
from simulator.clock import iso_utc
from simulator.faults import Fault, Faults
from simulator.kakao import Kakao
from simulator.login_book import LoginBook
from simulator.nhn import Nhn
from simulator.pressing import pressables
from simulator.reading import shown_text
from simulator.solapi import Solapi
from simulator.values import Bot, LoginApp, SolapiAccount
from simulator.wire import Json, answer, guarded

PAGE_MAX = 1_000
BULK_MAX = 100_000
FRIEND_ACTIONS = ("add", "block", "unblock", "leave")


class Control:
    def __init__(
        self,
        kakao: Kakao,
        solapi: Solapi,
        nhn: Nhn,
        login: LoginBook,
        faults: Faults,
        background: Background,
    ) -> None:
        self._kakao = kakao
        self._solapi = solapi
        self._nhn = nhn
        self._login = login
        self._faults = faults
        self._background = background
        self._world = kakao.world

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sim/bots", guarded(self.bots)),
            web.post("/sim/people", guarded(self.people)),
            web.post("/sim/friends", guarded(self.friends)),
            web.post("/sim/accounts", guarded(self.accounts)),
            web.post("/sim/apps", guarded(self.apps)),
            web.post("/sim/login/keys", guarded(self.turn_keys)),
            web.post("/sim/say", guarded(self.say)),
            web.post("/sim/enter", guarded(self.enter)),
            web.post("/sim/press", guarded(self.press)),
            web.post("/sim/faults", guarded(self.arm)),
            web.get("/sim/faults", self.armed),
            web.post("/sim/settings", guarded(self.settings)),
            web.post("/sim/idle", guarded(self.idle)),
            web.post("/sim/reset", guarded(self.reset)),
            web.get("/sim/handset/summary", self.summary),
            web.get("/sim/handset/deliveries", self.deliveries),
            web.get("/sim/chats/{person_id}/{bot_id}", self.chat),
        ]

    async def bots(self, body: Json) -> Json:
        for one in _rows(body, "bots"):
            known = {**one, "skill_header": tuple(one.get("skill_header") or ("", ""))}
            known["callback_blocks"] = frozenset(one.get("callback_blocks") or ())
            self._world.add_bot(Bot(**known))
        return {"bots": len(self._world.bots)}

    async def people(self, body: Json) -> Json:
        added = [self._world.add_person(**one).person_id for one in _rows(body, "people")]
        return {"people": len(self._world.people), "added": added}

    async def friends(self, body: Json) -> Json:
        """`{bot_id, people: [...], action?, notify?}`, or `{friends: [{person_id, bot_id}]}`."""
        action, notify = body.get("action", "add"), body.get("notify") is True
        if action not in FRIEND_ACTIONS:
            raise ValueError(f"action {action}")
        pairs = [(one["person_id"], one["bot_id"]) for one in body.get("friends", [])]
        pairs += [(person_id, body["bot_id"]) for person_id in body.get("people", [])]
        for person_id, bot_id in pairs[:BULK_MAX]:
            if action == "add":
                self._world.add_friend(person_id, bot_id, notify=notify)
            elif action == "block":
                self._world.block(person_id, bot_id, notify=notify)
            elif action == "unblock":
                self._world.unblock(person_id, bot_id)
            else:
                self._world.leave(person_id, bot_id)
        return {"changed": len(pairs)}

    async def accounts(self, body: Json) -> Json:
        """An account of the same key is replaced."""
        for one in _rows(body, "accounts"):
            sets = {name: set(one.get(name) or ()) for name in ("sender_numbers", "opt_outs")}
            self._world.add_account(SolapiAccount(**{**one, **sets}))
        return {"accounts": len(self._world.accounts)}

    async def apps(self, body: Json) -> Json:
        """An app of the same key is replaced."""
        for one in _rows(body, "apps"):
            named = {name: one[name] for name in ("redirect_uris", "required") if name in one}
            known: Json = one | {name: frozenset(values) for name, values in named.items()}
            self._world.add_app(LoginApp(**known))
        return {"apps": len(self._world.apps)}

    async def turn_keys(self, body: Json) -> Json:
        """From now on another key signs; the one before it is served once more."""
        del body
        return {"kid": self._login.turn_keys()}

    async def say(self, body: Json) -> Json:
        entries = await self._kakao.say(*self._where(body, "text"), str(body["text"]))
        return {"entries": [entry_json(entry) for entry in entries]}

    async def enter(self, body: Json) -> Json:
        entries = await self._kakao.enter(*self._where(body))
        return {"entries": [entry_json(entry) for entry in entries]}

    async def press(self, body: Json) -> Json:
        """By `label`, by `quick_reply` index, or by `entry` and `button`."""
        where = self._where(body)
        if "label" in body:
            entries = await self._kakao.press_label(*where, str(body["label"]))
        elif "quick_reply" in body:
            entries = await self._kakao.press_quick_reply(*where, int(body["quick_reply"]))
        else:
            entries = await self._kakao.press_button(
                *where, int(body["entry"]), int(body["button"])
            )
        return {"entries": [entry_json(entry) for entry in entries]}

    def _where(self, body: Json, *more: str) -> tuple[str, str]:
        """In whose chat with which bot."""
        missing = [name for name in ("person_id", "bot_id", *more) if name not in body]
        if missing:
            raise ValueError(f"missing: {', '.join(missing)}")
        person_id, bot_id = body["person_id"], body["bot_id"]
        if person_id not in self._world.people:
            raise ValueError(f"person_id {person_id}: nobody in this world")
        if bot_id not in self._world.bots:
            raise ValueError(f"bot_id {bot_id}: no bot in this world")
        return person_id, bot_id

    async def arm(self, body: Json) -> Json:
        if body.get("clear") is True:
            self._faults.clear()
        for one in _rows(body, "faults") if not body.get("clear") else []:
            self._faults.arm(Fault(**one))
        return {"armed": self._faults.as_json()}

    async def armed(self, request: web.Request) -> web.Response:
        del request
        happened = [{"point": point, "kind": kind} for point, kind in self._faults.happened]
        return answer({"armed": self._faults.as_json(), "happened": happened})

    async def settings(self, body: Json) -> Json:
        self._kakao.settings.change(body)
        return {"changed": sorted(body)}

    async def idle(self, body: Json) -> Json:
        """Answers when no event task, delivery or report is under way."""
        del body
        await self._background.idle()
        return {"idle": True}

    async def reset(self, body: Json) -> Json:
        del body
        self._faults.clear()
        self._world.reset()
        self._solapi.reset()
        self._nhn.reset()
        self._login.reset()
        return {"reset": True}

    async def summary(self, request: web.Request) -> web.Response:
        tag, value = request.query.get("tag"), request.query.get("value")
        handset = self._world.handset
        counted: Counter[str] = Counter()
        most = 0
        if tag is None:
            counted.update(one.person_id for one in handset.all_deliveries())
            most = max(counted.values(), default=0)
        else:
            for one in [value] if value is not None else handset.tag_values(tag):
                found = handset.deliveries(tag, one)
                most = max(most, *found.values(), 0)
                counted.update(found)
        return answer(
            {"people": len(counted), "deliveries": counted.total(), "max_per_person": most}
        )

    async def deliveries(self, request: web.Request) -> web.Response:
        """Everything received, oldest first, paged by `after` (a count)."""
        after = int(request.query.get("after", "0"))
        limit = min(int(request.query.get("limit", "100")), PAGE_MAX)
        page = self._world.handset.page(after, limit)
        rows = [
            {
                "person_id": one.person_id,
                "bot_id": one.bot_id,
                "at": iso_utc(one.at),
                "via": one.via,
                "tags": one.tags,
                "shown_text": one.shown_text,
            }
            for one in page
        ]
        return answer({"total": len(self._world.handset), "deliveries": rows})

    async def chat(self, request: web.Request) -> web.Response:
        person_id, bot_id = request.match_info["person_id"], request.match_info["bot_id"]
        if person_id not in self._world.people:
            return answer({"error": "no such person"}, status=404)
        chat = self._world.chat(person_id, bot_id)
        return answer(
            {
                "relation": self._world.relation(person_id, bot_id),
                "entries": [entry_json(entry) for entry in chat.entries[-PAGE_MAX:]],
                "quick_replies": chat.quick_replies,
            }
        )


def entry_json(entry: ChatEntry) -> Json:
    content = entry.content
    return {
        "entry": entry.position,
        "at": iso_utc(entry.at),
        "kind": entry.kind,
        "via": entry.via,
        "text": entry.text or (shown_text(content) if content else ""),
        "content": content.body if content else None,
        "buttons": [one.label for one in pressables(content)],
        "tags": entry.tags,
    }


def _rows(body: Json, name: str) -> list[Json]:
    """`{name: [row, …]}`, or one row by itself."""
    rows = body.get(name, [body])
    if not isinstance(rows, list) or len(rows) > BULK_MAX:
        raise ValueError(f"{name}: a list of at most {BULK_MAX}")
    return rows
