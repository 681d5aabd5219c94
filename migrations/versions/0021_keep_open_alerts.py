"""Keep what operators were told of and is not over, instead of reading it out of the keys of their mails."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_KEY = re.compile(r"alert/(condition/(.+?)/\d{8}T\d{6}(?:-[0-9a-f]+)?)(/over)?/")


def upgrade() -> None:
    table = op.create_table(
        "open_alert",
        sa.Column("name", sa.String(length=400), nullable=False),
        sa.Column("key", sa.String(length=600), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_open_alert")),
    )
    outbox = sa.table("outbox", sa.column("id", sa.BigInteger), sa.column("key", sa.Text), sa.column("kind", sa.Text))
    conditions = outbox.c.key.startswith("alert/condition/", autoescape=True)
    query = sa.select(outbox.c.key).where(outbox.c.kind == "alert", conditions).order_by(outbox.c.id)
    found: dict[str, str] = {}
    for key in op.get_bind().execute(query).scalars():
        if told := _KEY.match(key):
            found[told[2]] = "" if told[3] else told[1]
    op.bulk_insert(table, [{"name": name, "key": key} for name, key in found.items() if key])


def downgrade() -> None:
    op.drop_table("open_alert")
