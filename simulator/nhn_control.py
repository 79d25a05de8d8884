"""NHN driven by JSON under /sim/nhn/: accounts, inspections, and a person answering 080."""

from aiohttp import web

from simulator.nhn_account import BrandTemplate, NhnAccount, NhnSender, NhnTemplate, Verdict
from simulator.nhn_reports import Hooks
from simulator.nhn_templates import note
from simulator.settings import Settings
from simulator.wire import Json, guarded
from simulator.world import World

SETS = ("sms_numbers", "sms_unsubscribe_nos", "opt_outs", "consents")
VERDICTS = {"TSC02": "REQ", "TSC03": "APR", "TSC04": "REJ"}


class NhnControl:
    def __init__(self, world: World, settings: Settings, hooks: Hooks) -> None:
        self._world = world
        self._settings = settings
        self._hooks = hooks

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/sim/nhn/accounts", guarded(self.accounts)),
            web.post("/sim/nhn/templates", guarded(self.inspect)),
            web.post("/sim/nhn/unsubscribe", guarded(self.unsubscribe)),
        ]

    async def accounts(self, body: Json) -> Json:
        """`{"accounts": […]}` or one by itself, its senders as a list of objects with
        `templates: [{code, body, status?}]`; an account of the same key is replaced.
        """
        for given in body.get("accounts", [body]):
            known = _with_sets({name: one for name, one in given.items() if name != "senders"})
            known["verdicts"] = [Verdict(*one) for one in given.get("verdicts", [])]
            account = NhnAccount(**known)
            for row in given.get("senders", []):
                account.add_sender(_sender(row))
            self._world.add_nhn_account(account)
        return {"accounts": len(self._world.nhn_accounts)}

    async def inspect(self, body: Json) -> Json:
        """`{appkey, sender_key, code, status, comment?}`: what Kakao decided, with its hook."""
        account = self._world.nhn_accounts[body["appkey"]]
        sender = account.senders[body["sender_key"]]
        template, status = sender.templates[body["code"]], body["status"]
        if status not in VERDICTS:
            raise ValueError(f"status {status}")
        if template.modification is None:
            template.status = status
        elif status == "TSC03":
            template.body, template.modification = template.modification, None
        elif status == "TSC04":
            template.modification = None
        text = str(body.get("comment") or "")
        note(template, self._world.now(), self._settings, text, VERDICTS[status])
        self._hooks.tell_template(account, sender, template)
        return {"status": status}

    async def unsubscribe(self, body: Json) -> Json:
        """`{appkey, number, unsubscribe_no}`: somebody called 080 (D6)."""
        account, number = self._world.nhn_accounts[body["appkey"]], str(body["number"])
        account.opt_outs.add(number)
        self._hooks.tell_unsubscribed(account, number, str(body["unsubscribe_no"]))
        return {"opt_outs": len(account.opt_outs)}


def _sender(row: Json) -> NhnSender:
    templates = {one["code"]: NhnTemplate(**one) for one in row.get("templates", [])}
    brands = {one["code"]: BrandTemplate(**one) for one in row.get("brand_templates", [])}
    return NhnSender(**{**_with_sets(row), "templates": templates, "brand_templates": brands})


def _with_sets(row: Json) -> Json:
    return {name: set(value) if name in SETS else value for name, value in row.items()}
