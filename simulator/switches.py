"""The switches: what is unknown about the real platforms, turned by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import inf
from typing import Literal, get_args, get_origin

from aiohttp import web

from simulator.doors import read_form
from simulator.pages import page, page_again, see_other
from simulator.screens import frame
from simulator.settings import Settings
from simulator.switch_words import FIXED, OTHER, SWITCHES
from simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    name: str
    sentence: str
    kind: str  # "bool", "choice", "number", "text"
    value: object
    choices: tuple[str, ...] = ()


class Switches:
    def __init__(self, world: World, settings: Settings) -> None:
        self._world = world
        self._settings = settings

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/switches", self.show), web.post("/switches", self.turn)]

    async def show(self, request: web.Request) -> web.Response:
        return self._page(request, {})

    async def turn(self, request: web.Request) -> web.Response:
        form = await read_form(request)
        name, text = form.get("name", ""), form.get("value", "")
        if name in FIXED:
            raise web.HTTPBadRequest(text="돌릴 수 없는 스위치예요.")
        try:
            self._settings.change({name: _read(self._settings, name, text)})
        except ValueError:
            return self._page(request, {name: text})
        return see_other(f"/switches#{name}")

    def _page(self, request: web.Request, wrong: Mapping[str, str]) -> web.Response:
        """`wrong`: what was typed and cannot be, by the switch's name."""
        show = page_again if wrong else page
        return show(
            "switches",
            groups=grouped(self._settings),
            wrong=wrong,
            **frame(self._world, request),
        )


def grouped(settings: Settings) -> dict[str, list[Switch]]:
    """By party; a switch that nobody has described yet stands last, under its name."""
    kinds = {field.name: field.type for field in fields(settings) if field.name not in FIXED}
    told = {name for known in SWITCHES.values() for name in known}
    groups = {**SWITCHES, OTHER: {name: "" for name in kinds if name not in told}}
    found = {
        words: [
            _switch(settings, name, kinds[name], sentence)
            for name, sentence in known.items()
            if name in kinds
        ]
        for words, known in groups.items()
    }
    return {words: switches for words, switches in found.items() if switches}


def _switch(settings: Settings, name: str, kind: object, sentence: str) -> Switch:
    is_choice = get_origin(kind) is Literal
    return Switch(
        name=name,
        sentence=sentence,
        kind=_kind(kind),
        value=getattr(settings, name),
        choices=tuple(map(str, get_args(kind))) if is_choice else (),
    )


def _kind(kind: object) -> str:
    if get_origin(kind) is Literal:
        return "choice"
    if kind is bool:
        return "bool"
    return "number" if kind in (int, float) else "text"


def _read(settings: Settings, name: str, text: str) -> object:
    """From words to what the switch takes; Settings itself refuses what it does not know."""
    kind = {field.name: field.type for field in fields(settings)}.get(name)
    if kind is bool:
        return text == "on"
    if kind is int:
        return int(text)
    if kind is float:
        number = float(text)
        if not 0 <= number < inf:
            raise ValueError(text)
        return number
    return text
