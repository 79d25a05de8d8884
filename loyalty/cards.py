"""A shop's cards and rules: what it offers its regulars, changed without taking away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.audit import Act, shop_book
from domain.cards import CARDS_MAX, NEEDED_DEFAULT, CardTerms, ExpiryFrom, check_terms
from domain.coupons import CouponSource, CouponTerms, check_coupon_terms
from domain.people import OfferId, RulesId, ShopId
from domain.refusals import Invalid
from domain.rules import ShopRules, check_rules
from storage.desk import Tx
from storage.queries.cards import insert_card, list_cards, retire_cards, save_rules
from storage.queries.journal import append_audit
from storage.queries.offers import find_offer, insert_offer


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDraft:
    """A card as an owner writes it; `rewards` says what waits at which stamp."""

    needed: int = NEEDED_DEFAULT
    rewards: Mapping[int, CouponTerms] = field(default_factory=dict)
    starter: int = 0
    expiry_days: int | None = None
    expiry_from: ExpiryFrom = ExpiryFrom.LAST


def set_cards(
    tx: Tx, shop_id: ShopId, drafts: Sequence[CardDraft], *, actor: str, at: datetime
) -> list[RulesId]:
    """The shop's cards from now on, one after the other; none ends the cards.

    Cards in hand keep the terms they were begun under. Raises Invalid.
    """
    if len(drafts) > CARDS_MAX:
        raise Invalid({"cards": f"카드는 {CARDS_MAX}장까지 이어서 둘 수 있어요."})
    for draft in drafts:
        check_terms(_terms(draft, dict.fromkeys(draft.rewards, OfferId(0))))
        for coupon in draft.rewards.values():
            check_coupon_terms(coupon)
    if show_cards(tx, shop_id) == list(drafts):
        return [rules_id for rules_id, _ in list_cards(tx, shop_id)]
    retire_cards(tx, shop_id, at)
    made = [_make(tx, shop_id, number, draft, at) for number, draft in enumerate(drafts, 1)]
    _audit(tx, shop_id, "set_cards", actor, at)
    return made


def show_cards(tx: Tx, shop_id: ShopId) -> list[CardDraft]:
    """The shop's cards of today, as an owner wrote them."""
    return [_draft(tx, shop_id, terms) for _, terms in list_cards(tx, shop_id)]


def set_rules(tx: Tx, shop_id: ShopId, rules: ShopRules, *, actor: str, at: datetime) -> None:
    """What earns a stamp, tiers, notices: for the visits to come. Raises Invalid."""
    check_rules(rules)
    save_rules(tx, shop_id, rules, at)
    _audit(tx, shop_id, "set_rules", actor, at)


def _make(tx: Tx, shop_id: ShopId, number: int, draft: CardDraft, at: datetime) -> RulesId:
    offers = {
        place: insert_offer(tx, shop_id, CouponSource.CARD, coupon, None, at)
        for place, coupon in draft.rewards.items()
    }
    return insert_card(tx, shop_id, number, _terms(draft, offers), at)


def _terms(draft: CardDraft, offers: Mapping[int, OfferId]) -> CardTerms:
    return CardTerms(
        needed=draft.needed,
        rewards=offers,
        starter=draft.starter,
        expiry_days=draft.expiry_days,
        expiry_from=draft.expiry_from,
    )


def _draft(tx: Tx, shop_id: ShopId, terms: CardTerms) -> CardDraft:
    rewards = {}
    for place, offer_id in terms.rewards.items():
        offer = find_offer(tx, shop_id, offer_id)
        assert offer is not None, "a card's offers are made with it"
        rewards[place] = offer.terms
    return CardDraft(
        needed=terms.needed,
        rewards=rewards,
        starter=terms.starter,
        expiry_days=terms.expiry_days,
        expiry_from=terms.expiry_from,
    )


def _audit(tx: Tx, shop_id: ShopId, act: str, actor: str, at: datetime) -> None:
    append_audit(
        tx, shop_book(shop_id), Act(actor=actor, act=act, subject=f"shop:{shop_id}", at=at)
    )
