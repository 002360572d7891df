"""open books and payments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER sealed_months_stay_update BEFORE UPDATE ON sealed_months
BEGIN SELECT RAISE(ABORT, 'sealed_months are appended, never edited'); END""",
    """CREATE TRIGGER sealed_months_stay_delete BEFORE DELETE ON sealed_months
BEGIN SELECT RAISE(ABORT, 'sealed_months are appended, never removed'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION sealed_months_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'sealed_months are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
    """CREATE TRIGGER sealed_months_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed_months
FOR EACH STATEMENT EXECUTE FUNCTION sealed_months_stay()""",
)


def upgrade() -> None:
    op.create_table(
        "pay_certificates",
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("pem", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_pay_certificates")),
    )
    op.create_table(
        "pay_compared",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sha1", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_compared")),
        sa.UniqueConstraint("kind", "day", name=op.f("uq_pay_compared_kind_day")),
    )
    op.create_table(
        "pay_differences",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=True),
        sa.Column("ours_fen", sa.BigInteger(), nullable=True),
        sa.Column("theirs_fen", sa.BigInteger(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_differences")),
        sa.UniqueConstraint(
            "kind", "day", "what", "number", name=op.f("uq_pay_differences_kind_day_what_number")
        ),
    )
    with op.batch_alter_table("pay_differences", schema=None) as batch_op:
        batch_op.create_index(
            "ix_pay_differences_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )

    op.create_table(
        "pay_pushes",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_pushes")),
        sa.UniqueConstraint("key", name=op.f("uq_pay_pushes_key")),
    )
    op.create_table(
        "sealed_months",
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column(
            "closing",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_months")),
        sa.UniqueConstraint("estate_id", "month", name=op.f("uq_sealed_months_estate_id_month")),
    )
    op.create_table(
        "fee_offers",
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("charging", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("months_paid", sa.Integer(), nullable=False),
        sa.Column("months_term", sa.Integer(), nullable=False),
        sa.Column("open_from", sa.Date(), nullable=False),
        sa.Column("open_until", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("gift", sa.String(), nullable=True),
        sa.Column("gift_stock", sa.Integer(), nullable=False),
        sa.Column("gift_fen", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("agreed_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_fee_offers_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_offers")),
    )
    with op.batch_alter_table("fee_offers", schema=None) as batch_op:
        batch_op.create_index("ix_fee_offers_estate", ["estate_id"], unique=False)

    op.create_table(
        "incomes",
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("paid_to", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("voucher", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_incomes_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incomes")),
    )
    with op.batch_alter_table("incomes", schema=None) as batch_op:
        batch_op.create_index("ix_incomes_estate", ["estate_id", "day"], unique=False)

    op.create_table(
        "management_exits",
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("firm", sa.String(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("leaves_on", sa.Date(), nullable=False),
        sa.Column(
            "handed_over",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("emergency_since", sa.Date(), nullable=True),
        sa.Column("followed_on", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_management_exits_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_exits")),
    )
    with op.batch_alter_table("management_exits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_management_exits_estate_id"), ["estate_id"], unique=False)

    op.create_table(
        "outlays",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("fund", sa.String(), nullable=False),
        sa.Column("spent_for", sa.String(), nullable=False),
        sa.Column("paid_from", sa.String(), nullable=False),
        sa.Column("payee_kind", sa.String(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("brand", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_price_fen", sa.Integer(), nullable=True),
        sa.Column("voucher", sa.String(), nullable=True),
        sa.Column("voucher_public", sa.String(), nullable=True),
        sa.Column("cleared_by", sa.Integer(), nullable=True),
        sa.Column("spender_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column(
            "conflicts",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_outlays_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlays")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outlays_public_id")),
    )
    with op.batch_alter_table("outlays", schema=None) as batch_op:
        batch_op.create_index("ix_outlays_estate", ["estate_id", "day"], unique=False)

    op.create_table(
        "publications",
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("bank_fen", sa.BigInteger(), nullable=True),
        sa.Column(
            "statement",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_publications_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("estate_id", "month", name=op.f("uq_publications_estate_id_month")),
    )
    op.create_table(
        "service_proofs",
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("building_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("picture", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_service_proofs_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_proofs")),
        sa.UniqueConstraint(
            "estate_id",
            "building_id",
            "month",
            "line",
            name=op.f("uq_service_proofs_estate_id_building_id_month_line"),
        ),
    )
    op.create_table(
        "service_standards",
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column(
            "lines",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_service_standards_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_standards")),
        sa.UniqueConstraint("estate_id", "since", name=op.f("uq_service_standards_estate_id_since")),
    )
    op.create_table(
        "services",
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("service_class", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_services_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("estate_id", "name", name=op.f("uq_services_estate_id_name")),
    )
    op.create_table(
        "outlay_questions",
        sa.Column("outlay_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["outlay_id"], ["outlays.id"], name=op.f("fk_outlay_questions_outlay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlay_questions")),
        sa.UniqueConstraint("case_id", name=op.f("uq_outlay_questions_case_id")),
    )
    with op.batch_alter_table("outlay_questions", schema=None) as batch_op:
        batch_op.create_index("ix_outlay_questions_outlay", ["outlay_id"], unique=False)

    op.create_table(
        "standard_ratings",
        sa.Column("standard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["standard_id"], ["service_standards.id"], name=op.f("fk_standard_ratings_standard_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standard_ratings")),
        sa.UniqueConstraint(
            "standard_id",
            "line",
            "household_id",
            name=op.f("uq_standard_ratings_standard_id_line_household_id"),
        ),
    )
    op.create_table(
        "contracts",
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("charging", sa.String(), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column(
            "rules",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("agreed_by", sa.Integer(), nullable=True),
        sa.Column("agreed_how", sa.String(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_contracts_household_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["fee_offers.id"], name=op.f("fk_contracts_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contracts")),
    )
    with op.batch_alter_table("contracts", schema=None) as batch_op:
        batch_op.create_index("ix_contracts_household", ["household_id", "since"], unique=False)
        batch_op.create_index(
            "uq_contracts_trial",
            ["household_id"],
            unique=True,
            sqlite_where=sa.text("charging = 'trial'"),
            postgresql_where=sa.text("charging = 'trial'"),
        )

    op.create_table(
        "fee_visits",
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_fee_visits_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_visits")),
        sa.UniqueConstraint("household_id", "asked_on", name=op.f("uq_fee_visits_household_id_asked_on")),
    )
    with op.batch_alter_table("fee_visits", schema=None) as batch_op:
        batch_op.create_index("ix_fee_visits_to", ["to_id"], unique=False)
        batch_op.create_index(
            "ix_fee_visits_untold",
            ["to_id", "id"],
            unique=False,
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )

    op.create_table(
        "pay_orders",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("openid", sa.String(), nullable=False),
        sa.Column("app_id", sa.String(), nullable=False),
        sa.Column("mch_id", sa.String(), nullable=False),
        sa.Column("fen", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("prepay_id", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.String(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_fen", sa.Integer(), nullable=True),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trade_file", sa.Date(), nullable=True),
        sa.Column("fund_file", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_pay_orders_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_pay_orders_number")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_pay_orders_transaction_id")),
    )
    with op.batch_alter_table("pay_orders", schema=None) as batch_op:
        batch_op.create_index("ix_pay_orders_day", ["paid_at"], unique=False)
        batch_op.create_index("ix_pay_orders_household", ["household_id", "id"], unique=False)
        batch_op.create_index(
            "ix_pay_orders_to_ask",
            ["ask_at"],
            unique=False,
            sqlite_where=sa.text("ask_at IS NOT NULL"),
            postgresql_where=sa.text("ask_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_pay_orders_troubled",
            ["id"],
            unique=False,
            sqlite_where=sa.text("trouble IS NOT NULL AND settled_at IS NULL"),
            postgresql_where=sa.text("trouble IS NOT NULL AND settled_at IS NULL"),
        )

    op.create_table(
        "reliefs",
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("proof", sa.String(), nullable=True),
        sa.Column("part_over", sa.Integer(), nullable=False),
        sa.Column("part_under", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["households.id"], name=op.f("fk_reliefs_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reliefs")),
    )
    with op.batch_alter_table("reliefs", schema=None) as batch_op:
        batch_op.create_index("ix_reliefs_household", ["household_id"], unique=False)

    op.create_table(
        "service_orders",
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_service_orders_household_id")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["services.id"], name=op.f("fk_service_orders_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_orders")),
    )
    with op.batch_alter_table("service_orders", schema=None) as batch_op:
        batch_op.create_index("ix_service_orders_household", ["household_id"], unique=False)

    op.create_table(
        "fee_reminders",
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bills.id"], name=op.f("fk_fee_reminders_bill_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_reminders")),
        sa.UniqueConstraint("bill_id", "step", name=op.f("uq_fee_reminders_bill_id_step")),
    )
    op.create_table(
        "gifts",
        sa.Column("contract_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_by", sa.Integer(), nullable=True),
        sa.Column("signature", sa.String(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name=op.f("fk_gifts_contract_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["fee_offers.id"], name=op.f("fk_gifts_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gifts")),
        sa.UniqueConstraint("contract_id", name=op.f("uq_gifts_contract_id")),
    )
    with op.batch_alter_table("gifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gifts_offer_id"), ["offer_id"], unique=False)

    op.create_table(
        "pay_order_parts",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bill_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fen", sa.Integer(), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["bill_id"], ["bills.id"], name=op.f("fk_pay_order_parts_bill_id")),
        sa.ForeignKeyConstraint(["order_id"], ["pay_orders.id"], name=op.f("fk_pay_order_parts_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_order_parts")),
        sa.UniqueConstraint("order_id", "bill_id", name=op.f("uq_pay_order_parts_order_id_bill_id")),
    )
    with op.batch_alter_table("pay_order_parts", schema=None) as batch_op:
        batch_op.create_index("ix_pay_order_parts_bill", ["bill_id"], unique=False)

    op.create_table(
        "pay_refunds",
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("fen", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ask_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("trade_file", sa.Date(), nullable=True),
        sa.Column("fund_file", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["pay_orders.id"], name=op.f("fk_pay_refunds_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pay_refunds")),
        sa.UniqueConstraint("number", name=op.f("uq_pay_refunds_number")),
    )
    with op.batch_alter_table("pay_refunds", schema=None) as batch_op:
        batch_op.create_index("ix_pay_refunds_order", ["order_id"], unique=False)
        batch_op.create_index(
            "ix_pay_refunds_unreturned",
            ["ask_at"],
            unique=False,
            sqlite_where=sa.text("state IN ('wanted', 'sent')"),
            postgresql_where=sa.text("state IN ('wanted', 'sent')"),
        )

    with op.batch_alter_table("bill_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("service_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("quantity", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("detail", sa.String(), nullable=True))

    with op.batch_alter_table("bill_runs", schema=None) as batch_op:
        batch_op.alter_column(
            "fen", existing_type=sa.INTEGER(), type_=sa.BigInteger(), existing_nullable=False
        )

    with op.batch_alter_table("bills", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contract_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("service_id", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_bills_household_id_period"), type_="unique")
        batch_op.create_index(
            "uq_bills_household",
            ["household_id", "period", "service_id"],
            unique=True,
            sqlite_where=sa.text("state != 'void'"),
            postgresql_where=sa.text("state != 'void'"),
        )
        batch_op.add_column(sa.Column("case_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_bills_household", ["household_id", "due_on"], unique=False)
        for name, column, where in (
            ("ix_bills_open", "household_id", "state = 'open'"),
            ("ix_bills_disputed", "case_id", "case_id IS NOT NULL"),
        ):
            batch_op.create_index(
                name, [column], unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
            )

    with op.batch_alter_table("ledger_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("detail", sa.String(), nullable=True))

    with op.batch_alter_table("notices", schema=None) as batch_op:
        for name, column, where in (
            ("ix_notices_past", "valid_until", "state IN ('held', 'checking')"),
            ("ix_notices_told", "told_at", "state = 'told'"),
            ("ix_notices_visits", "visits_due_at", "visits_due_at IS NOT NULL"),
        ):
            batch_op.create_index(
                name, [column], unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
            )

    with op.batch_alter_table("tariffs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("service_id", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_tariffs_estate_id_building_id_since"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_tariffs_estate_id_building_id_service_id_since"),
            ["estate_id", "building_id", "service_id", "since"],
        )
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
