"""The JSON samples of the reference pages, cut out of them and named by page and section."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

PAGES = Path(__file__).parents[2].parent / "shared" / "reference"
"""Beside the tree where the project is worked on; a copy of the tree alone has only the samples."""

SAMPLES = Path(__file__).parent
HEADING = re.compile(r"#+ ([A-Z]?\d+(?:\.\d+)?)[. ]")
BLOCK = re.compile(r"```json\n(.*?)```", re.DOTALL)


def samples_of_page(page: Path) -> Iterator[tuple[str, Any]]:
    """Name such as `providers-A3-2` (the second sample of section A3), and the sample."""
    section, counts = "0", Counter[str]()
    for part in re.split(r"(?m)^(?=#)", page.read_text(encoding="utf-8")):
        heading = HEADING.match(part)
        section = heading[1] if heading else section
        for block in BLOCK.findall(part):
            counts[section] += 1
            yield f"{page.stem}-{section}-{counts[section]}", orjson.loads(block)


def sample(name: str) -> Any:
    return orjson.loads((SAMPLES / f"{name}.json").read_bytes())
