"""Pots, wallets, terms, proposals, closed months, and prices by whose list and targeting.

Revision 0004, after 0003; 2026-11-22.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime()


def _one_of(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


FAIR = _one_of("fairorder", "longest_unseen", "closest_to_full", "newest")
VAT = _one_of("vatrule", "with_vat", "without_vat")
TARIFF = _one_of("tariff", "kakao_event", "solapi", "channel_message")
ROLES = "role IN ('manager', 'market_manager', 'auditor', 'owner', 'clerk')"
ACCOUNTS = (
    "'funder', 'program', 'grant', 'pot', 'wallet', 'spent', 'own_spent', 'lapsed', 'operating'"
)
CODES = (
    "'fund', 'grant', 'top_up', 'refund', 'message', 'by_hand', 'lapse', 'claw_back', 'restore',"
    " 'move'"
)
CHECKS = (
    ("staff", "role", ROLES),
    ("invitation", "role", ROLES),
    ("account", "accountkind", f"kind IN ({ACCOUNTS})"),
    ("transfer", "transfercode", f"code IN ({CODES})"),
    ("transfer", "phase", "phase IN ('single', 'hold', 'post', 'void', 'expire')"),
    ("transfer", "resolves", "(phase IN ('post', 'void', 'expire')) = (hold_id IS NOT NULL)"),
)
ONE_OWNER = "(market_id IS NULL) <> (shop_id IS NULL)"
CAP_OF_POT = "shop_cap_jeon IS NULL OR market_id IS NOT NULL"
# What every program has said so far, and what it pays for by the shops' own money.
TERMS = """
INSERT INTO terms (program_id, version, body, sales_max_won, new_months, vat_rule, returned_days,
    valid_from, actor)
SELECT id, 1, '소신상인 지원금은 단골에게 보내는 소식에만 써요.', 1000000000, 6, 'with_vat', 0,
    created_at, 'operator' FROM program
"""
OWN_SPENT = """
INSERT INTO account (kind, program_id, is_limited,
    debits_pending, debits_posted, credits_pending, credits_posted)
SELECT 'own_spent', id, false, 0, 0, 0, 0 FROM program
"""
GRANT_TERMS = """
UPDATE "grant" SET terms_id =
    (SELECT terms.id FROM terms WHERE terms.program_id = "grant".program_id)
"""
COUNTED = """
UPDATE chunk SET
    delivered = (SELECT count(*) FROM message
        WHERE message.chunk_id = chunk.id AND message.state = 'delivered'),
    failed = (SELECT count(*) FROM message
        WHERE message.chunk_id = chunk.id AND message.state = 'failed')
WHERE state = 'settled'
"""
FOR_WHOM = """
UPDATE transfer SET shop_id = COALESCE(
    (SELECT run.shop_id FROM run WHERE run.id = transfer.run_id),
    (SELECT account.shop_id FROM account WHERE account.id = transfer.debit_account_id),
    (SELECT account.shop_id FROM account WHERE account.id = transfer.credit_account_id))
