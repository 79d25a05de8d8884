"""Texts made to fit: shortened at a word, never inside an emoji or a syllable."""

import unicodedata
from collections.abc import Iterator

import regex

MORE = "…"
CLUSTERS = regex.compile(r"\X")
"""What a reader takes for one character: a family of emoji, a flag, a syllable of loose jamo."""


def length(text: str) -> int:
    """In UTF-16 units, where an emoji is two: Kakao does not say how it counts, this is safe."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Without halves of emoji, which no JSON can carry; loose jamo become syllables."""
    return unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode()).strip()


def cut(text: str, room: int) -> str:
    """The whole text when there is room, else its first words and “…”."""
    return next(pieces(text, room), "")


def in_lines(text: str, lines_max: int) -> str:
    """No more lines than are shown; what stood on later ones follows in the last."""
    lines = clean(text).splitlines()
    kept = [*lines[: lines_max - 1], " ".join(lines[lines_max - 1 :])]
    return "\n".join(kept)


def pieces(text: str, room: int) -> Iterator[str]:
    """The text in parts that fit, each but the last ending in “…”."""
    rest = clean(text)
    while length(rest) > room:
        end = _end(rest, room - len(MORE))
        yield rest[:end].rstrip() + MORE
        # A single character larger than the room, a letter under a heap of marks, is left out.
        rest = rest[end or next(CLUSTERS.finditer(rest)).end() :].lstrip()
    if rest:
        yield rest


def _end(text: str, room: int) -> int:
    """Behind the last word that fits, or the last character when that word is long."""
    used = after_space = end = 0
    for cluster in CLUSTERS.finditer(text):
        used += length(cluster[0])
        if used > room:
            break
        end = cluster.end()
        if cluster[0].isspace():
            after_space = end
    return after_space if after_space > end // 2 else end
