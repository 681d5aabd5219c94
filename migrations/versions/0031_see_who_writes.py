"""See who is writing on a case in the console, and what somebody wrote before."""

import sqlalchemy as sa
from alembic import op

from helpdesk.store.engine import Instant

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "writing",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("agent", sa.String(length=320), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "agent", name=op.f("pk_writing")),
    )
    op.create_index(op.f("ix_cases_all_of_requester"), "cases", ["requester", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_cases_all_of_requester"), table_name="cases")
    op.drop_table("writing")
