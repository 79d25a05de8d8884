"""The stamp cards as an owner writes them, one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from console.forms import Form
from console.owner.reward import (
    NO_NUMBER,
    RewardWords,
    read_reward,
    reward_terms,
    reward_words,
    whole,
)
from domain.cards import CARDS_MAX, NEEDED_DEFAULT, CardTerms, ExpiryFrom, check_terms
from domain.coupons import CouponTerms
from domain.people import OfferId
from domain.refusals import Invalid
from domain.rules import Per
from loyalty.cards import CardDraft

GIFTS_MAX = 5
"""Gifts on the way of one card."""

BESIDE = {"reward": "reward_item"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftWords:
    """A gift on the way: at which stamp, and what."""

    at: str = ""
    reward: RewardWords = field(default_factory=RewardWords)

    @property
    def is_empty(self) -> bool:
        return not self.at and self.reward.is_empty


@dataclass(frozen=True, slots=True, kw_only=True)
class CardWords:
    """One card's fields as text."""

    needed: str = str(NEEDED_DEFAULT)
    reward: RewardWords = field(default_factory=RewardWords)
    gifts: Sequence[GiftWords] = ()
    starter: str = "0"
    expires: str = "never"
    expiry_days: str = "180"
    expiry_from: str = ExpiryFrom.LAST.value


def read_cards(form: Form) -> list[CardWords]:
    count = min(whole(form.text("cards")) or 1, CARDS_MAX)
    return _first_begun([_read_card(form, f"c{number}_") for number in range(count)])


def _read_card(form: Form, prefix: str) -> CardWords:
    gifts = [
        GiftWords(
            at=form.text(f"{prefix}g{number}_at"), reward=read_reward(form, f"{prefix}g{number}_")
        )
        for number in range(GIFTS_MAX)
    ]
    return CardWords(
        needed=form.text(f"{prefix}needed"),
        reward=read_reward(form, f"{prefix}reward_"),
        gifts=[gift for gift in gifts if not gift.is_empty],
        starter=form.text(f"{prefix}starter"),
        expires=form.text(f"{prefix}expires"),
        expiry_days=form.text(f"{prefix}expiry_days"),
        expiry_from=form.text(f"{prefix}expiry_from"),
    )


def cards_words(drafts: Sequence[CardDraft]) -> list[CardWords]:
    return _first_begun([_card_words(draft) for draft in drafts]) or [CardWords()]


def _first_begun(cards: Sequence[CardWords]) -> list[CardWords]:
    """Only a person's very first card begins with stamps: no other may promise them."""
    return [*cards[:1], *(replace(card, starter="0") for card in cards[1:])]


def _card_words(draft: CardDraft) -> CardWords:
    on_the_way = sorted(place for place in draft.rewards if place != draft.needed)
    words = CardWords(
        needed=str(draft.needed),
        reward=reward_words(draft.rewards[draft.needed]),
        gifts=[
            GiftWords(at=str(place), reward=reward_words(draft.rewards[place]))
            for place in on_the_way
        ],
        starter=str(draft.starter),
        expiry_from=draft.expiry_from.value,
    )
    if draft.expiry_days is None:
        return words
    return replace(words, expires="days", expiry_days=str(draft.expiry_days))


def drafts_of(cards: Sequence[CardWords]) -> list[CardDraft]:
    """Raises Invalid with everything that is wrong, each beside its own field."""
    wrong: dict[str, str] = {}
    drafts = []
    for number, card in enumerate(cards):
        try:
            drafts.append(_draft_of(card))
        except Invalid as refusal:
            wrong |= {f"c{number}_{name}": words for name, words in refusal.fields.items()}
    if wrong:
        raise Invalid(wrong)
    return drafts


def _draft_of(card: CardWords) -> CardDraft:
    wrong: dict[str, str] = {}

    def number(name: str) -> int:
        count = whole(getattr(card, name))
        if count is None:
            wrong[name] = NO_NUMBER
        return count or 0

    needed, starter = number("needed"), number("starter")
    expiry_days = number("expiry_days") if card.expires == "days" else None
    rewards = {needed: _terms(card.reward, "reward_", wrong)}
    for index, gift in enumerate(card.gifts):
        place = whole(gift.at)
        if place is None or place in rewards or place > needed:
            wrong[f"g{index}_at"] = "마지막 도장보다 앞의, 다른 선물과 다른 번째를 적어 주세요."
            continue
        rewards[place] = _terms(gift.reward, f"g{index}_", wrong)
    is_first = card.expiry_from == ExpiryFrom.FIRST.value
    draft = CardDraft(
        needed=needed,
        rewards={place: terms for place, terms in rewards.items() if terms is not None},
        starter=starter,
        expiry_days=expiry_days,
        expiry_from=ExpiryFrom.FIRST if is_first else ExpiryFrom.LAST,
    )
    wrong = {**_wrong_in(draft, set(rewards)), **wrong}
    if wrong:
        raise Invalid(wrong)
    return draft


def _terms(words: RewardWords, prefix: str, wrong: dict[str, str]) -> CouponTerms | None:
    try:
        return reward_terms(words)
    except Invalid as refusal:
        wrong |= {f"{prefix}{name}": sentence for name, sentence in refusal.fields.items()}
        return None


def _wrong_in(draft: CardDraft, places: set[int]) -> Mapping[str, str]:
    """What the card's own rules say; a reward that is wrong in itself is there all the same."""
    terms = CardTerms(
        needed=draft.needed,
        rewards=dict.fromkeys(places, OfferId(0)),
        starter=draft.starter,
        expiry_days=draft.expiry_days,
        expiry_from=draft.expiry_from,
    )
    try:
        check_terms(terms)
    except Invalid as refusal:
        return {BESIDE.get(name, name): words for name, words in refusal.fields.items()}
    return {}


def told(draft: CardDraft, per: Per) -> list[str]:
    """What a card means, in sentences that an owner could say to a customer."""
    times = "번 오시면" if per is Per.PAYMENT else "개를 사시면"
    sentences = [
        f"{place - draft.starter}{times} ‘{draft.rewards[place].title}’ 쿠폰을 드려요."
        for place in sorted(draft.rewards)
    ]
    if draft.starter:
        sentences.insert(0, f"처음 받으실 때 도장 {draft.starter}개를 미리 찍어 드려요.")
    if draft.expiry_days is None:
        sentences.append("도장은 사라지지 않아요.")
    elif draft.expiry_from is ExpiryFrom.FIRST:
        sentences.append(f"첫 도장을 찍은 날부터 {draft.expiry_days}일 안에 채우셔야 해요.")
    else:
        sentences.append(f"{draft.expiry_days}일 동안 새 도장이 없으면 카드가 끝나요.")
    life_days = draft.rewards[draft.needed].life_days
    sentences.append(f"쿠폰은 받으신 날부터 {life_days}일 동안 쓸 수 있어요.")
    return sentences
