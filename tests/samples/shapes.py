"""Whether two pieces of JSON have the same shape: the same keys with values of the same kind."""

from typing import Any


def differences(sample: Any, made: Any, *, beside: frozenset[str] = frozenset()) -> list[str]:
    """What the sample has and `made` has not, or has of another kind; and what is too much.

    `beside` names keys that the pages document elsewhere than in the sample. A null on either
    side says nothing about the kind; of lists the first element stands for all.
    """
    return list(_differ(sample, made, "", beside))


def _differ(sample: Any, made: Any, path: str, beside: frozenset[str]) -> list[str]:
    if sample is None or made is None:
        return []
    if _kind(sample) != _kind(made):
        return [f"{path}: {_kind(sample)} is {_kind(made)}"]
    if isinstance(sample, dict):
        missing = [f"{path}.{name}: missing" for name in sample if name not in made]
        more = [f"{path}.{name}: more" for name in made if name not in sample | _names(beside)]
        inner = [
            found
            for name in sample
            if name in made
            for found in _differ(sample[name], made[name], f"{path}.{name}", beside)
        ]
        return missing + more + inner
    if isinstance(sample, list) and sample and made:
        return _differ(sample[0], made[0], f"{path}[]", beside)
    return []


def _names(beside: frozenset[str]) -> dict[str, None]:
    return dict.fromkeys(beside)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


def contains(whole: Any, part: Any) -> bool:
    """Whether all of `part` stands in `whole`; lists are compared place by place."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            name in whole and contains(whole[name], value) for name, value in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and all(
            contains(one, value) for one, value in zip(whole, part, strict=False)
        )
    return bool(whole == part)
