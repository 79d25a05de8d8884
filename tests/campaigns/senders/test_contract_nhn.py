"""What a fault at NHN leaves unknown, and what not: one request a chunk (providers.md B10).

A brand message whose answer was lost is looked for under our key: found, it is as if the answer
had come; not found, everybody of the chunk stays unknown until a person decides, and nothing is
posted again. An AlimTalk is posted again under its key, so that nothing has to stay unknown. A
fault while looking only delays what we know.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pytest

from domain.bubbles import Text
from domain.campaigns import Batch, Outcome, SenderName
from domain.people import MessageId
from domain.refusals import Unknown
from simulator.faults import Kind

from .conftest import Street
from .engine import carry
from .test_contract import AFTER_ACTING, ENDPOINTS, GONE, KINDS, arm, assert_true_to_handsets

FREESTYLE, LIST = ENDPOINTS[SenderName.NHN]
TEMPLATES = "POST /brand-message/v1.0/appkeys/*/senders/*/templates"
BASIC = "POST /brand-message/v1.0/appkeys/*/basic-messages"
BEFORE_ACTING: Sequence[Kind] = [kind for kind in KINDS if kind not in (*AFTER_ACTING, "http_429")]
PERSONAL = "(광고) 연남빵집\n{}님, 식빵이 나왔어요.\n\n문의 02-123-4567"


def personal(batch: Batch) -> Batch:
    """Called by their numbers, each with a link of their own."""
    people = (
        one._replace(
            bubble=Text(PERSONAL.format(one.customer_id)),
            why_url=f"https://dangol.test/w/{one.customer_id}",
        )
        for one in batch.people
    )
    return replace(batch, people=tuple(people))


def shown(street: Street) -> dict[str, str]:
    return {one.person_id: one.shown_text for one in street.world.handset.all_deliveries()}


@pytest.mark.parametrize("sender_name", [SenderName.NHN], indirect=True)
class TestBrand:
    @pytest.mark.parametrize("kind", AFTER_ACTING)
    async def test_what_was_lost_after_it_left_is_found_again(
        self, street: Street, kind: Kind
    ) -> None:
        arm(street, FREESTYLE, kind)

        told = await carry(street, street.batch(3))

        assert street.received() == {"p1": 1, "p2": 1, "p3": 1}
        assert len(told.delivered) == 3

    @pytest.mark.parametrize("kind", BEFORE_ACTING)
    async def test_what_was_lost_before_it_left_stays_unknown(
        self, street: Street, kind: Kind
    ) -> None:
        arm(street, FREESTYLE, kind)

        told = await carry(street, street.batch(3))

        assert not street.received()
        assert not told.outcomes
        assert not told.is_rejected

    @pytest.mark.parametrize("pending", ["null", "hidden"])
    async def test_a_list_that_lags_lets_nothing_leave_again(
        self, street: Street, pending: Literal["null", "hidden"]
    ) -> None:
        street.settings.nhn_list_delay_seconds = 30
        street.settings.nhn_pending = pending
        arm(street, FREESTYLE, "close_after_acting")

        told = await carry(street, street.batch(3))

        assert max(street.received().values()) == 1
        assert not told.outcomes

    async def test_too_many_at_once_begins_again(self, street: Street) -> None:
        arm(street, FREESTYLE, "http_429")

        told = await carry(street, street.batch(3))

        assert len(told.delivered) == len(street.received()) == 3

    async def test_each_gets_words_of_their_own(self, street: Street) -> None:
        told = await carry(street, personal(street.batch(3)), gone=(GONE,))

        assert len(told.delivered) == 2
        assert shown(street).keys() == {"p1", "p3"}
        for person_id, text in shown(street).items():
            assert PERSONAL.format(person_id[1:]) in text

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("endpoint", [TEMPLATES, BASIC, LIST])
    async def test_words_of_their_own_leave_once_in_spite_of_a_fault(
        self, street: Street, endpoint: str, kind: Kind
    ) -> None:
        arm(street, endpoint, kind, times=1 if kind == "slow" else 3)

        told = await carry(street, personal(street.batch(3)), gone=(GONE,))

        assert_true_to_handsets(street, told)
        assert "p2" not in street.received()
        assert street.faults.happened
        if endpoint != BASIC:
            assert len(told.delivered) == 2

    async def test_an_opt_out_at_the_provider_is_reported_as_one(self, street: Street) -> None:
        """L4, D6: -3301."""
        batch = street.batch(3)
        street.nhn.opt_outs.add(batch.people[1].address)

        told = await carry(street, batch)

        assert told.failed == told.opted_out == {GONE}
        assert told.delivered == {MessageId(1001), MessageId(1003)}

    async def test_when_all_opted_out_each_is_reported(self, street: Street) -> None:
        batch = street.batch(2)
        street.nhn.opt_outs.update(one.address for one in batch.people)

        told = await carry(street, batch)

        assert told.opted_out == {MessageId(1001), MessageId(1002)}
        assert not street.received()


@pytest.mark.parametrize("sender_name", [SenderName.NHN_ALIMTALK], indirect=True)
class TestAlimtalk:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("endpoint", ENDPOINTS[SenderName.NHN_ALIMTALK])
    async def test_every_message_arrives_in_spite_of_a_fault(
        self, street: Street, endpoint: str, kind: Kind
    ) -> None:
        """The same key cannot be taken twice, so the same may be posted again."""
        arm(street, endpoint, kind)

        told = await carry(street, street.batch(3), gone=(GONE,))

        assert street.received() == {"p1": 1, "p3": 1}
        assert len(told.delivered) == 2

    async def test_a_list_that_lags_makes_nobody_get_it_twice(self, street: Street) -> None:
        street.settings.nhn_list_delay_seconds = 30
        arm(street, ENDPOINTS[SenderName.NHN_ALIMTALK][0], "close_after_acting")
        batch = street.batch(3)

        ref = await street.sender.open(batch)
        for _ in range(5):
            with pytest.raises(Unknown, match=r"RESET|-1005"):
                await street.sender.send(batch, ref)
        await street.background.idle()

        assert street.received() == {"p1": 1, "p2": 1, "p3": 1}

    async def test_what_is_unconfirmed_stays_open(self, street: Street) -> None:
        """Trap 4: 3005 may still arrive for three days."""
        batch = street.batch(2)
        street.nhn.scripts[batch.people[0].address] = "3005"

        ref = await street.sender.send(batch, await street.sender.open(batch))
        await street.background.idle()
        progress = await street.sender.look(batch.account, ref[0], {"x": MessageId(1001)})

        assert not progress.is_over
        assert [(one.message_id, one.outcome) for one in progress.reports] == [
            (MessageId(1002), Outcome.DELIVERED)
        ]
