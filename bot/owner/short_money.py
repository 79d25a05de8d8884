"""What a preview says of people and money, and the choices it offers where the money is short."""

import re
from collections.abc import Mapping

from bot.hearing.spelling import squeezed
from bot.owner.times import spoken
from bot.owner.turns import OwnerTurn, button
from bot.words import say
from campaigns.booking import DryRun
from campaigns.fairness import left_out, own_offer
from domain.bubbles import Button
from domain.money import JEON_PER_WON, Jeon, format_won
from domain.subsidy import FairOrder
from storage.queries.drafts import DraftView
from subsidy.money import shop_money

ORDERS: Mapping[str, FairOrder] = {
    squeezed(say("owner_buttons", f"owner_{order}")): order for order in FairOrder
}
OWN = re.compile(r"내돈(?P<won>[\d,]{1,13})원까지")


def told(turn: OwnerTurn, draft: DraftView, dry: DryRun) -> str:
    """Who gets it, who does not, what it costs and when it leaves."""
    if not dry.people:
        return say("owner_sending", "nobody")
    return _what_leaves(turn, draft, dry) if dry.can_leave else _what_is_short(turn, draft, dry)


def _what_leaves(turn: OwnerTurn, draft: DraftView, dry: DryRun) -> str:
    return say(
        "owner_sending",
        "preview",
        people=dry.reached,
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
    enough without it.
    """
    key = draft.form_key
    found: list[Button] = []
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
