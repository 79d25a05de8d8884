"""The fault board: every point where something can break, armed by hand and taken back."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from aiohttp import web

from simulator.doors import read_form
from simulator.fault_words import KINDS, NOTICES, POINTS, REPORT_KINDS
from simulator.faults import Fault, Faults
from simulator.pages import page, page_again, see_other
from simulator.recording import PARTIES, host_of
from simulator.screens import frame
from simulator.world import World

TIMES_MAX = 1_000
SECONDS_MAX = 60
PERCENT = 100
HAPPENED_SHOWN_MAX = 40
WRITTEN_METHODS = ("GET", "POST", "PUT", "DELETE")

Form = Mapping[str, str]
BLANK: Form = {
    "endpoint": "",
    "kind": "",
    "how": "once",
    "times": "3",
    "percent": "30",
    "seconds": "1",
}


class Point(NamedTuple):
    """`endpoint` is the pattern that Fault understands."""

    party: str
    endpoint: str
    words: str


class Armed(NamedTuple):
    endpoint: str
    words: str
    kind: str
    how: str


class FaultBoard:
    def __init__(self, world: World, faults: Faults) -> None:
        self._world = world
        self._faults = faults

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/faults", self.show),
            web.post("/faults", self.arm),
            web.post("/faults/clear", self.clear),
        ]

    async def show(self, request: web.Request) -> web.Response:
        return self._page(request, BLANK, {})

    async def arm(self, request: web.Request) -> web.Response:
        form = {**BLANK, **await read_form(request)}
        wrong = _wrong(form, {point.endpoint for point in points(request.app)})
        if wrong:
            return self._page(request, form, wrong)
        try:
            self._faults.arm(_fault(form))
        except ValueError:
            return self._page(request, form, {"endpoint": "고장이 너무 많아요. 먼저 거둬 주세요."})
        return see_other("/faults")

    async def clear(self, request: web.Request) -> web.Response:
        """One by its place, or all of them."""
        place = (await read_form(request)).get("place", "")
        if place.isdecimal():
            self._faults.take_back(int(place))
        else:
            self._faults.clear()
        return see_other("/faults")

    def _page(self, request: web.Request, form: Form, wrong: Form) -> web.Response:
        known = points(request.app)
        show = page_again if wrong else page
        return show(
            "faults",
            parties={party: [one for one in known if one.party == party] for party in PARTIES},
            kinds={kind: words for kind, words in KINDS.items() if kind not in REPORT_KINDS},
            notices=NOTICES,
            report_kinds={kind: KINDS[kind] for kind in REPORT_KINDS},
            armed=[_armed(fault) for fault in self._faults.armed()],
            happened=list(self._faults.happened)[: -HAPPENED_SHOWN_MAX - 1 : -1],
            words_of=words_of,
            kind_words=KINDS,
            form=form,
            wrong=wrong,
            **frame(self._world, request),
        )


def points(app: web.Application) -> list[Point]:
    """Every endpoint of a pretended host, straight from the routes."""
    found = (_point(route) for route in app.router.routes())
    return sorted({point for point in found if point is not None})


def _point(route: web.AbstractRoute) -> Point | None:
    resource = route.resource
    party = host_of(resource.canonical) if resource else None
    if resource is None or party is None or route.method not in WRITTEN_METHODS:
        return None
    path = "/".join("*" if part.startswith("{") else part for part in resource.canonical.split("/"))
    endpoint = f"{route.method} {path}"
    return Point(party, endpoint, words_of(endpoint))


def words_of(point: str) -> str:
    """What is asked there, in words; its own name where nobody has found any.

    `point` is a pattern or a path that was called.
    """
    if point in POINTS:
        return POINTS[point]
    parts = point.split("/")
    for endpoint, words in POINTS.items():
        pattern = endpoint.split("/")
        if len(pattern) == len(parts) and all(map(fnmatchcase, parts, pattern)):
            return words
    return point


def _armed(fault: Fault) -> Armed:
    chance = "" if fault.probability is None else f"{fault.probability * PERCENT:.0f}% 확률로"
    count = "" if fault.times is None else f"{fault.times}번"
    how = " ".join(part for part in (chance, count) if part)
    return Armed(fault.endpoint, words_of(fault.endpoint), fault.kind, how)


def _fault(form: Form) -> Fault:
    by_chance = form["how"] == "chance"
    times = {"once": 1, "times": int(form["times"] or 1)}.get(form["how"])
    return Fault(
        endpoint=form["endpoint"],
        kind=next(kind for kind in KINDS if kind == form["kind"]),
        times=times,
        probability=int(form["percent"]) / PERCENT if by_chance else None,
        seconds=float(form["seconds"]),
    )


def _wrong(form: Form, endpoints: set[str]) -> dict[str, str]:
    return dict(_problems(form, endpoints))


def _problems(form: Form, endpoints: set[str]) -> Iterator[tuple[str, str]]:
    if form["endpoint"] not in endpoints.union(NOTICES):
        yield "endpoint", "어디가 고장 날지 골라 주세요."
    elif form["kind"] not in KINDS:
        yield "kind", "어떻게 고장 날지 골라 주세요."
    elif (form["kind"] in REPORT_KINDS) != (form["endpoint"] in NOTICES):
        yield (
            "kind",
            "알림의 고장은 알림에만, 요청의 고장은 요청에만 낼 수 있어요.",
        )
    if form["how"] not in ("once", "times", "chance"):
        yield "how", "몇 번 고장 날지 골라 주세요."
    if form["how"] == "times" and not _is_between(form["times"], 1, TIMES_MAX):
        yield "times", f"1부터 {TIMES_MAX:,}까지 넣어 주세요."
    if form["how"] == "chance" and not _is_between(form["percent"], 1, PERCENT):
        yield "percent", "1부터 100까지 넣어 주세요."
    if not _is_between(form["seconds"], 0, SECONDS_MAX):
        yield "seconds", f"0초부터 {SECONDS_MAX}초까지 넣어 주세요."


def _is_between(text: str, low: int, high: int) -> bool:
    return text.isdecimal() and low <= int(text) <= high
