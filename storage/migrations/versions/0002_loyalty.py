"""Visits with their proof, cards, coupons, notes, notices and tills.

Revision 0002, after 0001; 2026-11-22.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MEMBERSHIP = (
    (sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=20)), None),
    (sa.Column("phone_granted_at", sqlmodel.sql.sqltypes.UTCDateTime()), None),
    (sa.Column("visit_days", sa.Integer()), "0"),
    (sa.Column("first_visit_at", sqlmodel.sql.sqltypes.UTCDateTime()), None),
    (sa.Column("is_told", sa.Boolean()), "true"),
    (sa.Column("has_news", sa.Boolean()), "false"),
)
# Days are those of UTC here; the next visit counts them anew.
MEMBERSHIP_FROM_VISITS = """
UPDATE membership SET
    first_visit_at = (
        SELECT min(visited_at) FROM visit
        WHERE visit.shop_id = membership.shop_id AND visit.customer_id = membership.customer_id
    ),
    visit_days = (
        SELECT count(DISTINCT date(visited_at)) FROM visit
        WHERE visit.shop_id = membership.shop_id AND visit.customer_id = membership.customer_id
    )
"""
# Each shop has its own name for a person, and its own leave to use their number.
MEMBERSHIP_FROM_PEOPLE = """
UPDATE membership SET
    name = (SELECT name FROM customer WHERE customer.id = membership.customer_id),
    phone_granted_at = (
        SELECT word.chosen_at FROM consent_choice AS word
        WHERE word.choice = 'granted' AND word.id = (
            SELECT max(id) FROM consent_choice AS one
            WHERE one.shop_id = membership.shop_id
                AND one.customer_id = membership.customer_id AND one.purpose = 'phone'
        )
    )
