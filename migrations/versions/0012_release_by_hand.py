"""Keep who said of a mail that a person wrote it, though it was held or taken for a robot's."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("spool", sa.Column("released_by", sa.String(length=320), nullable=True))


def downgrade() -> None:
    op.drop_column("spool", "released_by")
