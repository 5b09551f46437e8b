"""Runs the migrations on the connection that the store hands over, inside the store's own transaction."""

from alembic import context

from geo_offlimits.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,  # for its names of constraints
    transactional_ddl=False,  # the store has begun the transaction
)
context.run_migrations()