"""
WAY = sa.Enum(
    "code",
    "rotating_qr",
    "pin",
    "phone",
    name="visitway",
    native_enum=False,
    create_constraint=True,
    length=24,
)
DOUBT = sa.Enum("far", name="doubt", native_enum=False, create_constraint=True, length=24)
# Ids that outlive their rows; see storage/columns.py.
NEVER_AGAIN = {"sqlite_autoincrement": True}
PURPOSES = "purpose IN ('service', 'advertising', 'phone', 'birthday')"
# Visits of before were claimed by the shop alone.
VISIT = (
    (sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=80)), "'before:' || id"),
    (sa.Column("way", WAY), "'phone'"),
    (sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=40)), None),
    (sa.Column("items", sa.Integer()), "1"),
    (sa.Column("spend_won", sa.Integer()), None),
    (sa.Column("stamps", sa.Integer()), "0"),
    (sa.Column("tally_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")), None),
    (sa.Column("doubt", DOUBT), None),
    (sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40)), "'before'"),
    (sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime()), "visited_at"),
    (sa.Column("canceled_at", sqlmodel.sql.sqltypes.UTCDateTime()), None),
)


def upgrade() -> None:
    op.create_table(
        "tries",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("since", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("revoked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("last_used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_api_token_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    with op.batch_alter_table("api_token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_token_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "till_request",
        sa.Column("token_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("asked_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_till_request_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["api_token.id"],
            name=op.f("fk_till_request_token_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_id", "key", name=op.f("pk_till_request")),
    )
    with op.batch_alter_table("till_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_till_request_customer_id"), ["customer_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_till_request_asked_at"), ["asked_at"], unique=False)

    op.create_table(
        "card_rules",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("terms", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("retired_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_card_rules_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_rules")),
    )
    with op.batch_alter_table("card_rules", schema=None) as batch_op:
        batch_op.create_index(
            "ix_card_rules_shop", ["shop_id", "retired_at", "position"], unique=False
        )

    op.create_table(
        "coupon_offer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "card",
                "campaign",
                "joining",
                "birthday",
                "hand",
                name="couponsource",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("terms", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "taken >= 0 AND (cap IS NULL OR taken <= cap)", name=op.f("ck_coupon_offer_within_cap")
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_coupon_offer_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_offer")),
    )
    with op.batch_alter_table("coupon_offer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_coupon_offer_shop", ["shop_id", "source", "closed_at"], unique=False
        )

    op.create_table(
        "kept_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("what", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("ground", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("facts", sqlmodel.sql.sqltypes.AutoString(length=2000), nullable=False),
        sa.Column("kept_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_kept_record_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_record")),
    )
    with op.batch_alter_table("kept_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kept_record_subject"), ["subject"], unique=False)
        batch_op.create_index(batch_op.f("ix_kept_record_until"), ["until"], unique=False)

    op.create_table(
        "shop_rules",
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("rules", sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
        sa.Column("pin_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("changed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_shop_rules_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_shop_rules")),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("written_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_note_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_note_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index("ix_note_person", ["customer_id", "shop_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "stamp_saved",
                "coupon_earned",
                "coupon_lapsing",
                name="noticekind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("facts", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "said",
                "sent",
                "dropped",
                name="noticestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("made_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("drop_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("settled_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_notice_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_notice_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_notice_shop_id_key")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_person", ["customer_id", "state"], unique=False)
        batch_op.create_index("ix_notice_work", ["state", "drop_at"], unique=False)

    op.create_table(
        "redemption",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "coupon_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "hold",
                "use",
                "release",
                "reverse",
                name="couponact",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum(
                "code",
                "qr",
                "slide",
                "till",
                "hand",
                name="couponway",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("spend_won", sa.Integer(), nullable=True),
        sa.Column("discount_won", sa.Integer(), nullable=True),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["coupon_offer.id"],
            name=op.f("fk_redemption_offer_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_redemption_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_redemption_shop_id_key")),
    )
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.create_index("ix_redemption_coupon", ["coupon_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_redemption_offer_id"), ["offer_id"], unique=False)
        batch_op.create_index("ix_redemption_shop", ["shop_id", "at"], unique=False)

    op.create_table(
        "tally",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("stamps", sa.Integer(), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("card_number", sa.Integer(), nullable=False),
        sa.Column("first_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("last_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lapses_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("stamps >= 0", name=op.f("ck_tally_not_negative")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_tally_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_tally_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
    )
    with op.batch_alter_table("tally", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tally_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(
            "uq_tally_open",
            ["shop_id", "customer_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "coupon",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "held",
                "used",
                "canceled",
                name="couponstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("tally_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("issued_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("held_until", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("owed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_coupon_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["coupon_offer.id"], name=op.f("fk_coupon_offer_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_coupon_shop_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["tally_id"], ["tally.id"], name=op.f("fk_coupon_tally_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon")),
        sa.UniqueConstraint(
            "offer_id", "customer_id", "key", name=op.f("uq_coupon_offer_id_customer_id_key")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("coupon", schema=None) as batch_op:
        batch_op.create_index("ix_coupon_person", ["customer_id", "shop_id", "state"], unique=False)
        batch_op.create_index("ix_coupon_shop", ["shop_id", "state", "expires_at"], unique=False)
        batch_op.create_index(
            "uq_coupon_threshold",
            ["tally_id", "threshold"],
            unique=True,
            sqlite_where=sa.text("state <> 'canceled'"),
            postgresql_where=sa.text("state <> 'canceled'"),
        )
        batch_op.create_index(
            "ix_coupon_held",
            ["held_until"],
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        )
        batch_op.create_index(
            "ix_coupon_lapsing",
            ["expires_at"],
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )

    op.create_table(
        "given_stamps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("stamps", sa.Integer(), nullable=False),
        sa.Column("actor", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("happened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.CheckConstraint("stamps > 0", name=op.f("ck_given_stamps_positive")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_given_stamps_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_given_stamps_shop_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_stamps")),
        sa.UniqueConstraint("shop_id", "key", name=op.f("uq_given_stamps_shop_id_key")),
    )
    with op.batch_alter_table("given_stamps", schema=None) as batch_op:
        batch_op.create_index("ix_given_stamps_person", ["customer_id", "shop_id"], unique=False)

    op.create_table(
        "held_card",
        sa.Column("tally_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rules_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_after", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["card_rules.id"], name=op.f("fk_held_card_rules_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["tally_id"], ["tally.id"], name=op.f("fk_held_card_tally_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tally_id", "number", name=op.f("pk_held_card")),
        sa.UniqueConstraint(
            "tally_id", "starts_after", name=op.f("uq_held_card_tally_id_starts_after")
        ),
    )
    op.create_table(
        "counter_code",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("digits", sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
        sa.Column("issue", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "code",
                "rotating_qr",
                "pin",
                "phone",
                name="visitway",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("shop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("coupon_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issued_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
            name=op.f("fk_counter_code_channel_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupon.id"], name=op.f("fk_counter_code_coupon_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_counter_code_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_counter_code_shop_id")),
        sa.PrimaryKeyConstraint("channel_id", "digits", name=op.f("pk_counter_code")),
        sa.UniqueConstraint("issue", name=op.f("uq_counter_code_issue")),
    )
    with op.batch_alter_table("counter_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_counter_code_coupon_id"), ["coupon_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_counter_code_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_counter_code_customer_id"), ["customer_id"], unique=False
        )

    _widen("membership", MEMBERSHIP)
    op.execute(MEMBERSHIP_FROM_VISITS)
    op.execute(MEMBERSHIP_FROM_PEOPLE)

    is_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table(
        "customer", recreate="always" if is_sqlite else "never", table_kwargs=NEVER_AGAIN
    ) as batch_op:
        batch_op.drop_column("name")
        batch_op.add_column(sa.Column("birthday", sa.LargeBinary(), nullable=True))
        batch_op.add_column(
            sa.Column("birthday_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True)
        )
        batch_op.create_index(
            batch_op.f("ix_customer_birthday_hash"), ["birthday_hash"], unique=False
        )

    with op.batch_alter_table("shop", schema=None) as batch_op:
        batch_op.add_column(sa.Column("latitude", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("longitude", sa.Float(), nullable=True))

    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_campaign_offer_id"), "coupon_offer", ["offer_id"], ["id"]
        )

    with op.batch_alter_table("consent_choice", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_consent_choice_purpose"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_consent_choice_purpose"), PURPOSES)

    _widen("visit", VISIT)
    with op.batch_alter_table("visit", schema=None, table_kwargs=NEVER_AGAIN) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_customer_id"))
        batch_op.create_index(
            "ix_visit_person", ["customer_id", "shop_id", "visited_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_visit_tally_id"), ["tally_id"], unique=False)
        batch_op.create_unique_constraint(batch_op.f("uq_visit_code"), ["code"])
        batch_op.create_unique_constraint(batch_op.f("uq_visit_shop_id_key"), ["shop_id", "key"])
        batch_op.create_check_constraint(batch_op.f("ck_visit_not_negative"), "stamps >= 0")
        batch_op.create_foreign_key(batch_op.f("fk_visit_tally_id"), "tally", ["tally_id"], ["id"])


def _widen(table, columns):
    """Adds columns that may not be empty: first empty, then filled for what is there."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column, _ in columns:
            batch_op.add_column(sa.Column(column.name, column.type, nullable=True))
    filled = ", ".join(f"{column.name} = {value}" for column, value in columns if value)
    op.execute(f"UPDATE {table} SET {filled}")  # noqa: S608 - all of it stands above
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column, value in columns:
            if value:
                batch_op.alter_column(column.name, existing_type=column.type, nullable=False)
