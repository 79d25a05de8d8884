"""Questions, staff in the chat, the weekly idea, pauses, and messages that are no advertisement.

Revision 0003, after 0002; 2026-11-22.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Ids that outlive their rows; see storage/columns.py.
NEVER_AGAIN = {"sqlite_autoincrement": True}
KIND = sa.Enum(
    "advertisement",
    "information",
    name="messagekind",
    native_enum=False,
    create_constraint=True,
    length=24,
)
SHOP = (
    (sa.Column("menu", sqlmodel.sql.sqltypes.AutoString(length=400)), None),
    (sa.Column("parking", sqlmodel.sql.sqltypes.AutoString(length=100)), None),
    (sa.Column("reply_hours", sa.Integer()), "24"),
    (sa.Column("idea_day", sa.Integer()), None),
    (sa.Column("idea_hour", sa.Integer()), "10"),
    (sa.Column("is_idea_sent", sa.Boolean()), "false"),
    (sa.Column("idea_asked_at", sqlmodel.sql.sqltypes.UTCDateTime()), None),
)
CAMPAIGN = (
    (sa.Column("kind", KIND), "'advertisement'"),
    (sa.Column("customer_id", sa.BigInteger()), None),
)
CUSTOMER = (
    (sa.Column("is_staff", sa.Boolean()), "false"),
    (sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime()), None),
)
CHECKS = (
    ("staff", "role", "role IN ('manager', 'owner', 'clerk')"),
    ("invitation", "role", "role IN ('manager', 'owner', 'clerk')"),
    ("price", "messagekind", "kind IN ('advertisement', 'information')"),
    (
        "account",
        "accountkind",
        "kind IN ('funder', 'program', 'grant', 'wallet', 'spent', 'lapsed', 'operating')",
    ),
    (
        "notice",
        "noticekind",
        "kind IN ('stamp_saved', 'coupon_earned', 'coupon_lapsing', 'enquiry_answered')",
    ),
)
# A notice that comes by the Event API costs what an advertisement does there: it has one price.
PRICE = """
INSERT INTO price (sender, kind, net_jeon, vat_percent, valid_from)
SELECT sender, 'information', net_jeon, vat_percent, valid_from FROM price
WHERE sender = 'kakao_event' AND kind = 'advertisement'
"""
# Every program may say something in its own name from now on; see docs/decisions/0016.
OPERATING = """
INSERT INTO account (kind, program_id, is_limited,
    debits_pending, debits_posted, credits_pending, credits_posted)
SELECT 'operating', id, true, 0, 0, 0, 0 FROM program
"""


def upgrade() -> None:
    op.create_table(
        "ready_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("written_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_ready_answer_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_answer")),
    )
    with op.batch_alter_table("ready_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ready_answer_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "enquiry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "answered",
                "closed",
                name="enquirystate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("promised_by", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_enquiry_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_enquiry_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_enquiry_shop_id_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("enquiry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enquiry_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_enquiry_shop", ["shop_id", "state", "promised_by"], unique=False)

    op.create_table(
        "join_code",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("digits", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issued_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
            name=op.f("fk_join_code_channel_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_join_code_shop_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["used_by"], ["customer.id"], name=op.f("fk_join_code_used_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("channel_id", "digits", name=op.f("pk_join_code")),
    )
    with op.batch_alter_table("join_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_join_code_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index("ix_join_code_shop", ["shop_id", "expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_join_code_used_by"), ["used_by"], unique=False)

    op.create_table(
        "pairing_code",
        sa.Column("digits_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "channel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
            name=op.f("fk_pairing_code_channel_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_pairing_code_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digits_hash", name=op.f("pk_pairing_code")),
    )
    with op.batch_alter_table("pairing_code", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pairing_code_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_pairing_code_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "sign_in_link",
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_sign_in_link_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_link")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_link_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sign_in_link_staff_id"), ["staff_id"], unique=False)

    op.create_table(
        "staff_chat",
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("paired_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_staff_chat_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_chat_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_chat")),
    )
    with op.batch_alter_table("staff_chat", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_staff_chat_customer_id"), ["customer_id"], unique=False
        )

    op.create_table(
        "idea",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("facts", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "said",
                "taken",
                "skipped",
                "lapsed",
                name="ideastate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_idea_campaign_id")),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_idea_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea")),
        sa.UniqueConstraint("shop_id", "week", name=op.f("uq_idea_shop_id_week")),
    )
    is_open = sa.text("state = 'waiting' OR state = 'said'")
    op.create_index(
        "ix_idea_live", "idea", ["made_at"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "chat_draft",
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("form_key", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("body", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("due_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("idea_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["idea_id"], ["idea.id"], name=op.f("fk_chat_draft_idea_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_chat_draft_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_chat_draft")),
        sa.UniqueConstraint("form_key", name=op.f("uq_chat_draft_form_key")),
    )
    _widen("campaign", CAMPAIGN)
    _widen("shop", SHOP)
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    numbers = _numbers_given("customer") if is_sqlite else None
    _widen("customer", CUSTOMER, NEVER_AGAIN)
    if numbers is not None:
        _give_on_after("customer", numbers)
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("blocks", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=True)
        )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("paused_at", sqlmodel.sql.sqltypes.UTCDateTime()))
        batch_op.add_column(sa.Column("paused_until", sqlmodel.sql.sqltypes.UTCDateTime()))
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_at", sqlmodel.sql.sqltypes.UTCDateTime()))

    for table, check, words in CHECKS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_{check}"), type_="check")
            batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{check}"), words)
    op.execute(PRICE)
    op.execute(OPERATING)


def _widen(table, columns, table_kwargs=None):
    """Adds columns that may not be empty: first empty, then filled for what is there."""
    kept = {"table_kwargs": table_kwargs} if table_kwargs else {}
    with op.batch_alter_table(table, schema=None, **kept) as batch_op:
        for column, _ in columns:
            batch_op.add_column(sa.Column(column.name, column.type, nullable=True))
    filled = ", ".join(f"{column.name} = {value}" for column, value in columns if value)
    op.execute(f"UPDATE {table} SET {filled}")  # noqa: S608 - all of it stands above
    with op.batch_alter_table(table, schema=None, **kept) as batch_op:
        for column, value in columns:
            if value:
                batch_op.alter_column(column.name, existing_type=column.type, nullable=False)


def _numbers_given(table):
    """The highest number that SQLite ever gave a row of this table."""
    asked = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    return op.get_bind().scalar(asked, {"name": table})


def _give_on_after(table, highest):
    """Making a table anew forgets the numbers of rows that are gone."""
    books, named = op.get_bind(), {"name": table, "seq": highest}
    books.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), named)
    books.execute(sa.text("INSERT INTO sqlite_sequence VALUES (:name, :seq)"), named)
