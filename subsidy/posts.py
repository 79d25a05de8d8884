"""How many posts a shop wrote on its channel: somebody tells, because Kakao has no way to ask."""

from datetime import datetime

from domain.audit import Act, shop_book
from domain.people import ShopId
from domain.refusals import Conflict, Invalid
from storage.desk import Tx
from storage.queries.journal import append_audit
from storage.queries.months import save_posts
from subsidy.statements import Sheet, get_shop_line

POSTS_MAX = 999


def tell_posts(
    tx: Tx, sheet: Sheet, shop_id: ShopId, posts: int, *, actor: str, at: datetime
) -> None:
    """Raises NotFound, Invalid(posts), Conflict(month_closed): a frozen month never changes."""
    line = get_shop_line(tx, sheet, shop_id)
    if sheet.closed is not None:
        raise Conflict("month_closed")
    if not 0 <= posts <= POSTS_MAX:
        raise Invalid({"posts": f"0부터 {POSTS_MAX}까지 적어 주세요."})
    if line.posts == posts:
        return
    save_posts(tx, shop_id, sheet.month, posts, actor=actor, at=at)
    act = Act(
        actor=actor,
        act="tell_posts",
        subject=f"shop:{shop_id}",
        at=at,
        details=f"month={sheet.month:%Y-%m} posts={posts}",
    )
    append_audit(tx, shop_book(shop_id), act)
