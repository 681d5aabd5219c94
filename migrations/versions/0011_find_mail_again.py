"""Keep by what a mail is found again: author, subject, Message-ID; and what was refused at the door."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SPOOL = ("author", "subject", "message_id")


def upgrade() -> None:
    for name in _SPOOL:
        op.add_column("spool", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("subject", sa.Text(), nullable=True))
    # What is on a case says so already. Of the rest, mail from before this is found by its envelope alone.
    for name in _SPOOL:
        op.execute(
            f"UPDATE spool SET {name} = (SELECT message.{name} FROM message WHERE message.spool_id = spool.id) "  # noqa: S608
            "WHERE EXISTS (SELECT 1 FROM message WHERE message.spool_id = spool.id)"
        )
    op.create_table(
        "refusal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remote", sa.String(length=100), nullable=False),
        sa.Column("mail_from", sa.Text(), nullable=False),
        sa.Column("rcpt_to", sa.JSON(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    op.create_index(op.f("ix_refusal_at"), "refusal", ["at"])


def downgrade() -> None:
    op.drop_table("refusal")
    op.drop_column("outbox", "subject")
    for name in reversed(_SPOOL):
        op.drop_column("spool", name)
