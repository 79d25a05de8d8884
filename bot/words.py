"""The words of the chat: named blocks of templates/messages/*.j2, compiled once at start."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.runtime import Context

from domain.time import in_kst

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "messages"
Render = Callable[[Context], Iterator[str]]


def say(file: str, block: str, **facts: object) -> str:
    """The words of one block; what needs no facts is rendered once and kept."""
    if facts:
        return _rendered(file, block, facts)
    words = _FIXED.get((file, block))
    if words is None:
        words = _FIXED[file, block] = _rendered(file, block, facts)
    return words


def on_day(at: datetime) -> str:
    day = in_kst(at)
    return f"{day.year}년 {day.month}월 {day.day}일"


def _rendered(file: str, block: str, facts: dict[str, object]) -> str:
    template, render = BLOCKS[file, block]
    return "".join(render(template.new_context(facts))).strip()


def _compiled() -> dict[tuple[str, str], tuple[Template, Render]]:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - a chat shows plain text, and the files are ours
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["on_day"] = on_day
    templates = {name: environment.get_template(name) for name in environment.list_templates()}
    return {
        (name.removesuffix(".j2"), block): (template, render)
        for name, template in templates.items()
        for block, render in template.blocks.items()
    }


BLOCKS = _compiled()
_FIXED: dict[tuple[str, str], str] = {}
