"""Index the mails of cases for a search, keep beside a case which team has it, and find a page of the board by index.

The mails that are there already are put in line, and read after the upgrade while the desk works.
"""

# ruff: noqa: S608 - statements are put together of names of our own, never of what somebody wrote

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from helpdesk.store.sqlite import library

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LISTED = "turn <> ''"
_ORDER = ["due_at", "opened_at", "id"]
_BOARD = (
    ("ix_cases_board", ["mailbox", "turn", "rank", *_ORDER], _LISTED),
    ("ix_cases_board_assignee", ["mailbox", "assignee", *_ORDER], _LISTED),
    ("ix_cases_board_customer", ["customer", *_ORDER], _LISTED),
    ("ix_cases_board_broken", ["mailbox", *_ORDER], f"breached AND {_LISTED}"),
    ("ix_cases_board_team", ["team", *_ORDER], f"team <> '' AND {_LISTED}"),
)
_MAIL = "case_id, author, author_name, subject, text, reply, attachments"
_CASE = ("mailbox", "customer", "requester", "subject", "team")
_OUT = "DELETE FROM message_words WHERE"
_IN_LINE = "INSERT INTO to_index (message_id)"
_OF_CASE = "SELECT id FROM message WHERE case_id = NEW.id"
_BEFORE, _AFTER = (", ".join(f"{row}.{name}" for name in _CASE) for row in ("OLD", "NEW"))


def upgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "to_index",
        sa.Column("id", _ID, nullable=False),
        sa.Column("message_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_to_index")),
    )
    op.execute("INSERT INTO to_index (message_id) SELECT id FROM message ORDER BY id")
    op.add_column("cases", sa.Column("team", sa.String(length=200), nullable=False, server_default=""))
    team = "facts ->> 'team'" if postgresql else "json_extract(facts, '$.team')"
    given = "FROM event WHERE case_id = cases.id AND type = 'team_set'"
    op.execute(
        f"UPDATE cases SET team = (SELECT {team} {given} ORDER BY seq DESC LIMIT 1)"
        " WHERE id IN (SELECT case_id FROM event WHERE type = 'team_set')"
    )
    for name, columns, condition in _BOARD:
        where = sa.text(condition)
        op.create_index(op.f(name), "cases", columns, sqlite_where=where, postgresql_where=where)
    for statement in _postgresql() if postgresql else _sqlite():
        op.execute(statement)


def _sqlite() -> Iterator[str]:
    yield "CREATE VIRTUAL TABLE message_words USING fts5(words, columnsize=0, tokenize='ascii')"
    if library().sqlite_version_info >= (3, 42, 0):
        yield "INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1)"
    yield f"CREATE TRIGGER message_added AFTER INSERT ON message BEGIN {_IN_LINE} VALUES (NEW.id); END"
    yield (
        f"CREATE TRIGGER message_changed AFTER UPDATE OF {_MAIL} ON message"
        f" BEGIN {_OUT} rowid = OLD.id; {_IN_LINE} VALUES (NEW.id); END"
    )
    yield f"CREATE TRIGGER message_deleted AFTER DELETE ON message BEGIN {_OUT} rowid = OLD.id; END"
    yield (
        f"CREATE TRIGGER case_renamed AFTER UPDATE OF {', '.join(_CASE)} ON cases"
        f" WHEN ({_BEFORE}) IS NOT ({_AFTER})"
        f" BEGIN {_OUT} rowid IN ({_OF_CASE}); {_IN_LINE} {_OF_CASE}; END"
    )


def _postgresql() -> Iterator[str]:
    yield "CREATE TABLE message_words (message_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"
    yield "CREATE INDEX ix_message_words_words ON message_words USING gin (words)"
    yield (
        "CREATE OR REPLACE FUNCTION index_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' THEN {_OUT} message_id = OLD.id; END IF;"
        f" IF TG_OP <> 'DELETE' THEN {_IN_LINE} VALUES (NEW.id); END IF; RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE FUNCTION index_case() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {_OUT} message_id IN ({_OF_CASE}); {_IN_LINE} {_OF_CASE}; RETURN NULL; END $$"
    )
    yield (
        f"CREATE TRIGGER message_changed AFTER INSERT OR DELETE OR UPDATE OF {_MAIL} ON message"
        " FOR EACH ROW EXECUTE FUNCTION index_message()"
    )
    yield (
        f"CREATE TRIGGER case_renamed AFTER UPDATE OF {', '.join(_CASE)} ON cases FOR EACH ROW"
        f" WHEN (({_BEFORE}) IS DISTINCT FROM ({_AFTER})) EXECUTE FUNCTION index_case()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION index_message() CASCADE")
        op.execute("DROP FUNCTION index_case() CASCADE")
    else:
        for name in ("message_added", "message_changed", "message_deleted", "case_renamed"):
            op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE message_words")
    for name, _, _ in _BOARD:
        op.drop_index(op.f(name), table_name="cases")
    op.drop_column("cases", "team")
    op.drop_table("to_index")
