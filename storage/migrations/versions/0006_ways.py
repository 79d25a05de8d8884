"""Further senders, an order of ways, templates, and what providers keep for us.

Revision 0006, after 0005; 2026-11-23.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime()
text = sqlmodel.sql.sqltypes.AutoString

SENDERS = ("kakao_event", "solapi", "solapi_alimtalk", "solapi_lms", "nhn", "nhn_alimtalk")
BUBBLES = ("picture", "list", "text", "wide", "items", "slides", "goods", "notice")
USES = (
    "stamp_saved",
    "coupon_earned",
    "coupon_lapsing",
    "consent_result",
    "consent_confirm",
    "enquiry_answered",
)
CHECKS = (
    ("campaign", "sendername", "sender", SENDERS),
    ("campaign", "bubblekind", "bubble", BUBBLES),
    ("campaign", "pausereason", "paused_for", ("owner", "errors", "halt", "way")),
    ("chunk", "sendername", "sender", SENDERS),
    ("price", "tariff", "tariff", (*SENDERS, "channel_message")),
)

PRICES = (
    ("solapi_lms", "advertisement", 3_900),
    ("nhn", "advertisement", 2_500),
    ("solapi_alimtalk", "information", 1_000),
    ("nhn_alimtalk", "information", 1_000),
)
"""Won x 100 without VAT: one reseller's table, indicative (providers.md D7), until a manager writes
what the provider really asks."""

INSERT_PRICE = """
INSERT INTO price (tariff, kind, is_targeted, net_jeon, vat_percent, rounds_to_jeon, valid_from)
VALUES (:tariff, :kind, false, :net_jeon, 10, 100, :valid_from)
"""


def _one_of(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    _make_way_rules()
    _make_templates()
    _make_what_providers_keep()
    _make_accounts()
    _widen("campaign", sa.Column("parts", text(length=2000)), "''")
    _widen("shop", sa.Column("may_text", sa.Boolean()), "false")
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("nhn_sender_key", text(length=40), nullable=True))
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.add_column(sa.Column("texts_since", INSTANT, nullable=True))
    for table, check, column, values in CHECKS:
        words = ", ".join(f"'{value}'" for value in values)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_{check}"), type_="check")
            batch_op.create_check_constraint(
                batch_op.f(f"ck_{table}_{check}"), f"{column} IN ({words})"
            )
    _add_prices()


def _add_prices():
    insert = sa.text(INSERT_PRICE).bindparams(sa.bindparam("valid_from", type_=INSTANT))
    for tariff, kind, net_jeon in PRICES:
        price = {"tariff": tariff, "kind": kind, "net_jeon": net_jeon}
        op.get_bind().execute(insert, {**price, "valid_from": datetime(2020, 1, 1, tzinfo=UTC)})


def _make_way_rules():
    op.create_table(
        "way_rule",
        sa.Column("id", ID, nullable=False),
        sa.Column("program_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of("messagekind", "advertisement", "information"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sender", _one_of("sendername", *SENDERS), nullable=False),
        sa.Column("least_jeon", sa.BigInteger(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=True),
        sa.Column("closes", sa.Integer(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_way_rule_program_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_way_rule")),
        sa.UniqueConstraint(
            "program_id",
            "version",
            "kind",
            "position",
            name=op.f("uq_way_rule_program_id_version_kind_position"),
        ),
    )


def _make_templates():
    op.create_table(
        "notice_template",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel_id", ID, nullable=False),
        sa.Column("sender", _one_of("sendername", *SENDERS), nullable=False),
        sa.Column("use", _one_of("noticeuse", *USES), nullable=False),
        sa.Column("code", text(40), nullable=False),
        sa.Column("body", text(1300), nullable=False),
        sa.Column(
            "state",
            _one_of("templatestate", "requested", "approved", "rejected", "dormant"),
            nullable=False,
        ),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
            name=op.f("fk_notice_template_channel_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_template")),
        sa.UniqueConstraint(
            "channel_id",
            "sender",
            "code",
            name=op.f("uq_notice_template_channel_id_sender_code"),
        ),
    )
    with op.batch_alter_table("notice_template", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notice_template_use", ["channel_id", "sender", "use"], unique=False
        )


def _make_what_providers_keep():
    shapes = ("picture", "wide", "first_item", "item", "slide", "goods")
    op.create_table(
        "provider_picture",
        sa.Column("sender", _one_of("sendername", *SENDERS), nullable=False),
        sa.Column("picture_id", text(64), nullable=False),
        sa.Column("shape", _one_of("pictureshape", *shapes), nullable=False),
        sa.Column("provider_ref", text(300), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name=op.f("fk_provider_picture_picture_id")
        ),
        sa.PrimaryKeyConstraint("sender", "picture_id", "shape", name=op.f("pk_provider_picture")),
    )
    op.create_table(
        "provider_balance",
        sa.Column("sender", _one_of("sendername", *SENDERS), nullable=False),
        sa.Column("balance_jeon", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_provider_balance")),
    )
    op.create_table(
        "sender_certificate",
        sa.Column("sender", _one_of("sendername", *SENDERS), nullable=False),
        sa.Column("number", text(40), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_sender_certificate")),
    )


def _make_accounts():
    op.create_table(
        "staff_account",
        sa.Column("staff_id", ID, nullable=False),
        sa.Column("subject", text(20), nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_account_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_account")),
    )
    with op.batch_alter_table("staff_account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_account_subject"), ["subject"], unique=False)


def _widen(table, column, value):
    """Adds a column that may not be empty: first empty, then filled for what is there."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column(column.name, column.type, nullable=True))
    op.execute(f'UPDATE "{table}" SET {column.name} = {value}')  # noqa: S608 - both stand above
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column(column.name, existing_type=column.type, nullable=False)
