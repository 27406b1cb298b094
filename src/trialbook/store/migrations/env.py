"""Runs the history on the connection that `store.migrate` hands over, within its transaction."""

from alembic import context

from trialbook.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
