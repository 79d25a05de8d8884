"""Contents that differ from person to person as one template and each person's values (B4).

A brand message has one content for everybody; only one that is made from a template may say
something of its own to each. Such templates are not inspected.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from os.path import commonprefix

from campaigns.senders.nhn_bodies import Content
from domain.refusals import Rejected

VARIABLE_KEYS = frozenset(
    {"content", "message", "header", "title", "description", "additionalContent"}
    | {"linkMo", "linkPc"}
)
"""Where NHN's document does not forbid a variable: not on buttons, not in pictures."""

VARIABLE = re.compile(r"#\{(v[0-9]+)\}$")


def as_template(contents: Sequence[Content]) -> Content:
    """What all have in common, with `#{v1}`… where they differ; as it is where they are equal.

    Raises Rejected when they differ in more than their words.
    """
    template = _blend("", contents, {})
    assert isinstance(template, dict), "contents are objects"
    return template


def has_variables(template: Content) -> bool:
    return any(_pairs(template, template))


def values_in(template: Content, content: Content) -> dict[str, str]:
    """What stands in the template's places for one of those whom it was made of."""
    return dict(_pairs(template, content))


def _blend(key: str, alike: Sequence[object], names: dict[tuple[str, ...], str]) -> object:
    first = alike[0]
    if all(one == first for one in alike):
        return first
    if isinstance(first, Mapping):
        objects = [one for one in alike if isinstance(one, Mapping) and one.keys() == first.keys()]
        _see_all(key, objects, alike)
        return {name: _blend(name, [one[name] for one in objects], names) for name in first}
    if isinstance(first, list):
        lists = [one for one in alike if isinstance(one, list) and len(one) == len(first)]
        _see_all(key, lists, alike)
        return [_blend(key, column, names) for column in zip(*lists, strict=True)]
    if key not in VARIABLE_KEYS:
        raise Rejected("VARIES", key)
    return _words([str(one) for one in alike], names)


def _see_all(key: str, same: Sequence[object], alike: Sequence[object]) -> None:
    if len(same) != len(alike):
        raise Rejected("VARIES", key)


def _words(texts: Sequence[str], names: dict[tuple[str, ...], str]) -> str:
    """What all begin with stays readable in the template, marks and host above all; nobody's own
    part may be empty.
    """
    kept = commonprefix(texts)[: max(min(map(len, texts)) - 1, 0)]  # noqa: RUF071 - letters, no path
    own = tuple(text[len(kept) :] for text in texts)
    return f"{kept}#{{{names.setdefault(own, f'v{len(names) + 1}')}}}"


def _pairs(template: object, content: object) -> Iterator[tuple[str, str]]:
    if isinstance(template, Mapping) and isinstance(content, Mapping):
        for name, one in template.items():
            yield from _pairs(one, content[name])
    elif isinstance(template, list) and isinstance(content, list):
        for one, own in zip(template, content, strict=True):
            yield from _pairs(one, own)
    elif isinstance(template, str) and (found := VARIABLE.search(template)):
        yield found[1], str(content)[found.start() :]
