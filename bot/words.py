"""The words of the chat: named blocks of templates/messages/*.j2, compiled once at start."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.runtime import Context

from domain.time import Window, in_kst

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "messages"
WEEKDAYS = "월화수목금토일"
WORDS_KEPT_MAX = 8_192
NUMBER_KEPT_MAX = 1_000
Render = Callable[[Context], Iterator[str]]


def say(file: str, block: str, **facts: object) -> str:
    """The words of one block. What needs no facts but small numbers is kept: it tells of nobody,
    and is said again and again.
    """
    for fact in facts.values():
        if type(fact) is not int or not 0 <= fact <= NUMBER_KEPT_MAX:
            return _rendered(file, block, facts)
    return _kept(file, block, tuple(facts.items()))


def on_day(at: datetime) -> str:
    day = in_kst(at)
    return f"{day.year}년 {day.month}월 {day.day}일"


def last_day(end: datetime) -> str:
    """The day before a midnight at which something ends."""
    return on_day(end - timedelta(microseconds=1))


def won(amount: int) -> str:
    return f"{amount:,}원"


def count_of(number: int) -> str:
    return f"{number:,}"


def days(weekdays: Collection[int]) -> str:
    return "·".join(WEEKDAYS[day] for day in sorted(weekdays))


def hours(window: Window) -> str:
    return f"{window.opens:%H:%M}–{window.closes:%H:%M}"


def _rendered(file: str, block: str, facts: dict[str, object]) -> str:
    template, render = BLOCKS[file, block]
    # Not `new_context`, which makes a stack for each block of the file, and no block is nested.
    context = template.environment.context_class(template.environment, facts, template.name, {})
    return "".join(render(context)).strip()


@lru_cache(WORDS_KEPT_MAX)
def _kept(file: str, block: str, facts: tuple[tuple[str, int], ...]) -> str:
    return _rendered(file, block, dict(facts))


def _compiled() -> dict[tuple[str, str], tuple[Template, Render]]:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - a chat shows plain text, and the files are ours
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for kind in (on_day, last_day, won, count_of, days, hours):
        environment.filters[kind.__name__] = kind
    templates = {name: environment.get_template(name) for name in environment.list_templates()}
    return {
        (name.removesuffix(".j2"), block): (template, render)
        for name, template in templates.items()
        for block, render in template.blocks.items()
    }


BLOCKS = _compiled()
