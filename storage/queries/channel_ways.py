"""What a channel is called at its providers."""

from sqlalchemy import bindparam, update
from sqlmodel import col

from domain.people import ChannelId
from storage.desk import Tx
from storage.models.places import Channel
from storage.statements import Statement

SAVE_WAYS = Statement(
    update(Channel)
    .where(col(Channel.id) == bindparam("of_id"))
    .values({name: bindparam(name) for name in ("pf_id", "nhn_sender_key", "opt_out_number")})
)


def save_channel_ways(
    tx: Tx,
    channel_id: ChannelId,
    *,
    pf_id: str | None,
    nhn_sender_key: str | None,
    opt_out_number: str | None,
) -> None:
    """All of them."""
    names = {"pf_id": pf_id, "nhn_sender_key": nhn_sender_key, "opt_out_number": opt_out_number}
    tx.run(SAVE_WAYS, of_id=channel_id, **names)
