"""An Event API message reaches the handset through our own skill: gate, render, note it."""

from datetime import datetime

from campaigns.compose import compose_message
from campaigns.gate import content_of, gate_addressee
from campaigns.links import links_of
from domain.bubbles import Bubble
from domain.campaigns import FINAL_STATES, MessageState
from domain.compliance import Sign
from domain.people import ChannelId, ChunkId, CustomerId, RunId
from storage.desk import Tx
from storage.queries.chunks import get_run_facts
from storage.queries.messages import find_message, lock_standing, note_shown
from storage.queries.outcomes import Mark, mark_messages
from storage.queries.places import get_shop


def show_message(
    tx: Tx,
    *,
    channel_id: ChannelId,
    run_id: RunId,
    chunk_id: ChunkId,
    customer_id: CustomerId,
    at: datetime,
    public_url: str,
) -> Bubble | None:
    """This person's bubble of this run, or None when it may not be shown (any more).

    That it was shown is our evidence of delivery where the platform's answer was lost. A
    repeated call shows the same bubble; a chunk that never left shows nothing.
    """
    lock_standing(tx, chunk_id, customer_id)
    found = find_message(
        tx, channel_id=channel_id, run_id=run_id, chunk_id=chunk_id, customer_id=customer_id
    )
    if found is None:
        return None
    person, state, shop_id = found
    if state in FINAL_STATES and state is not MessageState.DELIVERED:
        return None
    facts = get_run_facts(tx, run_id)
    content = content_of(tx, shop_id, facts)
    verdict = gate_addressee(facts.kind, facts.sender, person, at, content)
    if not verdict.is_allowed:
        # The chunk is closed by the platform's task result, which names this person, too.
        mark = Mark(id=person.message_id, state=MessageState.REFUSED, code=verdict.rule)
        mark_messages(tx, [mark], at)
        return None
    note_shown(tx, person.message_id, at)
    sign = Sign(name=get_shop(tx, shop_id).name, contact=facts.contact)
    links = links_of(tx, facts, shop_id, person.message_id, public_url)
    return compose_message(
        facts,
        sign,
        name=person.name,
        public_url=public_url,
        why_url=links.why_url,
        button_url=links.button_url,
    )
