"""rooms of a notice."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_groups",
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner_userid", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_again", sa.Boolean(), nullable=False),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_groups")),
        sa.UniqueConstraint("chat_id", name=op.f("uq_customer_groups_chat_id")),
    )
    op.create_table(
        "group_days",
        sa.Column("chat_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "day", name=op.f("pk_group_days")),
    )
    op.create_table(
        "saved_audiences",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "audience",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_audiences")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_saved_audiences_community_id_name")),
    )
    op.create_table(
        "season_calls",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("signed", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("is_call", sa.Boolean(), nullable=False),
        sa.Column(
            "audience",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season_calls")),
        sa.UniqueConstraint("community_id", "title", name=op.f("uq_season_calls_community_id_title")),
    )
    op.create_table(
        "content_checks",
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("trace_id", sa.String(), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("label", sa.Integer(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_content_checks_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_checks")),
        sa.UniqueConstraint("trace_id", name=op.f("uq_content_checks_trace_id")),
    )
    with op.batch_alter_table("content_checks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_content_checks_notice_id"), ["notice_id"], unique=False)
        batch_op.create_index(
            "ix_content_checks_open",
            ["not_before"],
            unique=False,
            sqlite_where=sa.text("verdict IS NULL"),
            postgresql_where=sa.text("verdict IS NULL"),
        )

    op.create_table(
        "notice_fee_sums",
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("homes", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["building_id"], ["buildings.id"], name=op.f("fk_notice_fee_sums_building_id")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_fee_sums_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_fee_sums")),
        sa.UniqueConstraint(
            "notice_id", "building_id", name=op.f("uq_notice_fee_sums_notice_id_building_id")
        ),
    )
    with op.batch_alter_table("notice_fee_sums", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_fee_sums_building_id"), ["building_id"], unique=False)

    op.create_table(
        "join_ways",
        sa.Column("group_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("config_id", sa.String(), nullable=True),
        sa.Column("picture", sa.LargeBinary(), nullable=True),
        sa.Column("trouble", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["building_groups.id"], name=op.f("fk_join_ways_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_ways")),
        sa.UniqueConstraint("group_id", name=op.f("uq_join_ways_group_id")),
        sa.UniqueConstraint("state", name=op.f("uq_join_ways_state")),
    )
    op.create_table(
        "notice_fee_lines",
        sa.Column("notice_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_fen", sa.Integer(), nullable=False),
        sa.Column("paid_fen", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_notice_fee_lines_household_id")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name=op.f("fk_notice_fee_lines_notice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_fee_lines")),
        sa.UniqueConstraint(
            "notice_id", "household_id", name=op.f("uq_notice_fee_lines_notice_id_household_id")
        ),
    )
    with op.batch_alter_table("notice_fee_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_fee_lines_household_id"), ["household_id"], unique=False)

    with op.batch_alter_table("buildings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "tags",
                sa.JSON(none_as_null=True).with_variant(
                    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
                ),
                server_default="[]",
                nullable=False,
            )
        )

    with op.batch_alter_table("estates", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "tags",
                sa.JSON(none_as_null=True).with_variant(
                    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
                ),
                server_default="[]",
                nullable=False,
            )
        )

    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("not_after", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("said_in", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("carried_by", sa.Integer(), nullable=True))
        batch_op.create_index(
            "ix_letters_said_in",
            ["said_in"],
            unique=False,
            sqlite_where=sa.text("said_in IS NOT NULL"),
            postgresql_where=sa.text("said_in IS NOT NULL"),
        )

    with op.batch_alter_table("media_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_media_items_file"), ["file"], unique=False)

    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_about_fees", sa.Boolean(), server_default=sa.text("(false)"), nullable=False)
        )
        batch_op.add_column(sa.Column("warns_of_case", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("season_call_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("checking_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("checked", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("visits_due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_notices_checking",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'checking'"),
            postgresql_where=sa.text("state = 'checking'"),
        )
        batch_op.create_index(batch_op.f("ix_notices_warns_of_case"), ["warns_of_case"], unique=False)

    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "teams",
                sa.JSON(none_as_null=True).with_variant(
                    postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
                ),
                server_default="[]",
                nullable=False,
            )
        )
