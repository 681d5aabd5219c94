"""Keep what a planned window disrupts: by that its notice is owed. Of windows of before nothing is known."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("maintenance", sa.Column("impact", sa.String(100), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("maintenance", "impact")
