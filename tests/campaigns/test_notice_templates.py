"""AlimTalk templates in the books, as their providers have them."""

from datetime import datetime

import pytest

from campaigns.inspections import take_told
from campaigns.senders.port import Inspected
from domain.alimtalk import TEXTS
from domain.ways import NoticeUse, TemplateState
from storage.books import Books
from storage.desk import Tx
from storage.queries.notice_templates import (
    find_approved,
    list_at_provider,
    list_templates,
    save_template,
)
from tests.campaigns.test_alimtalk import ALIMTALK, DAY, approve
from tests.campaigns.test_telling import street_with
from tests.conftest import START
from tests.factories import Street, make_channel, make_market, make_program, make_shop


async def test_the_newest_approved_text_is_used(books: Books) -> None:
    street = await street_with(books)
    await books.write(approve, street, NoticeUse.CONSENT_RESULT)

    await books.write(_save_other, street, START + DAY)

    found = await books.read(find_approved, street.channel_id, ALIMTALK, NoticeUse.CONSENT_RESULT)
    assert found is not None
    assert found.code == "KA01TP-new"


def _save_other(tx: Tx, street: Street, at: datetime) -> bool:
    use = NoticeUse.CONSENT_RESULT
    facts = {"use": use, "body": TEXTS[use], "state": TemplateState.APPROVED, "changed_at": at}
    return save_template(tx, street.channel_id, ALIMTALK, "KA01TP-new", **facts)


async def test_two_channels_may_have_the_same_code(books: Books) -> None:
    """NHN's codes are each sender's own: another program's is neither changed nor even listed."""
    street = await street_with(books)
    other = await books.write(_other_street)
    use = NoticeUse.CONSENT_RESULT
    await books.write(approve, street, use)

    assert await books.write(approve, other, use, TemplateState.REJECTED)

    for one, state in ((street, TemplateState.APPROVED), (other, TemplateState.REJECTED)):
        kept = await books.read(list_templates, one.program_id)
        assert [(row.channel_id, row.state) for row in kept] == [(one.channel_id, state)]
    assert not await books.write(approve, other, use, TemplateState.DORMANT), "written anew"
    (anew,) = await books.read(list_templates, other.program_id)
    assert anew.state is TemplateState.DORMANT


def _other_street(tx: Tx) -> Street:
    program_id = make_program(tx, name="다른 사업")
    market_id = make_market(tx, program_id)
    channel_id = make_channel(tx, market_id, number=2)
    return Street(
        program_id=program_id,
        market_id=market_id,
        channel_id=channel_id,
        shop_id=make_shop(tx, market_id, channel_id, slug="other"),
        customers=(),
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (TEXTS[NoticeUse.CONSENT_RESULT], TemplateState.APPROVED),
        ("[#{보내는가게이름}] #{모르는것}", TemplateState.REJECTED),
    ],
)
async def test_what_the_provider_says_is_taken_over(
    books: Books, body: str, expected: TemplateState
) -> None:
    """1043: its text is the one that counts, and one that we cannot fill is of no use."""
    street = await street_with(books)
    await books.write(approve, street, NoticeUse.CONSENT_RESULT, TemplateState.REQUESTED)
    code = f"KA01TP-{NoticeUse.CONSENT_RESULT}"
    told = [Inspected(code, body, TemplateState.APPROVED), Inspected("X", "", expected)]

    await books.write(take_told, ALIMTALK, told, START + DAY)

    (found,) = await books.read(list_at_provider, ALIMTALK)
    assert found.code == code
    assert (found.state, found.body) == (expected, TEXTS[NoticeUse.CONSENT_RESULT])
