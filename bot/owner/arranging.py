"""Whom and when, said before or without the news: `내일 오후 2시에 뜸해진 단골에게 보내줘`."""

from dataclasses import dataclass
from datetime import datetime

from bot.hearing.owner_words import news_in
from bot.hearing.whom import split_whom
from bot.owner.repeats import Planned, begins_with_plan, is_plan, planned_in
from bot.owner.times import is_only_time
from domain.segments import Ready


@dataclass(frozen=True, slots=True)
class Arranged:
    """`rest`: the news behind it, empty where there is none; one of the other two is there."""

    when: Planned | None
    whom: Ready | None
    rest: str


def arranged_in(words: str, now: datetime) -> Arranged | None:
    """A time before whom is no part of the news, nor is either where no news follows.

    None for words that begin with neither, and for a time with news alone: that may be the news'.
    """
    if alone := _alone(words, now):
        return Arranged(alone, None, "")
    begun = begins_with_plan(words, now)
    when, behind = begun or (None, words)
    found = split_whom(behind)
    if found is None:
        return Arranged(when, None, "") if when and not news_in(behind) else None
    which, rest = found
    later = _alone(rest, now) if when is None else None
    if later or not news_in(rest):
        return Arranged(when or later, which, "")
    return Arranged(when, which, rest)


def _alone(words: str, now: datetime) -> Planned | None:
    is_when = is_plan(words) or is_only_time(words, now)
    return planned_in(words, now) if is_when else None
