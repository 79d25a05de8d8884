"""AlimTalk templates in the books, as their providers have them."""

from dataclasses import replace
from datetime import datetime

import pytest

from campaigns.inspections import take_told
from campaigns.senders.port import Inspected
from domain.alimtalk import TEXTS
from domain.people import ChannelId
from domain.ways import NoticeUse, TemplateState
from storage.books import Books
from storage.desk import Tx
from storage.queries.notice_templates import (
    find_approved,
    find_template,
    list_templates,
    save_template,
)
from tests.campaigns.test_alimtalk import ALIMTALK, DAY, approve
from tests.campaigns.test_telling import street_with
from tests.conftest import START
from tests.factories import Street, make_program


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


async def test_a_code_belongs_to_one_channel(books: Books) -> None:
    """Another channel's is neither taken nor changed; another program's is not even listed."""
    street = await street_with(books)
    await books.write(approve, street, NoticeUse.CONSENT_RESULT)
    other = replace(street, channel_id=ChannelId(street.channel_id + 1))

    assert not await books.write(approve, other, NoticeUse.CONSENT_RESULT, TemplateState.REJECTED)

    assert [one.state for one in await books.read(list_templates, street.program_id)] == [
        TemplateState.APPROVED
    ]
    program_id = await books.write(make_program, name="다른 사업")
    assert await books.read(list_templates, program_id) == []


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

    found = await books.read(find_template, ALIMTALK, code)
    assert found is not None
    assert (found.state, found.body) == (expected, TEXTS[NoticeUse.CONSENT_RESULT])
