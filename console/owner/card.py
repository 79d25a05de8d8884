"""The stamp card: how many stamps, and what for; cards in hand never change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from console.answers import say, see_other, show
from console.forms import read_form
from console.keys import BOOKS, NOW, OWNER
from console.owner.card_form import (
    GIFTS_MAX,
    CardWords,
    GiftWords,
    cards_words,
    drafts_of,
    read_cards,
    told,
)
from console.owner.card_rules import RulesWords, read_rules_words, rules_of, rules_words
from domain.cards import CARDS_MAX
from domain.people import ShopId
from domain.refusals import Invalid
from domain.rules import Per, ShopRules
from loyalty.cards import CardDraft, set_cards, set_rules, show_cards
from storage.desk import Tx
from storage.queries.cards import get_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the shop has set until now."""

    cards: list[CardDraft]
    rules: ShopRules


async def show_card(request: web.Request) -> web.Response:
    kept = await _kept(request)
    return await _show(request, kept, cards_words(kept.cards), rules_words(kept.rules))


async def save_card(request: web.Request) -> web.Response:
    """Saves, or changes the form alone: one more card, one fewer, or a look at what it means."""
    form, owner = await read_form(request), request[OWNER]
    kept = await _kept(request)
    act, cards = form.text("act"), read_cards(form)
    if act != "save":
        cards = _changed(cards, act)
        return await _show(request, kept, cards, rules_words(kept.rules), wrong=_wrong(cards, act))
    try:
        await request.app[BOOKS].write(
            set_cards, owner.shop_id, drafts_of(cards), actor=owner.actor, at=request.app[NOW]()
        )
    except Invalid as refusal:
        return await _show(request, kept, cards, rules_words(kept.rules), wrong=refusal.fields)
    await say(request, "card_saved")
    return see_other("/owner/card")


async def stop_card(request: web.Request) -> web.Response:
    """No new cards; what customers have in hand goes on."""
    owner = request[OWNER]
    await request.app[BOOKS].write(
        set_cards, owner.shop_id, [], actor=owner.actor, at=request.app[NOW]()
    )
    await say(request, "card_stopped")
    return see_other("/owner/card")


async def save_rules(request: web.Request) -> web.Response:
    form, owner = await read_form(request), request[OWNER]
    kept, at = await _kept(request), request.app[NOW]()
    words = read_rules_words(form)
    try:
        rules = rules_of(words, at)
        await request.app[BOOKS].write(set_rules, owner.shop_id, rules, actor=owner.actor, at=at)
    except Invalid as refusal:
        return await _show(request, kept, cards_words(kept.cards), words, wrong=refusal.fields)
    await say(request, "rules_saved")
    return see_other("/owner/card")


def read_kept(tx: Tx, shop_id: ShopId) -> Kept:
    return Kept(cards=show_cards(tx, shop_id), rules=get_rules(tx, shop_id))


async def _kept(request: web.Request) -> Kept:
    return await request.app[BOOKS].read(read_kept, request[OWNER].shop_id)


def _changed(cards: list[CardWords], act: str) -> list[CardWords]:
    if act == "add" and len(cards) < CARDS_MAX:
        return [*cards, CardWords()]
    if act == "drop" and len(cards) > 1:
        return cards[:-1]
    return cards


def _wrong(cards: Sequence[CardWords], act: str) -> Mapping[str, str]:
    """Only who asks what it means is told what is missing; a new card is still empty."""
    if act != "look":
        return {}
    try:
        drafts_of(cards)
    except Invalid as refusal:
        return refusal.fields
    return {}


def _told(cards: Sequence[CardWords], per: Per) -> list[list[str]]:
    """What each card means, as far as it can be understood."""
    sentences = []
    for card in cards:
        try:
            sentences.append(told(drafts_of([card])[0], per))
        except Invalid:
            sentences.append([])
    return sentences


async def _show(
    request: web.Request,
    kept: Kept,
    cards: Sequence[CardWords],
    rules: RulesWords,
    *,
    wrong: Mapping[str, str] = {},
) -> web.Response:
    return await show(
        request,
        "owner/card.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        cards=[_with_room(card) for card in cards],
        told=_told(cards, kept.rules.per),
        has_card=bool(kept.cards),
        can_add=len(cards) < CARDS_MAX,
        rules=rules,
        wrong=wrong,
    )


def _with_room(card: CardWords) -> tuple[CardWords, list[GiftWords]]:
    """The card with its gifts, and room for one more."""
    gifts = list(card.gifts)
    return card, gifts if len(gifts) == GIFTS_MAX else [*gifts, GiftWords()]
