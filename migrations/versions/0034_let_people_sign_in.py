"""Let people sign in to the console, by a link in a mail."""

import sqlalchemy as sa
from alembic import op

from helpdesk.store.engine import Instant

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_in",
        sa.Column("link", sa.String(64), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(timezone=True), nullable=False),
        sa.Column("used_at", Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("link", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_address"), "sign_in", ["address"])
    op.create_table(
        "web_session",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("began_at", Instant(timezone=True), nullable=False),
        sa.Column("ends_at", Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_web_session")),
    )


def downgrade() -> None:
    op.drop_table("web_session")
    op.drop_index(op.f("ix_sign_in_address"), table_name="sign_in")
    op.drop_table("sign_in")
