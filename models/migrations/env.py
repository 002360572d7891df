"""Run by alembic. server/migrations.py gives the connection, inside a transaction and under a lock."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    transaction_per_migration=False,
    transactional_ddl=False,  # whoever called has begun, and commits all steps together
    render_as_batch=True,  # because SQLite cannot alter a table in place
    render_item=context.config.attributes.get("render_item"),
)
context.run_migrations()
