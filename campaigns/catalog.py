"""The catalog of ready messages: by trade and occasion, read once from templates/catalog/."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from domain.ideas import MONEY, PACED_MONEY
from domain.money import format_won
from domain.occasions import Occasion, has_blank

FOLDER: Final = Path(__file__).resolve().parent.parent / "templates" / "catalog"
GENERAL, REASONS = "general", "reasons"


class Line(NamedTuple):
    """One text an owner can send; `line_id` is `trade.occasion.name` of its file."""

    line_id: str
    occasion: Occasion
    text: str

    @property
    def has_blank(self) -> bool:
        """Only the owner can fill it: it is never sent as it stands."""
        return has_blank(self.text)


class Trade(NamedTuple):
    """`words`: what a shop of this trade is called; none for the lines that fit every shop."""

    name: str
    words: Sequence[str]
    lines: Sequence[Line]


def lines_for(trade: str, occasion: Occasion) -> list[Line]:
    """The trade's own lines, then those that fit every shop; `trade` as the manager wrote it."""
    found = trade_of(trade)
    own = CATALOG[found].lines if found else ()
    both = (*own, *CATALOG[GENERAL].lines)
    return [line for line in both if line.occasion is occasion]


def find_line(line_id: str) -> Line | None:
    return LINES.get(line_id)


@cache
def trade_of(trade: str) -> str | None:
    """Which trade is meant; the longest word that fits decides (떡볶이 is not 떡)."""
    bare = trade.casefold()
    found = [
        (len(word), one.name) for one in CATALOG.values() for word in one.words if word in bare
    ]
    return max(found)[1] if found else None


def why(reason: str, facts: Mapping[str, Any]) -> str:
    """The reason for an idea, as its owner reads it."""
    spoken = {name: _spoken(name, value) for name, value in facts.items()}
    return WORDS_OF[reason].format_map(spoken)


def _spoken(name: str, value: Any) -> str:
    match name:
        case "left":
            return format_won(value)
        case "on":
            day = date.fromisoformat(value)
            return f"{day.month}월 {day.day}일"
        case "people" | "week":
            return f"{value:,}"
        case _:
            return str(value)


def _read(path: Path) -> Trade:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    words = content.pop("words")
    return Trade(path.stem, words, list(_lines(path.stem, content)))


def _lines(trade: str, content: Mapping[str, Mapping[str, str]]) -> Iterator[Line]:
    for occasion, texts in content.items():
        for name, text in texts.items():
            yield Line(f"{trade}.{occasion}.{name}", Occasion(occasion), text)


def _reasons() -> Mapping[str, str]:
    found: dict[str, str] = tomllib.loads((FOLDER / f"{REASONS}.toml").read_text(encoding="utf-8"))
    assert found.keys() == {MONEY, PACED_MONEY, *Occasion}, "every reason has its words"
    return found


CATALOG: Final[Mapping[str, Trade]] = {
    path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml")) if path.stem != REASONS
}
LINES: Final[Mapping[str, Line]] = {
    line.line_id: line for trade in CATALOG.values() for line in trade.lines
}
WORDS_OF: Final = _reasons()
