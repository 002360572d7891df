"""the chain and the clock."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER sealed_periods_stay_update BEFORE UPDATE ON sealed_periods
BEGIN SELECT RAISE(ABORT, 'sealed_periods are appended, never edited'); END""",
    """CREATE TRIGGER sealed_periods_stay_delete BEFORE DELETE ON sealed_periods
BEGIN SELECT RAISE(ABORT, 'sealed_periods are appended, never removed'); END""",
    """CREATE TRIGGER star_quarters_stay_update BEFORE UPDATE ON star_quarters
BEGIN SELECT RAISE(ABORT, 'star_quarters are appended, never edited'); END""",
    """CREATE TRIGGER star_quarters_stay_delete BEFORE DELETE ON star_quarters
BEGIN SELECT RAISE(ABORT, 'star_quarters are appended, never removed'); END""",
    """CREATE TRIGGER scoreboards_stay_update BEFORE UPDATE ON scoreboards
BEGIN SELECT RAISE(ABORT, 'scoreboards are appended, never edited'); END""",
    """CREATE TRIGGER scoreboards_stay_delete BEFORE DELETE ON scoreboards
BEGIN SELECT RAISE(ABORT, 'scoreboards are appended, never removed'); END""",
    """CREATE TRIGGER estate_records_stay_update BEFORE UPDATE ON estate_records
BEGIN SELECT RAISE(ABORT, 'estate_records are appended, never edited'); END""",
    """CREATE TRIGGER estate_records_stay_delete BEFORE DELETE ON estate_records
BEGIN SELECT RAISE(ABORT, 'estate_records are appended, never removed'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION sealed_periods_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'sealed_periods are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
    """CREATE TRIGGER sealed_periods_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON sealed_periods
FOR EACH STATEMENT EXECUTE FUNCTION sealed_periods_stay()""",
    """CREATE FUNCTION star_quarters_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'star_quarters are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
    """CREATE TRIGGER star_quarters_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON star_quarters
FOR EACH STATEMENT EXECUTE FUNCTION star_quarters_stay()""",
    """CREATE FUNCTION scoreboards_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'scoreboards are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
    """CREATE TRIGGER scoreboards_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON scoreboards
FOR EACH STATEMENT EXECUTE FUNCTION scoreboards_stay()""",
    """CREATE FUNCTION estate_records_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'estate_records are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
    """CREATE TRIGGER estate_records_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON estate_records
FOR EACH STATEMENT EXECUTE FUNCTION estate_records_stay()""",
)


