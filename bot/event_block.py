"""Event-block calls: Kakao asks us for the bubble of one person in one run."""

from datetime import datetime

from bot.handlers.statutory import with_notice
from bot.kakao_in import Utterance
from bot.kakao_out import Reply, encode_strictly
from campaigns.showing import show_message
from domain.bubbles import TextCard
from domain.people import ChannelId
from loyalty.meeting import recognize
from storage.desk import Tx


def show_event(
    tx: Tx, channel_id: ChannelId, said: Utterance, at: datetime, public_url: str
) -> bytes | None:
    """The bubble's response, or None for someone who refused meanwhile.

    Made before the commit: what breaks a limit is not noted as shown.
    """
    assert said.run_id is not None
    assert said.chunk_id is not None
    customer_id = recognize(tx, channel_id, said.caller, at)
    bubble = show_message(
        tx,
        channel_id=channel_id,
        run_id=said.run_id,
        chunk_id=said.chunk_id,
        customer_id=customer_id,
        at=at,
        public_url=public_url,
    )
    if isinstance(bubble, TextCard):
        bubble = with_notice(tx, bubble, said.run_id, customer_id)
    return encode_strictly(Reply((bubble,))) if bubble else None
