"""Every template compiles, and something shows it."""

import ast
import re
from functools import cache

import pytest
from jinja2 import Environment

from bot.words import BLOCKS
from console.pages import pages
from simulator.pages import _environment
from tests.architecture.parts import PARTS, ROOT, modules

PAGES = sorted(
    path.relative_to(ROOT / "templates" / "pages").as_posix()
    for path in (ROOT / "templates" / "pages").rglob("*.html")
)
MESSAGES = sorted(path.name for path in (ROOT / "templates" / "messages").glob("*.j2"))
SIMULATOR = "simulator/"


def environment_of(name: str) -> Environment:
    return _environment() if name.startswith(SIMULATOR) else pages


@cache
def spoken() -> frozenset[str]:
    """Every text constant of our program."""
    return frozenset(
        node.value
        for module in modules(*PARTS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@cache
def put_together() -> re.Pattern[str]:
    """Names made of a fixed part and a changing one, such as f"{fact}_label"."""
    shapes = {
        "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
            for part in node.values
        )
        for module in modules("bot", "loyalty", "campaigns")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.JoinedStr)
        and any(isinstance(part, ast.Constant) for part in node.values)
    }
    return re.compile("|".join(sorted(shapes)))


@cache
def named_by_templates() -> frozenset[str]:
    texts = [(ROOT / "templates" / "pages" / name).read_text(encoding="utf-8") for name in PAGES]
    return frozenset(found for text in texts for found in re.findall(r'"([\w/]+\.html)"', text))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_compiles(name: str) -> None:
    assert environment_of(name).get_template(name)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_shown_or_used_by_another(name: str) -> None:
    """The simulator names its pages without folder and ending."""
    is_simulators = name.startswith(SIMULATOR)
    short = name.removeprefix(SIMULATOR).removesuffix(".html")

    assert name in spoken() | named_by_templates() or (is_simulators and short in spoken())


@pytest.mark.parametrize("name", MESSAGES)
def test_the_words_of_the_chat_are_all_said(name: str) -> None:
    """A block nobody asks for would still be read as if it were said."""
    file = name.removesuffix(".j2")
    blocks = {block for known, block in BLOCKS if known == file}

    assert file in spoken()
    assert blocks
    assert [one for one in blocks - spoken() if not put_together().fullmatch(one)] == []


def test_there_is_no_python_among_the_templates() -> None:
    assert list((ROOT / "templates").rglob("*.py")) == []
