"""Information for one person that cannot wait for their next word, paid by the program."""

from datetime import datetime

from domain.people import CampaignId, CustomerId, ShopId
from storage.desk import Tx


def tell_person(
    tx: Tx, shop_id: ShopId, customer_id: CustomerId, *, key: str, body: str, at: datetime
) -> CampaignId | None:
    """Books a message that is no advertisement; the same `key` (≤ 40) books once.

    None where it could not arrive or nobody pays: not a friend of the channel, or no money
    in the program's operating account. Then only the person's next turn can say it.
    """
    raise NotImplementedError
