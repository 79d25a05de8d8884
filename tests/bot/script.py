"""Reads the dialogues: who says what, and what must be answered.

One step a line: `손님: 내 도장`, `[누름] 도장 받기`, `[블록] my_stamps`, `사장님: 도장 {번호}`, `시간: +3분`. What must
come of it follows: a line `봇: …` for each bubble, `단추: …` for buttons that are offered, `결과: …`
for what the shop sees. A line that begins with spaces belongs to the line above it. `…` stands
for any words, `{번호}` for digits: remembered where they are first seen, the same from then on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

EXPECTED = ("봇", "단추", "없음", "결과")
BLOCK = re.compile(r"\[(?P<who>[^\]]*?)\s*블록\]\s*(?P<does>.+)")
PRESSED = re.compile(r"\[(?P<who>[^\]]*?)\s*누름\]\s*(?P<label>.+)")
LINE = re.compile(r"(?P<who>[^:]+):\s*(?P<words>.*)")
PLACE = re.compile(r"\{(\w+)\}|…")
DIGITS = r"\d(?:[ ]?\d)+"


@dataclass(slots=True)
class Step:
    """One thing that is said or done, and what must come of it."""

    number: int
    who: str
    words: str
    is_press: bool = False
    is_block: bool = False
    wanted: list[tuple[str, str]] = field(default_factory=list)

    def of(self, kind: str) -> list[str]:
        return [words for name, words in self.wanted if name == kind]


def read_script(path: Path) -> Sequence[Step]:
    steps: list[Step] = []
    for number, line in _lines(path.read_text(encoding="utf-8")):
        if pressed := PRESSED.fullmatch(line):
            who = pressed["who"] or "손님"
            steps.append(Step(number, who, pressed["label"], is_press=True))
            continue
        if block := BLOCK.fullmatch(line):
            who = block["who"] or "손님"
            steps.append(Step(number, who, block["does"], is_block=True))
            continue
        said = LINE.fullmatch(line)
        assert said, f"{path.name}:{number}: {line}"
        if said["who"] in EXPECTED:
            steps[-1].wanted.append((said["who"], said["words"]))
        else:
            steps.append(Step(number, said["who"], said["words"]))
    return steps


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Whole lines with their numbers: comments left out, continued ones put together."""
    held: tuple[int, str] | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if raw.startswith(" ") and held:
            held = held[0], f"{held[1]} … {line}"
            continue
        if held:
            yield held
        held = number, line
    if held:
        yield held


def matches(wanted: str, found: str, known: dict[str, str]) -> bool:
    """Whether the words stand in what was found, in their order; learns new digits."""
    parts: list[str] = []
    new: list[str] = []
    at = 0
    for place in PLACE.finditer(wanted):
        parts.append(re.escape(wanted[at : place.start()].strip()))
        at = place.end()
        name = place.group(1)
        if name is None:
            parts.append(".*?")
        elif name in known:
            parts.append(rf"(?<!\d){'[ ]?'.join(known[name])}(?!\d)")
        else:
            parts.append(rf"(?<!\d)(?P<{name}>{DIGITS})(?!\d)")
            new.append(name)
    parts.append(re.escape(wanted[at:].strip()))
    seen = re.search(r"\s*".join(parts), squeezed(found))
    if seen is None:
        return False
    known |= {name: seen[name].replace(" ", "") for name in new}
    return True


def filled(words: str, known: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda place: known[place.group(1)], words)


def squeezed(words: str) -> str:
    return " ".join(words.split())
