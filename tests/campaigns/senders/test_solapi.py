"""The group flow step by step (providers.md A6, A11)."""

from dataclasses import replace

import orjson
import pytest

from domain.campaigns import Batch, SenderName
from domain.people import MessageId
from domain.refusals import Rejected, Retryable, Unknown
from simulator.faults import Fault

from .conftest import ACCOUNT, Street, without
from .fakes import HANG_UP, Said, host, said
from .solapi_steps import GROUP, LOST, codes, group, prepared, refusal, sender_at

pytestmark = pytest.mark.parametrize("sender_name", [SenderName.SOLAPI], indirect=True)


async def send_to(batch: Batch, *answers: Said) -> str:
    async with host(answers) as one:
        sender = sender_at(one)
        try:
            return await sender.send(batch, GROUP)
        finally:
            await sender.close()


class TestFill:
    async def test_who_is_refused_is_named_with_the_code(self, street: Street) -> None:
        batch = street.batch(3)
        street.account.opt_outs.add(batch.people[1].address)

        ref = await street.sender.open(batch)
        filled = await street.sender.fill(batch, ref)

        assert [(one.message_id, one.code) for one in filled.refused] == [(MessageId(1002), "1061")]

    async def test_one_number_twice_is_refused_once(self, street: Street) -> None:
        batch = street.batch(2)
        double = batch.people[1]._replace(address=batch.people[0].address)
        batch = replace(batch, people=(batch.people[0], double))

        ref = await street.sender.open(batch)
        filled = await street.sender.fill(batch, ref)

        assert [(one.message_id, one.code) for one in filled.refused] == [(MessageId(1002), "1026")]

    async def test_filling_again_changes_nothing(self, street: Street) -> None:
        """A crash between filling and the books makes the engine ask again."""
        batch = street.batch(3)
        street.account.opt_outs.add(batch.people[1].address)
        ref = await prepared(street, batch)

        again = await street.sender.fill(batch, ref)

        assert [(one.message_id, one.code) for one in again.refused] == [(MessageId(1002), "1061")]
        assert set(await self._sent(street, batch, ref)) == {"p1", "p3"}

    async def test_a_group_that_holds_others_is_abandoned(self, street: Street) -> None:
        batch = street.batch(3)
        ref = await prepared(street, without(batch, MessageId(1002)))

        with pytest.raises(Retryable):
            await street.sender.fill(batch, ref)

    async def test_a_list_that_lags_proves_nothing(self, street: Street) -> None:
        """E13: after a lost answer the group counts what it does not list yet."""
        street.settings.list_delay_seconds = 30
        batch = street.batch(3)
        ref = await street.sender.open(batch)
        street.faults.arm(Fault(endpoint="PUT *", kind="close_after_acting"))

        with pytest.raises(Retryable):
            await street.sender.fill(batch, ref)

    async def test_a_group_that_has_left_is_never_replaced(self, street: Street) -> None:
        batch = street.batch(3)
        ref = await prepared(street, batch)
        await street.sender.send(batch, ref)

        with pytest.raises(Unknown):
            await street.sender.fill(batch, ref)
        with pytest.raises(Unknown):
            await street.sender.remove(batch, ref, [MessageId(1001)])

    async def test_a_group_that_is_gone_is_abandoned(self, street: Street) -> None:
        with pytest.raises(Retryable):
            await street.sender.fill(street.batch(1), GROUP)

    async def test_a_channel_without_a_sender_key_is_rejected(self, street: Street) -> None:
        batch = replace(street.batch(1), account=replace(ACCOUNT, pf_id=None))
        with pytest.raises(Rejected):
            await street.sender.open(batch)

    async def test_more_people_than_a_page_are_matched(self, street: Street) -> None:
        batch = street.batch(street.sender.people_max)
        ref = await street.sender.open(batch)
        street.faults.arm(Fault(endpoint="PUT *", kind="close_after_acting"))

        filled = await street.sender.fill(batch, ref)

        assert not filled.refused

    async def _sent(self, street: Street, batch: Batch, ref: str) -> dict[str, int]:
        await street.sender.send(batch, ref)
        await street.background.idle()
        return street.received()


