"""What the engine relies on, for every sender, under every fault (providers.md E14, E15)."""

from dataclasses import replace
from typing import get_args

import pytest

from campaigns.senders.port import Sender
from domain.campaigns import Outcome, SenderName
from domain.people import MessageId
from domain.refusals import Rejected, Retryable
from simulator.faults import Fault, Kind

from .conftest import (
    ACCOUNT,
    BOT_ID,
    SOLAPI_SENDERS,
    Street,
    addresses,
    make_sender,
    person_of,
    unused_url,
)
from .engine import Told, carry

GROUP_FLOW = (
    "POST /messages/v4/groups",
    "PUT /messages/v4/groups/*/messages",
    "GET /messages/v4/groups/*",
    "GET /messages/v4/groups/*/messages",
    "DELETE /messages/v4/groups/*/messages",
    "POST /messages/v4/groups/*/send",
)
ENDPOINTS = {
    SenderName.KAKAO_EVENT: ("POST /v2/bots/*/talk", "GET /v1/tasks/*"),
    **dict.fromkeys(SOLAPI_SENDERS, GROUP_FLOW),
    SenderName.NHN: (
        "POST /brand-message/v1.0/appkeys/*/freestyle-messages",
        "GET /brand-message/v1.0/appkeys/*/messages",
    ),
    SenderName.NHN_ALIMTALK: (
        "POST /alimtalk/v2.3/appkeys/*/messages",
        "GET /alimtalk/v2.3/appkeys/*/messages",
    ),
}
KINDS: tuple[Kind, ...] = tuple(one for one in get_args(Kind) if not one.endswith("_reports"))
POINTS = [(name, point) for name, points in ENDPOINTS.items() for point in points]
AFTER_ACTING = ("close_after_acting", "half_reply", "http_500_after_acting", "slow")
SLOW_SECONDS = 0.7  # longer than the senders of these tests wait
STORM_KINDS = [one for one in KINDS if one not in ("slow", "skew_403")]
STORM_PROBABILITY = 0.02  # per kind and request
STORMS = 12
GONE = MessageId(1002)


def assert_true_to_handsets(street: Street, told: Told) -> None:
    """Nobody twice, and the books say of nobody what the handset denies."""
    received = street.received()
    assert max(received.values(), default=0) <= 1
    assert {person_of(one) for one in told.delivered} <= set(received)
    assert not {person_of(one) for one in told.failed} & set(received)
    if told.is_rejected:
        assert not received


def arm(street: Street, endpoint: str, kind: Kind, times: int = 1) -> None:
    street.faults.arm(Fault(endpoint=endpoint, kind=kind, times=times, seconds=SLOW_SECONDS))


def make_unreachable(street: Street, person_id: str) -> None:
    """Blocked where a block counts; a text message fails at the handset alone (A10)."""
    if street.sender.name is SenderName.SOLAPI_LMS:
        street.account.scripts[street.world.people[person_id].phone] = "3043"
    else:
        street.world.block(person_id, BOT_ID)


class TestSender:
    async def test_each_person_gets_the_message_once_and_is_reported(self, street: Street) -> None:
        told = await carry(street, street.batch(3))

        assert street.received() == {"p1": 1, "p2": 1, "p3": 1}
        assert set(told.outcomes.values()) == {Outcome.DELIVERED}
        assert len(told.outcomes) == 3

    async def test_a_full_chunk_is_carried(self, street: Street) -> None:
        batch = street.batch(street.sender.people_max)

        told = await carry(street, batch)

        assert len(told.delivered) == street.sender.people_max == len(street.received())

    async def test_who_cannot_be_reached_fails_and_is_not_charged(self, street: Street) -> None:
        batch = street.batch(3)
        make_unreachable(street, "p2")

        told = await carry(street, batch)

        assert told.failed == {GONE}
        assert told.progress is not None
        charged = {one.message_id for one in told.progress.reports if one.is_charged}
        assert charged == told.delivered == {MessageId(1001), MessageId(1003)}

    async def test_who_withdrew_is_taken_out(self, street: Street) -> None:
        """I9: a refusal that was committed before the chunk left is kept."""
        told = await carry(street, street.batch(3), gone=(GONE,))

        assert street.received() == {"p1": 1, "p3": 1}
        assert told.delivered == {MessageId(1001), MessageId(1003)}

    async def test_nothing_listens(self, street: Street) -> None:
        """No byte left, so the chunk may be carried later."""
        sender: Sender = make_sender(street.sender.name, unused_url())
        batch = street.batch(1)

        with pytest.raises(Retryable):
            await sender.send(batch, "G4V-none")
        with pytest.raises(Retryable):
            await sender.look(batch.account, "G4V-none", addresses(batch))
        await sender.close()

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize(("sender_name", "endpoint"), POINTS, indirect=["sender_name"])
    async def test_a_fault_at_any_point_sends_nobody_twice(
        self, street: Street, endpoint: str, kind: Kind
    ) -> None:
        arm(street, endpoint, kind, times=1 if kind == "slow" else 3)

        told = await carry(street, street.batch(3), gone=(GONE,))

        assert_true_to_handsets(street, told)
        assert "p2" not in street.received()

    @pytest.mark.parametrize("seed", range(STORMS))
    async def test_many_faults_at_once_send_nobody_twice(self, street: Street) -> None:
        for kind in STORM_KINDS:
            street.faults.arm(Fault(endpoint="*", kind=kind, probability=STORM_PROBABILITY))

        told = await carry(street, street.batch(3), gone=(GONE,))

        assert_true_to_handsets(street, told)
        assert "p2" not in street.received()


@pytest.mark.parametrize("sender_name", SOLAPI_SENDERS, indirect=True)
class TestSolapiAlone:
    @pytest.mark.parametrize("code", ["1061", "2061"])
    async def test_an_opt_out_at_the_provider_is_reported_as_one(
        self, street: Street, code: str
    ) -> None:
        """L4, D6: whatever way it came, it is a refusal."""
        batch = street.batch(3)
        street.account.scripts[batch.people[1].address] = code

        told = await carry(street, batch)

        assert told.failed == {GONE}
        assert told.progress is not None
        assert {one.message_id for one in told.progress.reports if one.is_opt_out} == {GONE}

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("endpoint", GROUP_FLOW)
    async def test_every_message_arrives_in_spite_of_a_fault(
        self, street: Street, endpoint: str, kind: Kind
    ) -> None:
        """The group flow can be asked about at every step, so nothing has to stay unknown."""
        arm(street, endpoint, kind)

        told = await carry(street, street.batch(3), gone=(GONE,))

        assert street.received() == {"p1": 1, "p3": 1}
        assert len(told.delivered) == 2


@pytest.mark.parametrize("sender_name", [SenderName.KAKAO_EVENT], indirect=True)
class TestKakaoEventAlone:
    @pytest.mark.parametrize("kind", KINDS)
    async def test_a_lost_answer_stays_unknown(self, street: Street, kind: Kind) -> None:
        """Whoever got it, nobody is reported: only the skill calls can tell."""
        arm(street, "POST /v2/bots/*/talk", kind)

        told = await carry(street, street.batch(3))

        if kind in AFTER_ACTING:
            assert len(street.received()) == 3
            assert not told.outcomes

    async def test_a_wrong_event_is_rejected(self, street: Street) -> None:
        wrong = replace(ACCOUNT, event_name="never deployed")

        with pytest.raises(Rejected):
            await street.sender.send(replace(street.batch(1), account=wrong), None)
