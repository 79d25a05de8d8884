"""Just before a chunk leaves only few are looked at; the gate must not miss anybody among the rest."""

import pytest

from campaigns.gate import gate_of_chunk, gate_people, is_by_phone
from domain.campaigns import SenderName
from domain.people import MessageId
from storage.books import Books
from storage.desk import Tx
from storage.queries.chunks import get_run_facts, lease_to_send
from storage.queries.customers import PHONE
from storage.queries.messages import list_irregular, list_open
from tests.campaigns.stage import Stage, set_stage
from tests.campaigns.test_gate_counting import make_everybody
from tests.conftest import START, Clock
from tests.factories import change

INTO_THE_CHUNK = """
INSERT INTO message (shop_id, run_id, customer_id, chunk_id, state, is_charged)
SELECT membership.shop_id, chunk.run_id, membership.customer_id, chunk.id, 'waiting', false
FROM membership, chunk
WHERE membership.customer_id NOT IN (SELECT customer_id FROM message)
"""


async def fill_chunk(stage: Stage) -> int:
    """One regular of every kind there can be stands in the chunk; how many they are."""

    def fill(tx: Tx) -> int:
        kinds = make_everybody(tx, stage.street)
        sealed = tx.vault.seal("01012345678", purpose=PHONE)
        change(tx, "UPDATE customer SET phone = :sealed WHERE phone_hash = 'hash'", sealed=sealed)
        assert change(tx, INTO_THE_CHUNK) == kinds
        return kinds

    return await stage.books.write(fill)


@pytest.mark.parametrize("sender", [SenderName.KAKAO_EVENT, SenderName.SOLAPI])
async def test_who_is_not_looked_at_again_is_let_through_by_the_gate(
    books: Books, clock: Clock, sender: SenderName
) -> None:
    stage = await set_stage(books, clock, people=2, sender=sender)
    kinds = await fill_chunk(stage)

    def ask(tx: Tx) -> tuple[set[MessageId], set[MessageId]]:
        chunk = lease_to_send(tx, START, START)
        assert chunk is not None
        of_chunk = gate_of_chunk(tx, chunk, get_run_facts(tx, chunk.run_id), START)
        assert of_chunk.is_usual
        everybody = list_open(tx, chunk.chunk_id)
        assert len(everybody) == kinds + 2
        gated = gate_people(of_chunk, everybody, START)
        refused = {one.message_id for one, verdict in gated if not verdict.is_allowed}
        looked_at = list_irregular(tx, chunk.chunk_id, by_phone=is_by_phone(sender))
        again = gate_people(of_chunk, looked_at, START)
        assert refused == {one.message_id for one, verdict in again if not verdict.is_allowed}
        return refused, {one.message_id for one in looked_at}

    refused, looked_at = await books.write(ask)

    assert refused < looked_at
    assert len(looked_at) < kinds
