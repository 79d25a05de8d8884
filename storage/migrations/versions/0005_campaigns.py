"""Segments, series, kept texts, shop days, pauses and halts.

Revision 0005, after 0004; 2026-11-22.
"""

from datetime import timedelta

import sqlalchemy as sa
import sqlmodel
from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.domain.settings import DBSettings, Durability

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sqlmodel.sql.sqltypes.UTCDateTime()
text = sqlmodel.sql.sqltypes.AutoString


def _one_of(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ROWS_AT_ONCE = 10_000
COLUMNS = (
    sa.column("shop_id", ID),
    sa.column("customer_id", ID),
    sa.column("about", sa.String()),
    sa.column("chosen_at", INSTANT),
)
OWED = sa.table(
    "statutory_notice",
    *COLUMNS,
    *(sa.column(name, sa.String()) for name in ("kind", "state")),
    sa.column("number", sa.Integer()),
    *(sa.column(name, INSTANT) for name in ("say_from", "due_at", "act_at")),
)
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
        sa.Column(
            "note",
            _one_of("seriesnote", "nobody", "late", "closed", "money", "broken"),
            nullable=True,
        ),
        sa.Column("noted_at", INSTANT, nullable=True),
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
    _make_statutory_notices()
    _change_campaigns()
    _change_chunks_and_messages()
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.add_column(sa.Column("barred_until", INSTANT, nullable=True))
    _widen("shop", ((sa.Column("closed_weekdays", text(length=7)), "''"),))
    with op.batch_alter_table("shop", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sold_out_on", sa.Date(), nullable=True))
    _change_drafts_and_tokens()
    for table, check, words in CHECKS:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"ck_{table}_{check}"), type_="check")
            batch_op.create_check_constraint(batch_op.f(f"ck_{table}_{check}"), words)
    if op.get_bind().dialect.name == "postgresql":
        _install_jobs()


def _install_jobs():
    """PgQueuer's own tables by its own words (docs/decisions/0026); its log may be lost."""
    made = QueryBuilderEnvironment(DBSettings(durability=Durability.balanced))
    cursor = op.get_bind().connection.cursor()
    cursor.execute(made.build_install_query())
    cursor.execute(made.build_optimize_autovacuum_query())
    cursor.close()


