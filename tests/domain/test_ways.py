"""The cheapest lawful way is proposed, with its reason; the others stand in the program's order."""

import random
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.campaigns import BUBBLES, BubbleKind, MessageKind, SenderName
from domain.money import Jeon
from domain.time import Window
from domain.ways import (
    DEFAULT_ORDER,
    WAY_WORDS,
    WAYS_FOR,
    WayFacts,
    WayLine,
    WhyNot,
    drawn_as,
    propose,
    why_not,
)

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # 10:00 KST
ADS = DEFAULT_ORDER[MessageKind.ADVERTISEMENT]
EVENT = WayFacts(
    sender=SenderName.KAKAO_EVENT,
    leaves_at=AT,
    people=143,
    bubble=BubbleKind.LIST,
    unit_jeon=Jeon(1_650),
    cost_jeon=Jeon(236_000),
)
BRAND = replace(
    EVENT,
    sender=SenderName.SOLAPI,
    people=90,
    bubble=BubbleKind.TEXT,
    unit_jeon=Jeon(2_750),
    cost_jeon=Jeon(247_500),
)


def jeons(most: int) -> st.SearchStrategy[Jeon]:
    return st.integers(0, most).map(Jeon)


def facts_of(sender: SenderName) -> st.SearchStrategy[WayFacts]:
    return st.builds(
        WayFacts,
        sender=st.just(sender),
        leaves_at=st.sampled_from([AT, AT.replace(hour=9)]),
        people=st.integers(0, 300),
        bubble=st.sampled_from([None, BubbleKind.TEXT]),
        unit_jeon=st.one_of(st.none(), st.sampled_from([Jeon(1_650), Jeon(2_750), Jeon(4_290)])),
        cost_jeon=jeons(10**6),
        is_granted=st.booleans(),
        balance_jeon=st.one_of(st.none(), jeons(10**6)),
        lacks=st.one_of(st.none(), st.none(), st.sampled_from(WhyNot)),
    )


worlds = st.lists(
    st.sampled_from(sorted(WAYS_FOR[MessageKind.ADVERTISEMENT])), unique=True
).flatmap(lambda senders: st.tuples(*map(facts_of, senders)).map(list))
hours = st.one_of(st.none(), st.just(Window(time(10), time(15))))
orders = st.permutations(sorted(WAYS_FOR[MessageKind.ADVERTISEMENT])).flatmap(
    lambda senders: st.lists(st.sampled_from(senders), unique=True).flatmap(
        lambda kept: st.tuples(
            *[
                st.builds(WayLine, sender=st.just(one), least_jeon=jeons(10**6), hours=hours)
                for one in kept
            ]
        )
    )
)


def test_the_cheapest_is_proposed_and_the_reason_said() -> None:
    found = propose([EVENT, BRAND], ADS)

    assert found.chosen == EVENT
    assert found.why == "카카오톡(채팅방)으로 보내면 143명 모두에게 닿고 가장 싸요: 한 명 16.5원"
    assert [one.words for one in found.others] == ["90명에게 닿아요. 한 명 27.5원"]


def test_free_cash_goes_before_the_owners_own_money() -> None:
    """What a grant pays costs the owner nothing, though its price is higher."""
    found = propose([replace(EVENT, is_granted=False), BRAND], ADS)

    assert found.chosen == BRAND
    assert found.why == (
        "카카오톡(번호)으로 보내면 90명에게 닿고 지원금으로 낼 수 있어요: 한 명 27.5원"
    )
    assert found.others[0].words == "143명에게 닿아요. 한 명 16.5원, 내 돈으로"


def test_at_one_price_the_programs_order_decides() -> None:
    nhn = replace(BRAND, sender=SenderName.NHN)
    turned = [WayLine(sender=SenderName.NHN), WayLine(sender=SenderName.SOLAPI)]

    assert propose([BRAND, nhn], ADS).chosen == BRAND
    assert propose([BRAND, nhn], turned).chosen == nhn
    lms = replace(BRAND, sender=SenderName.SOLAPI_LMS)
    assert "값이 같은 길 가운데 먼저" in propose([BRAND, lms], ADS).why


def test_two_providers_of_one_product_are_one_way_to_an_owner() -> None:
    """They read the same word; of the two the cheaper is offered."""
    assert BRAND.unit_jeon is not None
    nhn = replace(BRAND, sender=SenderName.NHN, unit_jeon=Jeon(BRAND.unit_jeon - 100))

    found = propose([EVENT, BRAND, nhn], ADS)

    assert [one.facts for one in found.besides(SenderName.KAKAO_EVENT)] == [nhn]
    assert [one.facts for one in found.besides(SenderName.SOLAPI)] == [EVENT]
    closed = propose([EVENT, BRAND, replace(nhn, lacks=WhyNot.ACCOUNT)], ADS)
    assert [one.facts for one in closed.besides(SenderName.KAKAO_EVENT)] == [BRAND]
    assert "카카오톡(번호)뿐이에요" in propose([BRAND, nhn], ADS).why


