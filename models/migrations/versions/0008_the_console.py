"""the console."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER audit_links_stay_update BEFORE UPDATE ON audit_links
BEGIN SELECT RAISE(ABORT, 'audit_links are appended, never edited'); END""",
    """CREATE TRIGGER audit_links_stay_delete BEFORE DELETE ON audit_links
BEGIN SELECT RAISE(ABORT, 'audit_links are appended, never removed'); END""",
    """CREATE TRIGGER audit_forgotten_stay_update BEFORE UPDATE ON audit_forgotten
BEGIN SELECT RAISE(ABORT, 'audit_forgotten are appended, never edited'); END""",
    """CREATE TRIGGER audit_forgotten_stay_delete BEFORE DELETE ON audit_forgotten
BEGIN SELECT RAISE(ABORT, 'audit_forgotten are appended, never removed'); END""",
    """CREATE TRIGGER audit_acts_stay_update BEFORE UPDATE ON audit_acts
BEGIN SELECT RAISE(ABORT, 'audit_acts are appended, never edited'); END""",
    """CREATE TRIGGER audit_acts_stay_delete BEFORE DELETE ON audit_acts
WHEN OLD.id > (SELECT COALESCE(MAX(up_to_id), 0) FROM audit_forgotten)
BEGIN SELECT RAISE(ABORT, 'audit_acts are appended, never removed'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION audit_links_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit_links are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
    """CREATE TRIGGER audit_links_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_links
FOR EACH STATEMENT EXECUTE FUNCTION audit_links_stay()""",
    """CREATE FUNCTION audit_forgotten_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit_forgotten are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
    """CREATE TRIGGER audit_forgotten_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_forgotten
FOR EACH STATEMENT EXECUTE FUNCTION audit_forgotten_stay()""",
    """CREATE FUNCTION audit_acts_stay() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit_acts are appended, never edited or removed' USING ERRCODE = '23001'; END $$""",
    """CREATE TRIGGER audit_acts_stay BEFORE UPDATE OR TRUNCATE ON audit_acts
FOR EACH STATEMENT EXECUTE FUNCTION audit_acts_stay()""",
    """CREATE FUNCTION audit_acts_past() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF OLD.id > (SELECT COALESCE(MAX(up_to_id), 0) FROM audit_forgotten) THEN
RAISE EXCEPTION 'audit_acts are appended, never removed' USING ERRCODE = '23001';
END IF;
RETURN OLD;
END $$""",
    """CREATE TRIGGER audit_acts_past BEFORE DELETE ON audit_acts
FOR EACH ROW EXECUTE FUNCTION audit_acts_past()""",
)