def upgrade() -> None:
    op.create_table(
        "indicator_removals",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed_by", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_removals")),
    )
    with op.batch_alter_table("indicator_removals", schema=None) as batch_op:
        batch_op.create_index("ix_indicator_removals_case", ["case_id"], unique=False)

    op.create_table(
        "sealed_periods",
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("formulas", sa.String(), nullable=False),
        sa.Column(
            "figures",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("cases", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_periods")),
        sa.UniqueConstraint("community_id", "period", name=op.f("uq_sealed_periods_community_id_period")),
    )
    with op.batch_alter_table("sealed_periods", schema=None) as batch_op:
        batch_op.create_index(
            "uq_sealed_periods_town",
            ["period"],
            unique=True,
            sqlite_where=sa.text("community_id IS NULL"),
            postgresql_where=sa.text("community_id IS NULL"),
        )

    op.create_table(
        "indicator_kept",
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("formulas", sa.String(), nullable=False),
        sa.Column(
            "figures",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("cases", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_kept")),
        sa.UniqueConstraint("scope", "period", name=op.f("uq_indicator_kept_scope_period")),
    )
    op.create_table(
        "indicator_settings",
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "value",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_settings")),
    )
    with op.batch_alter_table("indicator_settings", schema=None) as batch_op:
        batch_op.create_index("ix_indicator_settings_community", ["community_id", "since"], unique=False)

    op.create_table(
        "star_votes",
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("voter_hash", sa.String(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("steward_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_star_votes")),
        sa.UniqueConstraint("quarter", "voter_hash", name=op.f("uq_star_votes_quarter_voter_hash")),
    )
    op.create_table(
        "work_years",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "off",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "worked",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_years")),
        sa.UniqueConstraint("year", name=op.f("uq_work_years_year")),
    )
    op.create_table(
        "absences",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_absences_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    with op.batch_alter_table("absences", schema=None) as batch_op:
        batch_op.create_index("ix_absences_person", ["person_id", "until"], unique=False)

    op.create_table(
        "limit_rules",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("urgency", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_limit_rules_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_limit_rules")),
    )
    with op.batch_alter_table("limit_rules", schema=None) as batch_op:
        batch_op.create_index("ix_limit_rules_stage", ["stage", "since"], unique=False)

    op.create_table(
        "management_targets",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("per_10000", sa.Integer(), nullable=False),
        sa.Column("by_date", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_management_targets_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_management_targets")),
        sa.UniqueConstraint(
            "community_id", "by_date", name=op.f("uq_management_targets_community_id_by_date")
        ),
    )
    op.create_table(
        "mediations",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parties_sealed", sa.String(), nullable=False),
        sa.Column("matter_sealed", sa.String(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("mediator_id", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreement_sealed", sa.String(), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("check_on", sa.Date(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("was_kept", sa.Boolean(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_mediations_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediations")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mediations_public_id")),
    )
    with op.batch_alter_table("mediations", schema=None) as batch_op:
        batch_op.create_index("ix_mediations_community", ["community_id", "ended_at"], unique=False)
        batch_op.create_index("ix_mediations_mediator", ["mediator_id", "ended_at"], unique=False)

    op.create_table(
        "office_hours",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column(
            "spans",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_office_hours_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_hours")),
        sa.UniqueConstraint("community_id", "since", name=op.f("uq_office_hours_community_id_since")),
    )
    op.create_table(
        "recuts",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "plan",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_recuts_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recuts")),
    )
    with op.batch_alter_table("recuts", schema=None) as batch_op:
        batch_op.create_index("ix_recuts_waiting", ["applied_at", "starts_at"], unique=False)

    op.create_table(
        "rungs",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_rungs_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rungs")),
        sa.UniqueConstraint(
            "community_id", "number", "since", name=op.f("uq_rungs_community_id_number_since")
        ),
    )
    op.create_table(
        "samples",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_samples_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_samples")),
        sa.UniqueConstraint("case_id", "round", name=op.f("uq_samples_case_id_round")),
    )
    with op.batch_alter_table("samples", schema=None) as batch_op:
        batch_op.create_index("ix_samples_supervisor", ["supervisor_id", "settled_at"], unique=False)

    op.create_table(
        "scoreboards",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("formulas", sa.String(), nullable=False),
        sa.Column(
            "lines",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_scoreboards_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoreboards")),
        sa.UniqueConstraint("community_id", "shown_on", name=op.f("uq_scoreboards_community_id_shown_on")),
    )
    with op.batch_alter_table("scoreboards", schema=None) as batch_op:
        batch_op.create_index(
            "uq_scoreboards_town",
            ["shown_on"],
            unique=True,
            sqlite_where=sa.text("community_id IS NULL"),
            postgresql_where=sa.text("community_id IS NULL"),
        )

    op.create_table(
        "shifts",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_shifts_community_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_shifts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index("ix_shifts_community", ["community_id", "starts_at"], unique=False)
        batch_op.create_index("ix_shifts_person", ["person_id", "starts_at"], unique=False)

    op.create_table(
        "star_quarters",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("formulas", sa.String(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column(
            "ranking",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column(
            "excluded",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_star_quarters_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_star_quarters")),
        sa.UniqueConstraint("community_id", "quarter", name=op.f("uq_star_quarters_community_id_quarter")),
    )
    with op.batch_alter_table("star_quarters", schema=None) as batch_op:
        batch_op.create_index(
            "uq_star_quarters_town",
            ["quarter"],
            unique=True,
            sqlite_where=sa.text("community_id IS NULL"),
            postgresql_where=sa.text("community_id IS NULL"),
        )

    op.create_table(
        "warning_rules",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("higher_is_better", sa.Boolean(), nullable=False),
        sa.Column("amber_per_10000", sa.Integer(), nullable=False),
        sa.Column("red_per_10000", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_warning_rules_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_rules")),
    )
    with op.batch_alter_table("warning_rules", schema=None) as batch_op:
        batch_op.create_index("ix_warning_rules_code", ["community_id", "code", "since"], unique=False)

    op.create_table(
        "whistles",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("blown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrive_due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("was_justified", sa.Boolean(), nullable=True),
        sa.Column("justified_note", sa.String(), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_whistles_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whistles")),
    )
    with op.batch_alter_table("whistles", schema=None) as batch_op:
        batch_op.create_index("ix_whistles_case", ["case_id"], unique=False)
        batch_op.create_index("ix_whistles_community", ["community_id", "ended_at"], unique=False)
        batch_op.create_index(
            "ix_whistles_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )

    op.create_table(
        "estate_records",
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column(
            "page",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_estate_records_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estate_records")),
        sa.UniqueConstraint("estate_id", "quarter", name=op.f("uq_estate_records_estate_id_quarter")),
    )
    op.create_table(
        "goals",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("higher_is_better", sa.Boolean(), nullable=False),
        sa.Column("target_per_10000", sa.Integer(), nullable=True),
        sa.Column("target_count", sa.Integer(), nullable=True),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_goals_community_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_goals_grid_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_goals_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goals")),
    )
    with op.batch_alter_table("goals", schema=None) as batch_op:
        batch_op.create_index("ix_goals_community", ["community_id", "period"], unique=False)

    op.create_table(
        "mediation_meetings",
        sa.Column("mediation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note_sealed", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["mediation_id"], ["mediations.id"], name=op.f("fk_mediation_meetings_mediation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_meetings")),
        sa.UniqueConstraint("mediation_id", "number", name=op.f("uq_mediation_meetings_mediation_id_number")),
    )
    op.create_table(
        "micro_grids",
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_micro_grids_grid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_micro_grids")),
        sa.UniqueConstraint("grid_id", "name", name=op.f("uq_micro_grids_grid_id_name")),
    )
    op.create_table(
        "referrals",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_receiver_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dispute_due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disputed_by", sa.Integer(), nullable=True),
        sa.Column("dispute_reason", sa.String(), nullable=True),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ruled_by", sa.Integer(), nullable=True),
        sa.Column("ruling", sa.String(), nullable=True),
        sa.Column("ruling_reason", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_referrals_case_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_referrals_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index("ix_referrals_case", ["case_id"], unique=False)
        batch_op.create_index("ix_referrals_department", ["department_id", "ended_at"], unique=False)

    op.create_table(
        "shift_swaps",
        sa.Column("shift_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("for_shift_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("fk_shift_swaps_shift_id")),
        sa.ForeignKeyConstraint(["to_id"], ["people.id"], name=op.f("fk_shift_swaps_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_swaps")),
    )
    with op.batch_alter_table("shift_swaps", schema=None) as batch_op:
        batch_op.create_index("ix_shift_swaps_shift", ["shift_id", "ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shift_swaps_to_id"), ["to_id"], unique=False)

    op.create_table(
        "site_meetings",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("whistle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column(
            "who",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_site_meetings_case_id")),
        sa.ForeignKeyConstraint(["whistle_id"], ["whistles.id"], name=op.f("fk_site_meetings_whistle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_meetings")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_site_meetings_case_id_number")),
    )
    op.create_table(
        "warnings",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column(
            "rule",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("numerator", sa.Integer(), nullable=False),
        sa.Column("denominator", sa.Integer(), nullable=False),
        sa.Column(
            "cases",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("formulas", sa.String(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("final_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stands", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_warnings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warnings")),
        sa.UniqueConstraint("person_id", "code", "period", name=op.f("uq_warnings_person_id_code_period")),
    )
    with op.batch_alter_table("warnings", schema=None) as batch_op:
        batch_op.create_index("ix_warnings_community", ["community_id", "period"], unique=False)
        batch_op.create_index(
            "ix_warnings_open",
            ["appeal_until"],
            unique=False,
            sqlite_where=sa.text("final_at IS NULL"),
            postgresql_where=sa.text("final_at IS NULL"),
        )

    op.create_table(
        "whistle_departments",
        sa.Column("whistle_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("department_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("comes", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_by", sa.Integer(), nullable=True),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["departments.id"], name=op.f("fk_whistle_departments_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["whistle_id"], ["whistles.id"], name=op.f("fk_whistle_departments_whistle_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whistle_departments")),
        sa.UniqueConstraint(
            "whistle_id", "department_id", name=op.f("uq_whistle_departments_whistle_id_department_id")
        ),
    )
    with op.batch_alter_table("whistle_departments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_whistle_departments_department_id"), ["department_id"], unique=False
        )

    op.create_table(
        "appeals",
        sa.Column("warning_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ruling", sa.String(), nullable=True),
        sa.Column("ruling_rule", sa.String(), nullable=True),
        sa.Column(
            "taken_out",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("ruling_reason", sa.String(), nullable=True),
        sa.Column("ruled_by", sa.Integer(), nullable=True),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["warning_id"], ["warnings.id"], name=op.f("fk_appeals_warning_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("warning_id", name=op.f("uq_appeals_warning_id")),
    )
    op.create_table(
        "building_managements",
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["building_id"], ["buildings.id"], name=op.f("fk_building_managements_building_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_building_managements")),
        sa.UniqueConstraint("building_id", "since", name=op.f("uq_building_managements_building_id_since")),
    )
    op.create_table(
        "grid_terms",
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["buildings.id"], name=op.f("fk_grid_terms_building_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_grid_terms_grid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_terms")),
    )
    with op.batch_alter_table("grid_terms", schema=None) as batch_op:
        batch_op.create_index("ix_grid_terms_building", ["building_id", "since"], unique=False)
        batch_op.create_index(batch_op.f("ix_grid_terms_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(
            "uq_grid_terms_running",
            ["building_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    op.create_table(
        "hand_overs",
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_person_id", sa.Integer(), nullable=True),
        sa.Column("from_unit", sa.String(), nullable=True),
        sa.Column("to_person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_unit", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["buildings.id"], name=op.f("fk_hand_overs_building_id")),
        sa.ForeignKeyConstraint(["to_person_id"], ["people.id"], name=op.f("fk_hand_overs_to_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    with op.batch_alter_table("hand_overs", schema=None) as batch_op:
        batch_op.create_index("ix_hand_overs_building", ["building_id", "ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_hand_overs_to_person_id"), ["to_person_id"], unique=False)

    op.create_table(
        "keeper_visits",
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["buildings.id"], name=op.f("fk_keeper_visits_building_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_keeper_visits_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeper_visits")),
    )
    with op.batch_alter_table("keeper_visits", schema=None) as batch_op:
        batch_op.create_index("ix_keeper_visits_building", ["building_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_keeper_visits_person_id"), ["person_id"], unique=False)

    op.create_table(
        "micro_grid_people",
        sa.Column("micro_grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["micro_grid_id"], ["micro_grids.id"], name=op.f("fk_micro_grid_people_micro_grid_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_micro_grid_people_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_micro_grid_people")),
    )
    with op.batch_alter_table("micro_grid_people", schema=None) as batch_op:
        batch_op.create_index("ix_micro_grid_people_grid", ["micro_grid_id", "until"], unique=False)
        batch_op.create_index(batch_op.f("ix_micro_grid_people_person_id"), ["person_id"], unique=False)

    op.create_table(
        "problems",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("building_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("yearly_work", sa.String(), nullable=True),
        sa.Column("yearly_on", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("put_right_by", sa.Integer(), nullable=True),
        sa.Column("put_right_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["building_id"], ["buildings.id"], name=op.f("fk_problems_building_id")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_problems_community_id")),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_problems_estate_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problems")),
    )
    with op.batch_alter_table("problems", schema=None) as batch_op:
        batch_op.create_index("ix_problems_community", ["community_id", "state"], unique=False)

    op.create_table(
        "micro_grid_homes",
        sa.Column("micro_grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_micro_grid_homes_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["micro_grid_id"], ["micro_grids.id"], name=op.f("fk_micro_grid_homes_micro_grid_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_micro_grid_homes")),
    )
    with op.batch_alter_table("micro_grid_homes", schema=None) as batch_op:
        batch_op.create_index("ix_micro_grid_homes_grid", ["micro_grid_id", "until"], unique=False)
        batch_op.create_index("ix_micro_grid_homes_household", ["household_id", "until"], unique=False)

    op.create_table(
        "problem_cases",
        sa.Column("problem_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_problem_cases_case_id")),
        sa.ForeignKeyConstraint(["problem_id"], ["problems.id"], name=op.f("fk_problem_cases_problem_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem_cases")),
    )
    with op.batch_alter_table("problem_cases", schema=None) as batch_op:
        batch_op.create_index("ix_problem_cases_case", ["case_id", "until"], unique=False)
        batch_op.create_index("ix_problem_cases_problem", ["problem_id"], unique=False)

    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rung", sa.Integer(), server_default="0", nullable=False))

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claim", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("solved_level", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("due_stage", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("finish_due", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("rung", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("pause", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("proposal", sa.String(), nullable=True))
        batch_op.create_index(
            "ix_cases_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("due_at IS NOT NULL"),
            postgresql_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_cases_proposal",
            ["community_id"],
            unique=False,
            sqlite_where=sa.text("proposal IS NOT NULL"),
            postgresql_where=sa.text("proposal IS NOT NULL"),
        )

    with op.batch_alter_table("rung_holders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deputy_id", sa.Integer(), nullable=True))

    with op.batch_alter_table("steps", schema=None) as batch_op:
        batch_op.create_index("ix_steps_at", ["about_kind", "at"], unique=False)
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("ix_cases_closed", ["closed_at"], unique=False)
        batch_op.create_index("ix_cases_community_closed", ["community_id", "closed_at"], unique=False)
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.create_index("ix_ratings_at", ["at"], unique=False)
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    _begin_the_history_of_buildings()


def _begin_the_history_of_buildings() -> None:
    """What they belong to now is known since now, and who has no post any more: nobody kept what was
    before."""
    on_sqlite = op.get_context().dialect.name == "sqlite"
    at = datetime.now(UTC)
    values = {"at": at.replace(tzinfo=None) if on_sqlite else at, "day": (at + timedelta(hours=8)).date()}
    moment = sa.bindparam("at", values["at"], sa.DateTime(timezone=True))
    day = sa.bindparam("day", values["day"], sa.Date())
    terms = "INSERT INTO grid_terms (building_id, grid_id, since) SELECT id, grid_id, :at FROM buildings"
    op.get_bind().execute(sa.text(terms).bindparams(moment))
    managed = (
        "INSERT INTO building_managements (building_id, model, since, at) "
        "SELECT buildings.id, estates.management, :day, :at FROM buildings "
        "JOIN estates ON estates.id = buildings.estate_id WHERE estates.management IS NOT NULL"
    )
    op.get_bind().execute(sa.text(managed).bindparams(moment, day))
    left = "INSERT INTO absences (person_id, since, reason, at) SELECT person_id, :at, 'inactive', :at "
    op.get_bind().execute(sa.text(left + "FROM staff WHERE NOT active").bindparams(moment))
