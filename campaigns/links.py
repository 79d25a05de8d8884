"""The addresses in one person's message: why it came, and the owner's button that is counted."""

from typing import NamedTuple

from domain.people import MessageId, ShopId
from loyalty.links import button_token, why_token
from storage.desk import Tx
from storage.queries.chunks import RunFacts


class Links(NamedTuple):
    """`button_url` is None where the owner's button leads to no page."""

    why_url: str
    button_url: str | None = None


def links_of(
    tx: Tx, facts: RunFacts, shop_id: ShopId, message_id: MessageId, public_url: str
) -> Links:
    why_url = f"{public_url}/w/{why_token(tx, shop_id, message_id)}"
    if facts.button_url is None:
        return Links(why_url)
    return Links(why_url, f"{public_url}/g/{button_token(tx, shop_id, message_id)}")