def _make_statutory_notices():
    op.create_table(
        "statutory_notice",
        sa.Column("id", ID, nullable=False),
        sa.Column("shop_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("kind", _one_of("statutorykind", "result", "confirm"), nullable=False),
        sa.Column("about", _one_of("choice", "granted", "declined", "withdrawn"), nullable=False),
        sa.Column("chosen_at", INSTANT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("say_from", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("act_at", INSTANT, nullable=True),
        sa.Column(
            "state",
            _one_of("statutorystate", "waiting", "said", "sent", "undeliverable"),
            nullable=False,
        ),
        sa.Column("text_version", text(20), nullable=True),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("code", text(24), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_statutory_notice_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_statutory_notice_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statutory_notice")),
        sa.UniqueConstraint(
            "shop_id",
            "customer_id",
            "kind",
            "about",
            "chosen_at",
            "number",
            name=op.f("uq_statutory_notice_shop_id_customer_id_kind_about_chosen_at_number"),
        ),
    )
    with op.batch_alter_table("statutory_notice", schema=None) as batch_op:
        batch_op.create_index("ix_statutory_notice_person", ["customer_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_statutory_notice_act_at"), ["act_at"], unique=False)
    _owe_what_is_owed()


def _owe_what_is_owed():
    """The choices of which nobody has been told (L13), the consents that stand (L14)."""
    untold = (
        "SELECT shop_id, customer_id, choice, chosen_at FROM consent_choice"
        " WHERE purpose = 'advertising' AND notice_at IS NULL"
    )
    standing = (
        "SELECT shop_id, customer_id, 'granted', advertising_since FROM membership"
        " WHERE advertising_since IS NOT NULL"
    )
    for kind, words in (("result", untold), ("confirm", standing)):
        seen, rows = set(), []
        for row in op.get_bind().execute(sa.text(words).columns(*COLUMNS)):
            if row in seen:
                continue
            seen.add(row)
            rows.append(_owed(kind, *row))
            if len(rows) == ROWS_AT_ONCE:
                op.bulk_insert(OWED, rows)
                rows = []
        if rows:
            op.bulk_insert(OWED, rows)
    op.execute(
        "UPDATE membership SET has_news = true WHERE EXISTS (SELECT 1 FROM statutory_notice n"
        " WHERE n.shop_id = membership.shop_id AND n.customer_id = membership.customer_id"
        " AND n.kind = 'result')"
    )


def _owed(kind, shop_id, customer_id, about, chosen_at):
    """As domain/statutory.py reckons; a day begins at 15:00 UTC in Korea."""
    say_from, act_at, due_at = chosen_at, chosen_at + 10 * DAY, chosen_at + 14 * DAY
    if kind == "confirm":
        local = (chosen_at + 9 * HOUR).replace(hour=0, minute=0, second=0, microsecond=0)
        day = local.replace(day=28) if (local.month, local.day) == (2, 29) else local
        due_at = day.replace(year=local.year + 2) - 9 * HOUR
        say_from = act_at = due_at - 60 * DAY
    return {
        "shop_id": shop_id,
        "customer_id": customer_id,
        "kind": kind,
        "about": about,
        "chosen_at": chosen_at,
        "number": int(kind == "confirm"),
        "say_from": say_from,
        "due_at": due_at,
        "act_at": act_at,
        "state": "waiting",
    }


def _change_campaigns():
    _widen(
        "campaign",
        (
            (sa.Column("segment", text(length=2000)), "''"),
            (sa.Column("holdout_percent", sa.Integer()), "0"),
            (sa.Column("seed", sa.BigInteger()), "0"),
            (sa.Column("keeps_day", sa.Boolean()), "false"),
        ),
    )
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("button_label", text(length=8), nullable=True))
        batch_op.add_column(sa.Column("button_url", text(length=300), nullable=True))
        batch_op.add_column(sa.Column("series_id", ID, nullable=True))
        batch_op.add_column(sa.Column("pause_said_at", INSTANT, nullable=True))
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
    _widen("chunk", ((sa.Column("failures", sa.Integer()), "0"),))
    with op.batch_alter_table("chunk", schema=None) as batch_op:
        batch_op.add_column(sa.Column("doubted_at", INSTANT, nullable=True))
        batch_op.add_column(sa.Column("calm_at", INSTANT, nullable=True))
        batch_op.create_index(
            "ix_chunk_turn",
            ["number", "act_at"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pressed_at", INSTANT, nullable=True))
        batch_op.drop_index("ix_message_chunk")
        batch_op.create_index("ix_message_chunk", ["chunk_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        # Room beside each message for what becomes of it, so that no index is written again.
        op.execute("ALTER TABLE message SET (fillfactor = 50)")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("gathered_to", sa.BigInteger(), nullable=True))
        batch_op.create_index(
            "ix_run_gathering",
            ["recipients"],
            unique=False,
            sqlite_where=sa.text("gathered_to IS NOT NULL"),
            postgresql_where=sa.text("gathered_to IS NOT NULL"),
        )


def _change_drafts_and_tokens():
    _widen(
        "chat_draft",
        (
            (sa.Column("segment", text(length=2000)), "''"),
            (sa.Column("keeps_day", sa.Boolean()), "false"),
        ),
    )
    with op.batch_alter_table("chat_draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("repeat", text(length=400), nullable=True))
    _widen("api_token", ((sa.Column("may", _one_of("tokenright", "till", "sending")), "'till'"),))
    with op.batch_alter_table("till_request", schema=None) as batch_op:
        batch_op.alter_column("customer_id", existing_type=ID, nullable=True)


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