class TestRemove:
    async def test_removing_again_changes_nothing(self, street: Street) -> None:
        batch = street.batch(3)
        ref = await prepared(street, batch)

        await street.sender.remove(batch, ref, [MessageId(1002)])
        await street.sender.remove(batch, ref, [MessageId(1002)])
        await street.sender.send(batch, ref)

        assert set(await codes(street, batch, ref)) == {1001, 1003}

    async def test_who_was_refused_may_withdraw_too(self, street: Street) -> None:
        batch = street.batch(3)
        street.account.opt_outs.add(batch.people[1].address)
        ref = await prepared(street, batch)

        await street.sender.remove(batch, ref, [MessageId(1002)])
        await street.sender.send(batch, ref)

        assert set(await codes(street, batch, ref)) == {1001, 1003}

    async def test_nobody_gone_asks_nothing(self, street: Street) -> None:
        await street.sender.remove(street.batch(1), GROUP, [])

        assert street.world.calls_seen == 0

    async def test_who_is_still_listed_has_not_been_removed(self, street: Street) -> None:
        listed = {"messageId": "M1", "statusCode": "2000", "customFields": {"message": "1001"}}
        messages = said({"messageList": {"M1": listed}, "nextKey": None})
        pending = group("PENDING")
        answers = [pending, messages, said({"errorCount": 1}), pending, pending, messages]
        async with host(answers) as one:
            sender = sender_at(one)
            with pytest.raises(Retryable):
                await sender.remove(street.batch(1), GROUP, [MessageId(1001)])
            await sender.close()


class TestSend:
    @pytest.mark.parametrize("code", ["GroupInProcessing", "AlreadySent", "ScheduledGroup"])
    async def test_a_conflict_means_accepted_earlier(self, street: Street, code: str) -> None:
        assert await send_to(street.batch(1), refusal(code, 409)) == GROUP

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("NotEnoughBalance", 402),
            ("InvalidAPIKey", 403),
            ("DeletedGroup", 400),
            ("ResourceNotFound", 404),
        ],
    )
    async def test_a_refusal_is_rejected(self, street: Street, code: str, status: int) -> None:
        with pytest.raises(Rejected) as caught:
            await send_to(street.batch(1), refusal(code, status))

        assert caught.value.code == code

    async def test_no_balance_sends_nothing(self, street: Street) -> None:
        street.account.balance_won = 0
        batch = street.batch(1)
        ref = await prepared(street, batch)

        with pytest.raises(Rejected):
            await street.sender.send(batch, ref)

        assert not street.received()

    async def test_our_clock_is_off(self, street: Street) -> None:
        with pytest.raises(Retryable):
            await send_to(street.batch(1), refusal("RequestTimeTooSkewed", 403))

    DOUBTS = (
        refusal("DuplicatedSignature", 403),
        refusal("InvalidStatus", 400),
        Said(403, b"<html>"),
        LOST,
        HANG_UP,
        Said(200, b"{"),
    )

    @pytest.mark.parametrize("doubt", DOUBTS)
    @pytest.mark.parametrize("stage", ["SENDING", "COMPLETE", "SCHEDULED"])
    async def test_a_doubt_is_settled_by_the_group(
        self, street: Street, doubt: Said, stage: str
    ) -> None:
        assert await send_to(street.batch(1), doubt, group(stage)) == GROUP

    @pytest.mark.parametrize("doubt", DOUBTS)
    @pytest.mark.parametrize("second", [group("PENDING"), refusal("ResourceNotFound", 404), LOST])
    async def test_a_doubt_stays_when_the_group_does_not_settle_it(
        self, street: Street, doubt: Said, second: Said
    ) -> None:
        """A group that reads PENDING may be about to leave."""
        with pytest.raises(Unknown):
            await send_to(street.batch(1), doubt, second)

    async def test_a_second_send_of_one_group_reaches_nobody_again(self, street: Street) -> None:
        batch = street.batch(3)
        ref = await prepared(street, batch)

        assert await street.sender.send(batch, ref) == ref
        assert await street.sender.send(batch, ref) == ref
        await street.background.idle()

        assert street.received() == {"p1": 1, "p2": 1, "p3": 1}


async def test_each_attempt_is_signed_anew(street: Street) -> None:
    async with host([LOST, group("PENDING")]) as one:
        sender = sender_at(one)
        with pytest.raises(Unknown):
            await sender.send(street.batch(1), GROUP)
        await sender.close()

        signatures = [asked.headers["Authorization"] for asked in one.asked]
        assert len(set(signatures)) == len(signatures) == 2
        assert orjson.loads(one.asked[0].body or b"null") is None
