"""Alembic's entry: runs the numbered migrations on the connection that `flask migrate` hands over."""

from alembic import context

from models import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transaction_per_migration=True)
context.run_migrations()
