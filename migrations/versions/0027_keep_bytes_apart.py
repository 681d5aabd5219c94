"""Keep the bytes of mail in a table of their own: the row of a mail is written anew with each of its states."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "spool_raw",
        sa.Column("spool_id", _ID, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["spool_id"], ["spool.id"], name=op.f("fk_spool_raw_spool_id")),
        sa.PrimaryKeyConstraint("spool_id", name=op.f("pk_spool_raw")),
    )
    op.execute("INSERT INTO spool_raw (spool_id, raw) SELECT id, raw FROM spool WHERE raw IS NOT NULL ORDER BY id")
    op.drop_column("spool", "raw")


def downgrade() -> None:
    op.add_column("spool", sa.Column("raw", sa.LargeBinary(), nullable=True))
    op.execute("UPDATE spool SET raw = (SELECT raw FROM spool_raw WHERE spool_raw.spool_id = spool.id)")
    op.drop_table("spool_raw")
