"""JSON from outside, read defensively into plain values."""

from collections.abc import Mapping

import orjson

from domain.refusals import Unknown

Object = Mapping[str, object]

NOTHING: Object = {}


def read_object(body: bytes) -> Object:
    """The JSON object an answer consists of; anything else leaves open what was done."""
    try:
        value: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unknown("BROKEN_JSON") from error
    if not isinstance(value, dict):
        raise Unknown("BROKEN_JSON", "no object")
    return value


def object_in(holder: Object, name: str) -> Object:
    value = holder.get(name)
    return value if isinstance(value, dict) else NOTHING


def objects_in(holder: Object, name: str) -> list[Object]:
    """The objects of a list, or of an object that is keyed by id (providers.md A7)."""
    value = holder.get(name)
    if isinstance(value, dict):
        value = list(value.values())
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_in(holder: Object, name: str) -> str:
    """Empty when there is none; a whole number is taken as its digits."""
    value = holder.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def number_in(holder: Object, name: str) -> int | None:
    value = holder.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