def upgrade() -> None:
    op.create_table(
        "audit_acts",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("by_kind", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("about_kind", sa.String(), nullable=False),
        sa.Column("about_id", sa.String(), nullable=False),
        sa.Column("whom_kind", sa.String(), nullable=True),
        sa.Column("whom_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.Column(
            "facts",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_acts")),
        sa.UniqueConstraint("key", name=op.f("uq_audit_acts_key")),
    )
    with op.batch_alter_table("audit_acts", schema=None) as batch_op:
        batch_op.create_index("ix_audit_acts_at", ["at"], unique=False)
        batch_op.create_index("ix_audit_acts_by", ["by_id", "act", "at"], unique=False)
        batch_op.create_index("ix_audit_acts_community", ["community_id", "at"], unique=False)
        batch_op.create_index("ix_audit_acts_whom", ["whom_kind", "whom_id", "at"], unique=False)

    op.create_table(
        "audit_forgotten",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("up_to_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_forgotten")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_forgotten_number")),
    )
    op.create_table(
        "audit_links",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column(
            "rows",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("number", name=op.f("uq_audit_links_number")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_links_previous")),
    )
    with op.batch_alter_table("audit_links", schema=None) as batch_op:
        batch_op.create_index("ix_audit_links_at", ["at"], unique=False)

    op.create_table(
        "bulks",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bulks_public_id")),
    )
    with op.batch_alter_table("bulks", schema=None) as batch_op:
        batch_op.create_index("ix_bulks_by", ["by_id", "id"], unique=False)
        batch_op.create_index(
            "ix_bulks_running",
            ["begun_at"],
            unique=False,
            sqlite_where=sa.text("begun_at IS NOT NULL AND ended_at IS NULL"),
            postgresql_where=sa.text("begun_at IS NOT NULL AND ended_at IS NULL"),
        )

    op.create_table(
        "case_words",
        sa.Column("block", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gram", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cases", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("block", "gram", name=op.f("pk_case_words")),
        postgresql_with={"fillfactor": "80"},
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_words_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("done_step", sa.BigInteger(), nullable=False),
        sa.Column("settled_step", sa.BigInteger(), nullable=False),
        sa.Column("seen_step", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_words_mark")),
    )
    op.create_table(
        "case_words_new",
        sa.Column(
            "case_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_words_new")),
    )
    with op.batch_alter_table("case_words_new", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_words_new_step_id"), ["step_id"], unique=False)

    op.create_table(
        "export_asks",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_asks")),
        sa.UniqueConstraint("public_id", name=op.f("uq_export_asks_public_id")),
    )
    with op.batch_alter_table("export_asks", schema=None) as batch_op:
        batch_op.create_index("ix_export_asks_by", ["by_id", "asked_at"], unique=False)
        batch_op.create_index("ix_export_asks_community", ["community_id", "asked_at"], unique=False)

    op.create_table(
        "login_guesses",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("free_ms", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_guesses")),
        sa.UniqueConstraint("key", name=op.f("uq_login_guesses_key")),
    )
    with op.batch_alter_table("login_guesses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_guesses_free_ms"), ["free_ms"], unique=False)

    op.create_table(
        "accounts",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("password_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "old_hashes",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("totp_sealed", sa.String(), nullable=True),
        sa.Column("totp_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("person_id", name=op.f("uq_accounts_person_id")),
    )
    op.create_table(
        "bulk_cases",
        sa.Column("bulk_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulks.id"], name=op.f("fk_bulk_cases_bulk_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_bulk_cases_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_cases")),
        sa.UniqueConstraint("bulk_id", "case_id", name=op.f("uq_bulk_cases_bulk_id_case_id")),
    )
    with op.batch_alter_table("bulk_cases", schema=None) as batch_op:
        batch_op.create_index("ix_bulk_cases_state", ["bulk_id", "state"], unique=False)

    op.create_table(
        "cluster_rules",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("buildings", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_cluster_rules_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_rules")),
    )
    with op.batch_alter_table("cluster_rules", schema=None) as batch_op:
        batch_op.create_index("ix_cluster_rules_place", ["community_id", "place", "since"], unique=False)

    op.create_table(
        "community_lists",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "categories",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_community_lists_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_lists")),
    )
    with op.batch_alter_table("community_lists", schema=None) as batch_op:
        batch_op.create_index("ix_community_lists_community", ["community_id", "since"], unique=False)

    op.create_table(
        "login_sessions",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=True),
        sa.Column("strong_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_login_sessions_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_sessions_token_hash")),
    )
    with op.batch_alter_table("login_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_login_sessions_person", ["person_id", "ended_at"], unique=False)

    op.create_table(
        "login_states",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("browser_hash", sa.String(), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("next", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_login_states_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_states")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_states_token_hash")),
    )
    with op.batch_alter_table("login_states", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_states_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_states_person_id"), ["person_id"], unique=False)

    op.create_table(
        "portraits",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_portraits_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portraits")),
    )
    with op.batch_alter_table("portraits", schema=None) as batch_op:
        batch_op.create_index("ix_portraits_person", ["person_id", "ended_at"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_person_id"), ["person_id"], unique=False)

    op.create_table(
        "town_imports",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("file_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column(
            "told",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("problems_sealed", sa.String(), nullable=True),
        sa.Column("problem_count", sa.Integer(), nullable=False),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_town_imports_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_town_imports")),
        sa.UniqueConstraint("public_id", name=op.f("uq_town_imports_public_id")),
    )
    with op.batch_alter_table("town_imports", schema=None) as batch_op:
        batch_op.create_index("ix_town_imports_by", ["by_id", "id"], unique=False)
        batch_op.create_index(
            "ix_town_imports_moving",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state IN ('waiting', 'wanted')"),
            postgresql_where=sa.text("state IN ('waiting', 'wanted')"),
        )

    op.create_table(
        "grants",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=True),
        sa.Column("street", sa.String(), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("estate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_grants_community_id")),
        sa.ForeignKeyConstraint(["estate_id"], ["estates.id"], name=op.f("fk_grants_estate_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"], name=op.f("fk_grants_grid_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_grants_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grants_person_id"), ["person_id"], unique=False)

    op.create_table(
        "micro_grid_members",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("micro_grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name_sealed", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.String(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["micro_grid_id"], ["micro_grids.id"], name=op.f("fk_micro_grid_members_micro_grid_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_micro_grid_members")),
        sa.UniqueConstraint("public_id", name=op.f("uq_micro_grid_members_public_id")),
    )
    with op.batch_alter_table("micro_grid_members", schema=None) as batch_op:
        batch_op.create_index("ix_micro_grid_members_grid", ["micro_grid_id", "until"], unique=False)

    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("ix_cases_category", ["category", "id"], unique=False)
        batch_op.create_index(
            "ix_cases_climbed",
            ["rung", "id"],
            unique=False,
            sqlite_where=sa.text("rung > 0"),
            postgresql_where=sa.text("rung > 0"),
        )
        batch_op.create_index(
            "ix_cases_entered",
            ["entered_by", "id"],
            unique=False,
            sqlite_where=sa.text("entered_by IS NOT NULL"),
            postgresql_where=sa.text("entered_by IS NOT NULL"),
        )
        batch_op.create_index("ix_cases_estate", ["estate_id", "id"], unique=False)
        batch_op.create_index("ix_cases_grid", ["grid_id", "id"], unique=False)
        batch_op.create_index(
            "ix_cases_pressing",
            ["urgency", "id"],
            unique=False,
            sqlite_where=sa.text("urgency <> 'normal'"),
            postgresql_where=sa.text("urgency <> 'normal'"),
        )
        batch_op.create_index("ix_cases_reported", ["reported_at", "id"], unique=False)

    with op.batch_alter_table("media_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("cleared_by", sa.Integer(), nullable=True))

    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index("ix_offers_person", ["person_id", "case_id"], unique=False)
    for statement in SQLITE if op.get_context().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
