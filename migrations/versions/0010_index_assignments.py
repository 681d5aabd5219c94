"""Index assignments: whom the next case goes to is asked with every mail."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_cases_assignee_assigned_at"), "cases", ["assignee", "assigned_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_cases_assignee_assigned_at"), table_name="cases")