"""
# 15 to all friends, 20 to a chosen group (programme-and-law.md 2.1); no API sends these.
BY_HAND = """
INSERT INTO price (tariff, kind, is_targeted, net_jeon, vat_percent, rounds_to_jeon, valid_from)
VALUES ('channel_message', 'advertisement', :is_targeted, :net_jeon, 10, 100, :valid_from)
"""
LET_CHANGE = {
    "sqlite": ("DROP TRIGGER transfer_no_update", "DROP TRIGGER transfer_no_delete"),
    "postgresql": ("DROP TRIGGER transfer_no_change ON transfer",),
}
REFUSE = """
CREATE TRIGGER transfer_no_{act} BEFORE {act} ON transfer
BEGIN SELECT RAISE(ABORT, 'transfers are never changed'); END
"""
GUARD = """
CREATE TRIGGER transfer_no_change BEFORE UPDATE OR DELETE ON transfer
FOR EACH ROW EXECUTE FUNCTION transfer_refuse()
"""
FORBID_CHANGE = {
    "sqlite": (REFUSE.format(act="update"), REFUSE.format(act="delete")),
    "postgresql": (GUARD,),
}


def upgrade() -> None:
    op.create_table(
        "cohort",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_cohort_program_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("program_id", "name", name=op.f("uq_cohort_program_id_name")),
    )
    op.create_table(
        "month_statement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("previous_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"],
            ["program.id"],
            name=op.f("fk_month_statement_program_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_month_statement")),
        sa.UniqueConstraint(
            "program_id", "month", name=op.f("uq_month_statement_program_id_month")
        ),
    )
    op.create_table(
        "terms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sales_max_won", sa.BigInteger(), nullable=False),
        sa.Column("new_months", sa.Integer(), nullable=False),
        sa.Column(
            "vat_rule",
            sa.Enum(
                "with_vat",
                "without_vat",
                name="vatrule",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("returned_days", sa.Integer(), nullable=False),
        sa.Column("valid_from", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_terms_program_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms")),
        sa.UniqueConstraint("program_id", "version", name=op.f("uq_terms_program_id_version")),
    )
    op.create_table(
        "enrollment",
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cohort_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("yearly_sales_won", sa.BigInteger(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("has_business_wallet", sa.Boolean(), nullable=False),
        sa.Column("written_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_enrollment_cohort_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_enrollment_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_enrollment")),
    )
    with op.batch_alter_table("enrollment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enrollment_cohort_id"), ["cohort_id"], unique=False)

    op.create_table(
        "hand_sending",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form_key", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("is_targeted", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("price_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cost_jeon", sa.BigInteger(), nullable=False),
        sa.Column("paid_jeon", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["price_id"], ["price.id"], name=op.f("fk_hand_sending_price_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_hand_sending_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_sending")),
        sa.UniqueConstraint("form_key", name=op.f("uq_hand_sending_form_key")),
    )
    with op.batch_alter_table("hand_sending", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_sending_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "post_count",
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("written_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_post_count_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", "month", name=op.f("pk_post_count")),
    )
    op.create_table(
        "statement_line",
        sa.Column(
            "statement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("market_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["market_id"], ["market.id"], name=op.f("fk_statement_line_market_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_statement_line_shop_id")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["month_statement.id"], name=op.f("fk_statement_line_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", "number", name=op.f("pk_statement_line")),
    )
    with op.batch_alter_table("statement_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_line_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("market_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "grants",
                "claw_back",
                "close_program",
                name="proposalkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "done",
                "dismissed",
                "undone",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("form_key", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column(
            "decided_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("undone_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("undone_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_proposal_decided_by")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["staff.id"], name=op.f("fk_proposal_made_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_proposal_market_id")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_proposal_program_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["staff.id"], name=op.f("fk_proposal_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("form_key", name=op.f("uq_proposal_form_key")),
    )
    with op.batch_alter_table("proposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposal_program_id"), ["program_id"], unique=False)

    op.create_table(
        "wallet",
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column(
            "state",
            sa.Enum(
                "in_use",
                "stopped",
                "suspended",
                name="walletstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_wallet_account_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_wallet_shop_id")),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_wallet")),
        sa.UniqueConstraint("account_id", name=op.f("uq_wallet_account_id")),
    )
    op.create_table(
        "pot_share",
        sa.Column(
            "account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cap_jeon", sa.BigInteger(), nullable=False),
        sa.Column("used_jeon", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "used_jeon >= 0 AND used_jeon <= cap_jeon", name=op.f("ck_pot_share_within_cap")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_pot_share_account_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_pot_share_shop_id")),
        sa.PrimaryKeyConstraint("account_id", "shop_id", name=op.f("pk_pot_share")),
    )
    for table in ("account", "staff", "invitation"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("market_id", ID, nullable=True))
            batch_op.create_index(batch_op.f(f"ix_{table}_market_id"), ["market_id"], unique=False)
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_market_id"), "market", ["market_id"], ["id"]
            )
    with op.batch_alter_table("program", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_at", INSTANT, nullable=True))
    _widen("campaign", ((sa.Column("promised_jeon", sa.BigInteger()), "0"),))
    for table in ("campaign", "chat_draft"):
        _widen(table, ((sa.Column("own_max_jeon", sa.BigInteger()), "0"),))
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("fair_order", FAIR, nullable=True))
    _widen("run", ((sa.Column("rounds_to_jeon", sa.Integer()), "100"),))
    _widen(
        "chunk",
        ((sa.Column("delivered", sa.Integer()), "0"), (sa.Column("failed", sa.Integer()), "0")),
    )
    op.execute(COUNTED)
    _change_grants()
    _change_prices()
    _change_transfers()
    for table, check, words in CHECKS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_{check}"), type_="check")
            batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{check}"), words)
    op.execute(TERMS)
    op.execute(GRANT_TERMS)
    op.execute(OWN_SPENT)
    op.execute("UPDATE account SET is_limited = true WHERE kind = 'operating'")
    for statement in FORBID_CHANGE[op.get_bind().dialect.name]:
        op.execute(statement)


def _change_grants():
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.add_column(sa.Column("market_id", ID, nullable=True))
        batch_op.add_column(sa.Column("parent_id", ID, nullable=True))
        batch_op.add_column(sa.Column("terms_id", ID, nullable=True))
        batch_op.add_column(sa.Column("shop_cap_jeon", ID, nullable=True))
        batch_op.add_column(sa.Column("lapsed_at", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("clawed_back_at", INSTANT, nullable=True))
        batch_op.alter_column("shop_id", existing_type=ID, nullable=True)
        batch_op.alter_column("account_id", existing_type=sa.Integer(), type_=ID)
        batch_op.drop_constraint(batch_op.f("fk_grant_shop_id"), type_="foreignkey")
        for column, table in (
            ("shop_id", "shop"),
            ("market_id", "market"),
            ("parent_id", "grant"),
            ("terms_id", "terms"),
        ):
            name = batch_op.f(f"fk_grant_{column}")
            batch_op.create_foreign_key(name, table, [column], ["id"])
        for column in ("market_id", "parent_id"):
            batch_op.create_index(batch_op.f(f"ix_grant_{column}"), [column], unique=False)
        batch_op.create_check_constraint(batch_op.f("ck_grant_one_owner"), ONE_OWNER)
        batch_op.create_check_constraint(batch_op.f("ck_grant_cap_of_pot"), CAP_OF_POT)
        batch_op.create_check_constraint(batch_op.f("ck_grant_positive"), "amount_jeon > 0")
    _widen(
        "grant",
        (
            (sa.Column("vat_rule", VAT), "'with_vat'"),
            (sa.Column("returned_until", INSTANT), "expires_at"),
        ),
    )


def _change_prices():
    _widen(
        "price",
        (
            (sa.Column("tariff", TARIFF), "sender"),
            (sa.Column("is_targeted", sa.Boolean()), "false"),
            (sa.Column("rounds_to_jeon", sa.Integer()), "100"),
        ),
    )
    with op.batch_alter_table("price", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_price_sender_kind_valid_from"), type_="unique")
        batch_op.drop_constraint(batch_op.f("ck_price_sendername"), type_="check")
        batch_op.create_unique_constraint(
            batch_op.f("uq_price_tariff_kind_is_targeted_valid_from"),
            ["tariff", "kind", "is_targeted", "valid_from"],
        )
        batch_op.drop_column("sender")
    statement = sa.text(BY_HAND).bindparams(
        sa.bindparam("valid_from", datetime(2020, 1, 1, tzinfo=UTC), type_=INSTANT)
    )
    for is_targeted, net_jeon in ((False, 1_500), (True, 2_000)):
        op.execute(statement.bindparams(is_targeted=is_targeted, net_jeon=net_jeon))


def _change_transfers():
    """The one time that transfers are touched: each learns for which shop it was."""
    for statement in LET_CHANGE[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("shop_id", ID, nullable=True))
        batch_op.add_column(
            sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=True)
        )
        batch_op.add_column(sa.Column("expires_at", INSTANT, nullable=True))
        batch_op.create_index(batch_op.f("ix_transfer_recorded_at"), ["recorded_at"], unique=False)
        batch_op.create_index("ix_transfer_shop", ["shop_id", "recorded_at"], unique=False)
        batch_op.drop_index(batch_op.f("ix_transfer_debit_account_id"))
        batch_op.create_index(
            "ix_transfer_debit", ["debit_account_id", "code", "recorded_at"], unique=False
        )
        batch_op.create_foreign_key(batch_op.f("fk_transfer_shop_id"), "shop", ["shop_id"], ["id"])
    op.execute(FOR_WHOM)


def _widen(table, columns):
    """Adds columns that may not be empty: first empty, then filled for what is there."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column, _ in columns:
            batch_op.add_column(sa.Column(column.name, column.type, nullable=True))
    filled = ", ".join(f"{column.name} = {value}" for column, value in columns)
    op.execute(f'UPDATE "{table}" SET {filled}')  # noqa: S608 - all of it stands above
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column, _ in columns:
            batch_op.alter_column(column.name, existing_type=column.type, nullable=False)
