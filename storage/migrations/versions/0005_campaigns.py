"""Segments, series, kept texts, shop days, pauses and halts.

Revision 0005, after 0004; 2026-11-22.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime()
text = sqlmodel.sql.sqltypes.AutoString


def _one_of(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


CAMPAIGN_STATES = (
    "'booked', 'running', 'paused', 'finished', 'canceled', 'stopped', 'missed', 'stuck'"
)
CHUNK_STATES = "'gathered', 'planned', 'paused', 'started', 'accepted', 'unknown', 'settled'"
CHECKS = (
    ("campaign", "campaignstate", f"state IN ({CAMPAIGN_STATES})"),
    ("chunk", "chunkstate", f"state IN ({CHUNK_STATES})"),
)


def upgrade() -> None:
    op.create_table(
        "day_touch",
        sa.Column("channel_id", ID, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("person_hash", text(32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
            name=op.f("fk_day_touch_channel_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("channel_id", "on", "person_hash", name=op.f("pk_day_touch")),
    )
    op.create_table(
        "closed_day",
        sa.Column("shop_id", ID, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_closed_day_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("shop_id", "on", name=op.f("pk_closed_day")),
    )
    op.create_table(
        "halt",
        sa.Column("id", ID, nullable=False),
        sa.Column("program_id", ID, nullable=False),
        sa.Column("market_id", ID, nullable=True),
        sa.Column("shop_id", ID, nullable=True),
        sa.Column("reason", text(200), nullable=False),
        sa.Column("actor", text(40), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.Column("lifted_by", text(40), nullable=True),
        sa.ForeignKeyConstraint(["market_id"], ["market.id"], name=op.f("fk_halt_market_id")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program.id"], name=op.f("fk_halt_program_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_halt_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_halt")),
    )
    with op.batch_alter_table("halt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_halt_market_id"), ["market_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_halt_program_id"), ["program_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_halt_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "own_segment",
        sa.Column("id", ID, nullable=False),
        sa.Column("shop_id", ID, nullable=False),
        sa.Column("form_key", text(40), nullable=False),
        sa.Column("name", text(40), nullable=False),
        sa.Column("segment", text(2000), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_own_segment_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_segment")),
        sa.UniqueConstraint("form_key", name=op.f("uq_own_segment_form_key")),
    )
    with op.batch_alter_table("own_segment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_own_segment_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "ready_text",
        sa.Column("id", ID, nullable=False),
        sa.Column("shop_id", ID, nullable=False),
        sa.Column("form_key", text(40), nullable=False),
        sa.Column("name", text(40), nullable=False),
        sa.Column("draft", text(4000), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_ready_text_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_text")),
        sa.UniqueConstraint("form_key", name=op.f("uq_ready_text_form_key")),
    )
    with op.batch_alter_table("ready_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ready_text_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "series",
        sa.Column("id", ID, nullable=False),
        sa.Column("shop_id", ID, nullable=False),
        sa.Column("form_key", text(40), nullable=False),
        sa.Column("name", text(40), nullable=False),
        sa.Column("draft", text(4000), nullable=False),
        sa.Column("repeat", text(400), nullable=False),
        sa.Column("state", _one_of("seriesstate", "on", "paused", "ended"), nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("staff_id", ID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_series_shop_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_series_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("shop_id", "form_key", name=op.f("uq_series_shop_id_form_key")),
    )
    with op.batch_alter_table("series", schema=None) as batch_op:
        batch_op.create_index("ix_series_due", ["state", "next_at"], unique=False)
    _change_campaigns()
    _change_chunks_and_messages()
    _widen("shop", ((sa.Column("closed_weekdays", text(length=7)), "''"),))
    with op.batch_alter_table("shop", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sold_out_on", sa.Date(), nullable=True))
    for table, check, words in CHECKS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_{check}"), type_="check")
            batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{check}"), words)


def _change_campaigns():
    _widen(
        "campaign",
        (
            (sa.Column("segment", text(length=2000)), "''"),
            (sa.Column("holdout_percent", sa.Integer()), "0"),
            (sa.Column("seed", sa.BigInteger()), "0"),
        ),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("button_label", text(length=8), nullable=True))
        batch_op.add_column(sa.Column("button_url", text(length=300), nullable=True))
        batch_op.add_column(sa.Column("series_id", ID, nullable=True))
        batch_op.add_column(
            sa.Column(
                "paused_for", _one_of("pausereason", "owner", "errors", "halt"), nullable=True
            )
        )
        batch_op.create_index(batch_op.f("ix_campaign_series_id"), ["series_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_campaign_series_id"), "series", ["series_id"], ["id"]
        )


def _change_chunks_and_messages():
    with op.batch_alter_table("chunk", schema=None) as batch_op:
        batch_op.create_index(
            "ix_chunk_turn",
            ["number", "act_at"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pressed_at", INSTANT, nullable=True))
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gathered_to", sa.BigInteger(), nullable=True))


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
