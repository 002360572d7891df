"""other ways in."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scenes",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenes")),
        sa.UniqueConstraint("code", name=op.f("uq_scenes_code")),
    )
    with op.batch_alter_table("scenes", schema=None) as batch_op:
        batch_op.create_index("ix_scenes_about", ["kind", "about_id"], unique=False)

    op.create_table(
        "client_settings",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("elder", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_client_settings_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_settings")),
        sa.UniqueConstraint("person_id", name=op.f("uq_client_settings_person_id")),
    )
    op.create_table(
        "client_tokens",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_client_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_client_tokens_token_hash")),
    )
    with op.batch_alter_table("client_tokens", schema=None) as batch_op:
        batch_op.create_index("ix_client_tokens_person", ["person_id", "ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_client_tokens_seen_at"), ["seen_at"], unique=False)

    op.create_table(
        "consent_answers",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_consent_answers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_answers")),
    )
    with op.batch_alter_table("consent_answers", schema=None) as batch_op:
        batch_op.create_index("ix_consent_answers_person", ["person_id", "kind", "id"], unique=False)

    op.create_table(
        "partner_keys",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column(
            "rights",
            sa.JSON(none_as_null=True).with_variant(
                postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
            ),
            nullable=False,
        ),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("daily_quota", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_partner_keys_community_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_partner_keys_key_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_partner_keys_name")),
    )
    op.create_table(
        "uploads",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_uploads_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("public_id", name=op.f("uq_uploads_public_id")),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_uploads_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_uploads_touched_at"), ["touched_at"], unique=False)

    op.create_table(
        "partner_days",
        sa.Column("key_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["partner_keys.id"], name=op.f("fk_partner_days_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_days")),
        sa.UniqueConstraint("key_id", "day", name=op.f("uq_partner_days_key_id_day")),
    )
    with op.batch_alter_table("partner_days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_partner_days_day"), ["day"], unique=False)

    op.create_table(
        "partner_requests",
        sa.Column("key_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sent_key", sa.String(), nullable=False),
        sa.Column("said_hash", sa.String(), nullable=True),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_partner_requests_case_id")),
        sa.ForeignKeyConstraint(["key_id"], ["partner_keys.id"], name=op.f("fk_partner_requests_key_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_requests")),
        sa.UniqueConstraint("case_id", name=op.f("uq_partner_requests_case_id")),
        sa.UniqueConstraint("key_id", "sent_key", name=op.f("uq_partner_requests_key_id_sent_key")),
    )
    with op.batch_alter_table("partner_requests", schema=None) as batch_op:
        batch_op.create_index("ix_partner_requests_key_case", ["key_id", "case_id"], unique=False)

    op.create_table(
        "station_faults",
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("works_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("works_by", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_station_faults_case_id")),
        sa.ForeignKeyConstraint(["station_id"], ["stations.id"], name=op.f("fk_station_faults_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_faults")),
        sa.UniqueConstraint("case_id", name=op.f("uq_station_faults_case_id")),
    )
    with op.batch_alter_table("station_faults", schema=None) as batch_op:
        batch_op.create_index("ix_station_faults_station", ["station_id", "kind", "works_at"], unique=False)

    op.create_table(
        "station_medicines",
        sa.Column("station_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["stations.id"], name=op.f("fk_station_medicines_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_medicines")),
        sa.UniqueConstraint(
            "station_id", "name", "expires_on", name=op.f("uq_station_medicines_station_id_name_expires_on")
        ),
    )
    with op.batch_alter_table("station_medicines", schema=None) as batch_op:
        batch_op.create_index(
            "ix_station_medicines_there",
            ["expires_on"],
            unique=False,
            sqlite_where=sa.text("gone_at IS NULL"),
            postgresql_where=sa.text("gone_at IS NULL"),
        )

    op.create_table(
        "home_visits",
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sync_id", sa.String(), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_home_visits_household_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_home_visits_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_visits")),
        sa.UniqueConstraint("person_id", "sync_id", name=op.f("uq_home_visits_person_id_sync_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_home_visits_public_id")),
    )
    with op.batch_alter_table("home_visits", schema=None) as batch_op:
        batch_op.create_index("ix_home_visits_household", ["household_id", "visited_at"], unique=False)

    op.create_table(
        "visit_opinions",
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_visit_opinions_case_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["home_visits.id"], name=op.f("fk_visit_opinions_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_opinions")),
    )
    with op.batch_alter_table("visit_opinions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_opinions_visit_id"), ["visit_id"], unique=False)

    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offers_open"), sqlite_where=sa.text("ended_at IS NULL"))
        batch_op.create_index(
            "ix_offers_open",
            ["person_id", "ended_at", "case_id"],
            unique=False,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    with op.batch_alter_table("stations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("caretaker_id", sa.Integer(), nullable=True))
