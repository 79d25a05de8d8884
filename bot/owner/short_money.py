"""What a preview says of people and money, and the choices it offers where the money is short."""

import re
from collections.abc import Mapping
from datetime import datetime, time

from bot.hearing.spelling import squeezed
from bot.owner.groups import called
from bot.owner.repeats import spoken_repeat
from bot.owner.times import spoken, spoken_hour
from bot.owner.turns import OwnerTurn, button
from bot.words import say
from campaigns.around import look_around
from campaigns.booking import DryRun
from campaigns.fairness import left_out, own_offer
from domain.bubbles import Button
from domain.campaigns import SenderName
from domain.gate import SENDER_DAY
from domain.money import JEON_PER_WON, Jeon, format_won
from domain.segments import EVERYBODY
from domain.subsidy import FairOrder
from domain.time import in_kst, kst_instant
from domain.ways import WAY_WORDS
from storage.queries.drafts import DraftView
from subsidy.money import shop_money

ORDERS: Mapping[str, FairOrder] = {
    squeezed(say("owner_buttons", f"owner_{order}")): order for order in FairOrder
}
OWN = re.compile(r"내돈(?P<won>[\d,]{1,13})원까지")

WHY_SHOWN_MAX = 2
WHY_SAID = frozenset({"L1", "RESTING", "K7", "CAP_WEEK", "CAP_DAY", "L44", "L21"})
KEPT_OFF = frozenset({"CAP_WEEK", "CAP_DAY", "L21"})
"""They would get it another day."""

AGAIN_CLOCK = time(10)
DAY_SECONDS = 12 * 3600


def told(turn: OwnerTurn, draft: DraftView, dry: DryRun) -> str:
    """Who gets it, who does not, what it costs and when it leaves."""
    if draft.repeat:
        return _what_repeats(turn, draft, dry)
    if not dry.people:
        return _nobody(turn, draft, dry)
    return _what_leaves(turn, draft, dry) if dry.can_leave else _what_is_short(turn, draft, dry)


def _what_repeats(turn: OwnerTurn, draft: DraftView, dry: DryRun) -> str:
    assert draft.repeat is not None, "asked by its caller"
    return say(
        "owner_sending",
        "repeating",
        when=spoken_repeat(draft.repeat),
        first=spoken(dry.leaves_at, turn.at),
        whom=called(turn, draft.segment),
        people=dry.people,
        cost=format_won(dry.cost_jeon),
    )


def _nobody(turn: OwnerTurn, draft: DraftView, dry: DryRun) -> str:
    if draft.segment == EVERYBODY and not KEPT_OFF & dry.refused.keys():
        return say("owner_sending", "nobody")
    return say(
        "owner_sending",
        "nobody_of",
        whom=called(turn, draft.segment),
        refused=sum(dry.refused.values()),
        why=_why(dry),
        again=again_day(turn, dry),
        is_everybody=draft.segment == EVERYBODY,
    )


def opens_again(turn: OwnerTurn, dry: DryRun) -> datetime | None:
    """Where only this week's news is in the way: when the next may reach the first of them."""
    if dry.people or "CAP_WEEK" not in dry.refused:
        return None
    again_at = look_around(turn.tx, turn.shop_id, dry, turn.at).again_at
    return kst_instant(in_kst(again_at).date(), AGAIN_CLOCK) if again_at else None


def again_day(turn: OwnerTurn, dry: DryRun) -> str:
    """Empty where another week changes nothing."""
    again_at = opens_again(turn, dry)
    return _short_day(again_at) if again_at else ""


def _short_day(at: datetime) -> str:
    return f"{in_kst(at).month}월 {in_kst(at).day}일"


def _spoken_again(at: datetime) -> str:
    """Without its weekday it fits a button."""
    return f"{_short_day(at)} {spoken_hour(in_kst(at).hour)}"


def _why(dry: DryRun) -> str:
    """Who is left out, the largest groups first: `이번 주에 이미 받은 분 5명`."""
    by_size = sorted(dry.refused.items(), key=lambda one: -one[1])
    first = [
        f"{say('owner_sending', f'why_{rule}' if rule in WHY_SAID else 'why_other')} {count:,}명"
        for rule, count in by_size[:WHY_SHOWN_MAX]
    ]
    return ", ".join(first)


