"""Know which mails of its case a mail of ours shows, so that it is known what an agent had seen."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SHOWING = "kind IN ('assigned', 'customer-message') AND key LIKE '%/mail/%'"
_MAIL = re.compile(r"\d+/mail/(\d+)/")  # case, the mail that it was written about


def upgrade() -> None:
    op.add_column("outbox", sa.Column("shows", sa.JSON(), nullable=True))
    outbox = sa.table("outbox", sa.column("id", sa.BigInteger), sa.column("key", sa.Text), sa.column("shows", sa.JSON))
    connection = op.get_bind()
    written = connection.execute(sa.select(outbox.c.id, outbox.c.key).where(sa.text(_SHOWING))).all()
    found = [{"row": row.id, "mails": [int(about[1])]} for row in written if (about := _MAIL.match(row.key))]
    if found:
        statement = sa.update(outbox).where(outbox.c.id == sa.bindparam("row")).values(shows=sa.bindparam("mails"))
        connection.execute(statement, found)


def downgrade() -> None:
    op.drop_column("outbox", "shows")