def test_nothing_can_carry_it() -> None:
    found = propose([replace(EVENT, people=0)], ADS)

    assert found.chosen is None
    assert found.why == "지금은 이 소식을 보낼 수 있는 길이 없어요."
    assert found.of(SenderName.KAKAO_EVENT).why_not is WhyNot.NOBODY


@pytest.mark.parametrize(
    ("changed", "line", "reason"),
    [
        (EVENT, None, WhyNot.OFF),
        (replace(EVENT, lacks=WhyNot.ACCOUNT), ADS[0], WhyNot.ACCOUNT),
        (replace(EVENT, bubble=None), ADS[0], WhyNot.BUBBLE),
        (replace(EVENT, unit_jeon=None), ADS[0], WhyNot.PRICE),
        (replace(EVENT, people=0), ADS[0], WhyNot.NOBODY),
        (EVENT, replace(ADS[0], hours=Window(time(11), time(20))), WhyNot.HOURS),
        (replace(EVENT, balance_jeon=Jeon(235_999)), ADS[0], WhyNot.BALANCE),
        (replace(EVENT, balance_jeon=Jeon(236_000)), ADS[0], None),
        (
            replace(EVENT, balance_jeon=Jeon(300_000)),
            replace(ADS[0], least_jeon=Jeon(300_001)),
            WhyNot.BALANCE,
        ),
        (EVENT, replace(ADS[0], hours=Window(time(10), time(20))), None),
    ],
)
def test_why_a_way_cannot(changed: WayFacts, line: WayLine | None, reason: WhyNot | None) -> None:
    assert why_not(changed, line) is reason


@given(worlds, orders)
def test_only_what_can_carry_it_is_chosen_and_nothing_able_is_cheaper(
    facts: list[WayFacts], order: tuple[WayLine, ...]
) -> None:
    lines = {line.sender: line for line in order}
    able = [one for one in facts if why_not(one, lines.get(one.sender)) is None]

    found = propose(facts, order)

    assert (found.chosen in able) if able else found.chosen is None
    if found.chosen is not None:
        best = min((not one.is_granted, one.unit_jeon or 0) for one in able)
        assert (not found.chosen.is_granted, found.chosen.unit_jeon) == best
    shown = [one.facts for one in found.others] + ([found.chosen] if found.chosen else [])
    assert sorted(one.sender for one in shown) == sorted(one.sender for one in facts)


@given(worlds, orders, st.randoms())
def test_how_the_ways_are_listed_changes_nothing(
    facts: list[WayFacts], order: tuple[WayLine, ...], chance: random.Random
) -> None:
    mixed = list(facts)
    chance.shuffle(mixed)

    assert propose(mixed, order).chosen == propose(facts, order).chosen
    assert propose(mixed, order).why == propose(facts, order).why


@given(
    facts_of(SenderName.SOLAPI),
    facts_of(SenderName.NHN),
    facts_of(SenderName.SOLAPI_LMS),
    st.integers(1, 10_000),
)
def test_a_dearer_way_never_changes_the_choice(
    solapi: WayFacts, nhn: WayFacts, lms: WayFacts, dearer_by: int
) -> None:
    chosen = propose([EVENT, solapi, nhn], ADS).chosen
    assert chosen is not None
    dear = replace(
        lms,
        unit_jeon=Jeon((chosen.unit_jeon or 0) + dearer_by),
        is_granted=chosen.is_granted and lms.is_granted,
    )

    assert propose([EVENT, solapi, nhn, dear], ADS).chosen == chosen


@given(worlds, orders)
def test_a_way_that_becomes_unlawful_is_never_chosen(
    facts: list[WayFacts], order: tuple[WayLine, ...]
) -> None:
    """The gate lets nobody through: then it reaches nobody."""
    refused = [replace(one, people=0) for one in facts]

    assert propose(refused, order).chosen is None


def test_words_alone_are_one_shape() -> None:
    assert drawn_as(BubbleKind.TEXT, BUBBLES, SenderName.KAKAO_EVENT) is BubbleKind.LIST
    assert drawn_as(BubbleKind.LIST, BUBBLES, SenderName.SOLAPI) is BubbleKind.TEXT
    assert drawn_as(BubbleKind.WIDE, BUBBLES, SenderName.KAKAO_EVENT) is None


def test_every_way_has_its_word_and_its_kind() -> None:
    assert set(WAY_WORDS) == set(SenderName)
    assert frozenset.union(*WAYS_FOR.values()) == set(SenderName)
