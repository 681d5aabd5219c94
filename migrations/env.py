"""How Alembic runs here: `helpdesk db upgrade` gives it an open connection; nothing is read from an .ini file.

SQLite rebuilds a table to change it. With foreign keys on, dropping the old one would delete the rows that point at
it, so they are off while migrating and checked afterwards (fault D04).
"""

from alembic import context

from helpdesk.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
