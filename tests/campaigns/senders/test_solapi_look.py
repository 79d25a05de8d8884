"""What a group of SOLAPI says when asked (providers.md A7, A10, A11)."""

import pytest

from domain.campaigns import Outcome, Progress, SenderName
from domain.refusals import Retryable

from .conftest import ACCOUNT, Street, addresses
from .fakes import HANG_UP, Said, host, said
from .solapi_steps import GROUP, LOST, group, prepared, refusal, sender_at

pytestmark = pytest.mark.parametrize("sender_name", [SenderName.SOLAPI], indirect=True)


class TestLook:
    async def test_a_group_that_was_never_sent_may_be_sent(self, street: Street) -> None:
        batch = street.batch(1)
        ref = await prepared(street, batch)

        progress = await street.sender.look(ACCOUNT, ref, addresses(batch))

        assert (progress.is_accepted, progress.is_over) == (False, False)

    @pytest.mark.parametrize(
        ("answer", "is_accepted"),
        [
            (refusal("ResourceNotFound", 404), False),
            (group("DELETED"), False),
            (group("FAILED"), False),
        ],
    )
    async def test_a_group_that_will_never_leave_is_over(
        self, street: Street, answer: Said, is_accepted: bool
    ) -> None:
        progress = await self._look(street, answer)

        assert (progress.is_accepted, progress.is_over) == (is_accepted, True)

    async def test_a_status_we_do_not_know_says_nothing(self, street: Street) -> None:
        progress = await self._look(street, group("NEW"))

        assert (progress.is_accepted, progress.is_over) == (None, False)

    @pytest.mark.parametrize(
        "answer", [LOST, HANG_UP, refusal("InvalidAPIKey", 403), Said(404, b"<")]
    )
    async def test_a_look_that_fails_comes_again(self, street: Street, answer: Said) -> None:
        """A refused look is not a refused message."""
        with pytest.raises(Retryable):
            await self._look(street, answer)

    async def test_pending_messages_keep_it_open(self, street: Street) -> None:
        batch = street.batch(3)
        street.account.scripts[batch.people[0].address] = "3000"
        street.account.scripts[batch.people[1].address] = "3014"
        ref = await prepared(street, batch)
        await street.sender.send(batch, ref)
        await street.background.idle()

        progress = await street.sender.look(ACCOUNT, ref, addresses(batch))

        told = {one.message_id: one.outcome for one in progress.reports}
        assert told == {1002: Outcome.UNKNOWN, 1003: Outcome.DELIVERED}
        assert (progress.is_accepted, progress.is_over) == (True, False)

    async def test_an_opt_out_is_passed_on(self, street: Street) -> None:
        batch = street.batch(2)
        street.account.opt_outs.add(batch.people[1].address)
        ref = await prepared(street, batch)
        await street.sender.send(batch, ref)
        await street.background.idle()

        progress = await street.sender.look(ACCOUNT, ref, addresses(batch))

        assert {one.message_id for one in progress.reports if one.is_opt_out} == {1002}

    async def test_a_refused_double_does_not_hide_the_message(self, street: Street) -> None:
        """1026 of a repeated request beside the copy that was delivered."""
        fields = {"message": "1001"}
        rows = [
            {"messageId": "M1", "statusCode": "4000", "customFields": fields},
            {"messageId": "M2", "statusCode": "1026", "customFields": fields},
        ]
        for ordered in (rows, rows[::-1]):
            listed = said({"messageList": {str(one["messageId"]): one for one in ordered}})
            progress = await self._look(street, group("COMPLETE", total=2), listed)

            assert [one.outcome for one in progress.reports] == [Outcome.DELIVERED]

    async def test_a_list_without_end_is_given_up(self, street: Street) -> None:
        page = said({"messageList": {}, "nextKey": "M1"})
        with pytest.raises(Retryable):
            await self._look(street, group("COMPLETE"), page)

    async def _look(self, street: Street, *answers: Said) -> Progress:
        async with host(answers) as one:
            sender = sender_at(one)
            try:
                return await sender.look(ACCOUNT, GROUP, addresses(street.batch(1)))
            finally:
                await sender.close()
