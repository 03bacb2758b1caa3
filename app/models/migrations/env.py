"""Run by alembic: works on the connection that `app.models.migrate` hands over."""

from __future__ import annotations

from alembic import context

from app.models.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
