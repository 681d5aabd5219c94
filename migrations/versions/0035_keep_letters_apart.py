"""Keep the bytes of what we write in a table of their own, as those of what comes: see 0027."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outbox_raw",
        sa.Column("outbox_id", _ID, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_outbox_raw_outbox_id")),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_outbox_raw")),
    )
    op.execute("INSERT INTO outbox_raw (outbox_id, raw) SELECT id, raw FROM outbox WHERE raw IS NOT NULL ORDER BY id")
    if op.get_bind().dialect.name == "postgresql":
        # It only forgets the name of a column: the bytes would stay in the old rows, also of what is erased later.
        op.execute("UPDATE outbox SET raw = NULL WHERE raw IS NOT NULL")
    op.drop_column("outbox", "raw")


def downgrade() -> None:
    op.add_column("outbox", sa.Column("raw", sa.LargeBinary(), nullable=True))
    op.execute("UPDATE outbox SET raw = (SELECT raw FROM outbox_raw WHERE outbox_raw.outbox_id = outbox.id)")
    op.drop_table("outbox_raw")
