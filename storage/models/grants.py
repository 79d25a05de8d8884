"""Grants of free cash, the shares of a market's pot, the shops' own wallets, managers' proposals."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from domain.subsidy import ProposalKind, ProposalState, VatRule, WalletState
from storage.columns import BigId, choice, jeon, maybe_ref, primary, ref


class Grant(SQLModel, table=True):
    """Free cash for one shop, or a pot that a market's shops share (F1-F8).

    What it holds stands in its account. `parent_id`: the pot it was carved out of, else it came
    from the program's budget; it never outlives that. `shop_cap_jeon`: how much of a pot one shop
    may use, unless a share of its own says otherwise. `vat_rule` and `returned_until` follow from
    the terms it was given under, so that new terms change no old grant: until then money may be
    used that came back after `expires_at`. `lapsed_at`: when its free rest was taken back after
    its date.
    """

    __table_args__ = (
        CheckConstraint("(market_id IS NULL) <> (shop_id IS NULL)", name="one_owner"),
        CheckConstraint("shop_cap_jeon IS NULL OR market_id IS NOT NULL", name="cap_of_pot"),
        CheckConstraint("amount_jeon > 0", name="positive"),
    )

    id: int = primary()
    program_id: int = ref("program.id", index=True)
    market_id: int | None = maybe_ref("market.id", index=True)
    shop_id: int | None = maybe_ref("shop.id", index=True)
    account_id: int = Field(foreign_key="account.id", unique=True, sa_type=BigId)
    parent_id: int | None = maybe_ref("grant.id", index=True)
    terms_id: int | None = maybe_ref("terms.id")
    amount_jeon: int = jeon()
    shop_cap_jeon: int | None = Field(default=None, sa_type=BigId, nullable=True)
    pays: str = Field(max_length=200)
    vat_rule: VatRule = Field(sa_type=choice(VatRule))
    granted_at: datetime
    start_by: datetime
    started_at: datetime | None = None
    expires_at: datetime = Field(index=True)
    returned_until: datetime
    lapsed_at: datetime | None = None
    clawed_back_at: datetime | None = None


class PotShare(SQLModel, table=True):
    """What one shop has used of a pot's account, holds counted, and the most it may."""

    __tablename__ = "pot_share"
    __table_args__ = (
        CheckConstraint("used_jeon >= 0 AND used_jeon <= cap_jeon", name="within_cap"),
    )

    account_id: int = Field(foreign_key="account.id", primary_key=True, sa_type=BigId)
    shop_id: int = Field(foreign_key="shop.id", primary_key=True, sa_type=BigId)
    cap_jeon: int = jeon()
    used_jeon: int = jeon()


class Wallet(SQLModel, table=True):
    """A shop's own money; only the owner's word for a campaign lets it be spent (F5, F6)."""

    shop_id: int = Field(foreign_key="shop.id", primary_key=True, sa_type=BigId)
    account_id: int = Field(foreign_key="account.id", unique=True, sa_type=BigId)
    state: WalletState = Field(sa_type=choice(WalletState))
    changed_at: datetime
    actor: str = Field(max_length=40)


class Proposal(SQLModel, table=True):
    """A manager's act on many, looked at before it happens; `content` is its JSON.

    `form_key` makes a second press harmless. Who decides a claw back is not who made it.
    """

    id: int = primary()
    program_id: int = ref("program.id", index=True)
    market_id: int | None = maybe_ref("market.id")
    kind: ProposalKind = Field(sa_type=choice(ProposalKind))
    state: ProposalState = Field(sa_type=choice(ProposalState))
    content: str = Field(sa_type=Text)
    form_key: str = Field(max_length=40, unique=True)
    made_by: int = ref("staff.id")
    made_at: datetime
    decided_by: int | None = maybe_ref("staff.id")
    decided_at: datetime | None = None
    undone_by: int | None = maybe_ref("staff.id")
    undone_at: datetime | None = None
