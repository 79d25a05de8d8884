"""I11 in a database: nothing earned or used more often than allowed, every stamp accounted for."""

from storage.desk import Tx
from storage.queries import loyalty_invariants as books


def earned_and_used_once(tx: Tx) -> list[str]:
    """Violations in words; empty when the promise is kept. Reads only."""
    return [
        *(f"coupon {one} was used more than once" for one in books.list_used_twice(tx)),
        *(f"offer {one} was used beyond its cap" for one in books.list_over_cap(tx)),
        *(
            f"coupon {one} is not in the state it was left in"
            for one in books.list_state_differs(tx)
        ),
        *(f"code {one} worked twice" for one in books.list_codes_twice(tx)),
        *(f"tally {one} differs from its stamps" for one in books.list_tallies_off(tx)),
        *(f"tally {one} has no card" for one in books.list_tallies_without_card(tx)),
        *(
            f"shop {shop}: visits of customer {who} are miscounted"
            for shop, who in books.list_counts_off(tx)
        ),
        *(f"coupon {one} was not earned" for one in books.list_earned_too_much(tx)),
    ]