def _span(dry: DryRun) -> str:
    """How long it takes, and whether it is over before the night."""
    closes = SENDER_DAY[dry.draft.sender]
    is_in_day = dry.seconds < DAY_SECONDS and closes.contains(dry.ends_at)
    return say("owner_sending", "span", seconds=dry.seconds, is_in_day=is_in_day)


def _what_leaves(turn: OwnerTurn, draft: DraftView, dry: DryRun) -> str:
    return say(
        "owner_sending",
        "preview",
        people=dry.reached,
        whom="" if draft.segment == EVERYBODY else called(turn, draft.segment),
        refused=sum(dry.refused.values()),
        why=_why(dry),
        span=_span(dry),
        way="" if dry.draft.sender is SenderName.KAKAO_EVENT else WAY_WORDS[dry.draft.sender],
        cost=format_won(dry.cost_jeon),
        own=format_won(dry.own_jeon) if dry.own_jeon else "",
        free=format_won(dry.free_jeon),
        left=format_won(dry.left_jeon),
        rest=format_won(dry.left_jeon - dry.free_jeon),
        pots=format_won(dry.pot_jeon) if dry.pot_jeon > 0 else "",
        promised=format_won(dry.promised_jeon) if dry.promised_jeon else "",
        missed="" if dry.is_enough else _missed(turn, dry),
        leaves=spoken(dry.leaves_at, turn.at) if dry.leaves_at > turn.at else "",
        is_moved=dry.leaves_at > max(draft.due_at or turn.at, turn.at),
    )


def _missed(turn: OwnerTurn, dry: DryRun) -> str:
    """Whom it leaves out: the first of them by name, if the shop knows it."""
    missed = left_out(turn.tx, turn.shop_id, dry, turn.at)
    names = [one.regular.name for one in missed.named if one.regular.name]
    return say(
        "owner_sending",
        "missed",
        order=say("owner_buttons", f"owner_{dry.draft.fair_order}"),
        people=missed.people,
        names=", ".join(names),
        others=missed.people - len(names),
    )


def _what_is_short(turn: OwnerTurn, draft: DraftView, dry: DryRun) -> str:
    offered = shop_money(turn.tx, turn.shop_id, turn.at).offered_jeon
    offer = own_offer(dry)
    return say(
        "owner_sending",
        "short_for_some" if dry.reached else "short",
        people=dry.people,
        reached=dry.reached,
        missed=dry.people - dry.reached,
        cost=format_won(dry.cost_jeon),
        left=format_won(dry.left_jeon),
        own=format_won(draft.own_max_jeon) if draft.own_max_jeon else "",
        offer=_own_label(offer) if offer else "",
        offered=format_won(offered) if offered else "",
    )


def short_choices(turn: OwnerTurn, draft: DraftView, dry: DryRun) -> tuple[Button, ...]:
    """Who comes first, and how much of the shop's own money may be used; none where the money is
    enough without it. Where nobody may have it this week, the first day on which somebody may.
    """
    key = draft.form_key
    found: list[Button] = []
    if not draft.repeat and (again_at := opens_again(turn, dry)):
        found.append(button(turn, "owner_at", form_key=key, label=_spoken_again(again_at)))
    if not dry.is_enough and dry.reached:
        found += [
            button(turn, f"owner_{order}", "owner_order", form_key=key)
            for order in FairOrder
            if order is not draft.fair_order
        ]
    if offer := own_offer(dry):
        label, about = _own_label(offer), offer // JEON_PER_WON
        found.append(button(turn, "owner_own", about=about, form_key=key, label=label))
    if draft.own_max_jeon:
        found.append(button(turn, "owner_own_none", "owner_own", about=0, form_key=key))
    return tuple(found)


def _own_label(offer: Jeon) -> str:
    return f"내 돈 {format_won(offer)}까지"


def order_in(words: str) -> FairOrder | None:
    """The order that a button named."""
    return ORDERS.get(squeezed(words))


def own_max_in(turn: OwnerTurn) -> Jeon | None:
    """The most that may be taken of the shop's own money, as the button or the words name it."""
    if turn.said.about is not None:
        return Jeon(turn.said.about * JEON_PER_WON)
    bare = squeezed(turn.said.words)
    if bare == squeezed(say("owner_buttons", "owner_own_none")):
        return Jeon(0)
    named = OWN.match(bare)
    digits = named["won"].replace(",", "") if named else ""
    return Jeon(int(digits) * JEON_PER_WON) if digits else None
