"""How does Alembic reach the database? Over the one connection that the caller opened."""

from alembic import context

from survey_app.store.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
