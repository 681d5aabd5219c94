"""What a mail costs others, and us: the same mails into a case, its acknowledgment handed to a smarthost.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install roundup==2.4.0 django-helpdesk==2.6.1
    python bench/peers.py --peers /tmp/peers/bin/python [--mails 300] [--rounds 3]

Each desk takes the mails in one warm process of its own, in turns with the others: processor time of that process, for
reading a mail, storing it durably in SQLite and writing what it sends by itself to a smarthost over a socket. They do
not do the same with a mail; `peers.md` says what each of them does.
"""

from __future__ import annotations

import argparse
import io
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve().parent
WARM = 20  # mails that do not count


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes a mail whole; says how many cases it has."""

    take: Callable[[bytes], object]
    cases: Callable[[], int]


def _roundup(folder: Path, smarthost: int) -> Desk:
    """The classic tracker; people who are not known are registered, authors get what they wrote."""
    from roundup import instance  # noqa: PLC0415 - only in the environment that has it
    from roundup.admin import AdminTool  # noqa: PLC0415
    from roundup.scripts.roundup_mailgw import parse_arguments  # noqa: PLC0415

    home = folder / "tracker"
    settings = (
        f"rdbms_backend=sqlite,admin_email=admin@desk.example,mail_domain=desk.example,mail_host=127.0.0.1,"
        f"mail_port={smarthost},tracker_web=http://desk.example/t/,messages_to_author=new"
    )
    settings += ",password_pbkdf2_default_rounds=1000,indexer=native-fts"
    settings += ",mailgw_subject_prefix_parsing=loose,mailgw_subject_suffix_parsing=loose"
    for words in (["install", "classic", "sqlite", settings], ["initialise", "secret"]):
        if words[0] == "initialise":
            with (home / "schema.py").open("a") as schema:
                for permission in ("'Email Access'", "'Register', 'user'", "'Create', 'user'"):
                    schema.write(f"\ndb.security.addPermissionToRole('Anonymous', {permission})\n")
        sys.argv = ["roundup-admin", "-i", str(home), *words]
        AdminTool().main()
    tracker = instance.open(str(home), optimize=True)
    given = parse_arguments([])[1]
    return Desk(
        take=lambda raw: tracker.MailGW(tracker, given).main(io.BytesIO(raw)),
        cases=lambda: len(tracker.open("admin").issue.list()),
    )


def _django(folder: Path, smarthost: int) -> Desk:
    """One queue; submitters get its letter on a new ticket."""
    import django  # noqa: PLC0415 - only in the environment that has it
    from django.conf import settings  # noqa: PLC0415

    settings.configure(
        SECRET_KEY="bench",
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "django.db")}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.sites",
            "django.contrib.admin",
            "django.contrib.messages",
            "rest_framework",
            "helpdesk",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        ROOT_URLCONF="peers",
        SITE_ID=1,
        MEDIA_ROOT=str(folder / "media"),
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=smarthost,
        DEFAULT_FROM_EMAIL="support@desk.example",
        HELPDESK_TEAMS_MODE_ENABLED=False,
        LOGGING_CONFIG=None,
    )
    django.setup()
    from django.urls import include, path  # noqa: PLC0415

    paths = sys.modules["peers"] = sys.modules["__main__"]
    paths.urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]  # type: ignore[attr-defined]
    import logging  # noqa: PLC0415

    from django.core.management import call_command  # noqa: PLC0415
    from helpdesk.email import extract_email_metadata  # noqa: PLC0415
    from helpdesk.models import Queue, Ticket  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("loaddata", "emailtemplate.json", verbosity=0)
    queue = Queue.objects.create(title="Support", slug="support", email_address="support@desk.example")
    log = logging.getLogger("bench")
    return Desk(take=lambda raw: extract_email_metadata(raw.decode(), queue, log), cases=Ticket.objects.count)


def _ours(folder: Path, smarthost: int) -> Desk:
    """Accepted, worked and sent, a mail at a time; a new case has two letters."""
    from desk import write_desk  # noqa: PLC0415 - the others' environment has none of it

    from helpdesk import log  # noqa: PLC0415
    from helpdesk.core.receive import acknowledgment  # noqa: PLC0415
    from helpdesk.core.words.message import Envelope  # noqa: PLC0415
    from helpdesk.credentials import open_outgoing  # noqa: PLC0415
    from helpdesk.desk import Desk as OurDesk  # noqa: PLC0415
    from helpdesk.desk import load_rules  # noqa: PLC0415
    from helpdesk.store import migrate  # noqa: PLC0415
    from helpdesk.store.engine import Database  # noqa: PLC0415
    from helpdesk.store.spool import Accepted  # noqa: PLC0415

    log.quiet()
    acknowledgment.EVERYWHERE_A_MINUTE = 10**9  # else only the first sixty a minute would be written
    rules = load_rules(write_desk(folder / "desk", "sqlite:///helpdesk.db", outgoing=f"smtp://127.0.0.1:{smarthost}"))
    database = Database(rules.configuration.database_url)
    migrate.upgrade(database)
    desk = OurDesk(database=database, rules=rules, now=lambda: datetime.now(UTC).replace(microsecond=0))
    desk.begin()
    desk.warm_up()
    courier = open_outgoing(rules.configuration)

    def take(raw: bytes) -> None:
        sender = str(message_from_bytes(raw)["From"]).partition("<")[2].rstrip(">")
        envelope = Envelope(sender, ("support@desk.example",))
        desk.accept([Accepted("support@desk.example", raw, envelope, "smtp", desk.now())])
        desk.work()
        desk.deliver(courier)

    def cases() -> int:
        with database.read() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM cases").scalar() or 0)

    return Desk(take, cases)


DESKS = {"helpdesk": _ours, "roundup": _roundup, "django-helpdesk": _django}


def _measure(name: str, mails: int, smarthost: int) -> None:
    import mix  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        desk = DESKS[name](Path(folder), smarthost)
        raws = [mix.opening("short", number).raw for number in range(mails + WARM)]
        for raw in raws[:WARM]:
            desk.take(raw)
        began = time.process_time()
        for raw in raws[WARM:]:
            desk.take(raw)
        took = time.process_time() - began
        if desk.cases() != len(raws):
            sys.exit(f"{name}: {desk.cases()} cases of {len(raws)} mails")
        print(f"milliseconds {took / mails * 1000}", flush=True)
        os._exit(0)


# --- the smarthost, in the process that asks


class Smarthost:
    """Takes everything, and counts it."""

    def __init__(self) -> None:
        self.taken = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            threading.Thread(target=self._take, args=(sock,), daemon=True).start()

    def _take(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with sock, sock.makefile("rb") as lines:
            sock.sendall(b"220 smarthost\r\n")
            for line in lines:
                verb = line[:4].upper()
                if verb == b"EHLO":
                    sock.sendall(b"250-smarthost\r\n250 8BITMIME\r\n")
                elif verb == b"DATA":
                    sock.sendall(b"354 go on\r\n")
                    while lines.readline() not in {b".\r\n", b""}:
                        pass
                    self.taken += 1
                    sock.sendall(b"250 2.0.0 Ok: taken\r\n")
                elif verb == b"QUIT":
                    sock.sendall(b"221 2.0.0 bye\r\n")
                    return
                else:
                    sock.sendall(b"250 2.0.0 Ok\r\n")


def _asked(python: str, name: str, mails: int, smarthost: Smarthost) -> tuple[float, float]:
    """Milliseconds and letters a mail."""
    before = smarthost.taken
    command = [python, __file__, "--desk", name, "--mails", str(mails), "--smarthost", str(smarthost.port)]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent) if name == "helpdesk" else ""}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    took = next(float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("milliseconds"))
    return took, (smarthost.taken - before) / (mails + WARM)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="the Python that has them; without it, only ours is measured")
    parser.add_argument("--mails", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--desk", choices=DESKS, help=argparse.SUPPRESS)
    parser.add_argument("--smarthost", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.desk:
        _measure(options.desk, options.mails, options.smarthost)
        return
    smarthost = Smarthost()
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in DESKS if options.peers or name == "helpdesk"}
    for _ in range(options.rounds):
        for name, rounds in found.items():
            python = sys.executable if name == "helpdesk" else options.peers
            rounds.append(_asked(python, name, options.mails, smarthost))
    for name, rounds in found.items():
        took = [each for each, _ in rounds]
        ratios = [a / b[0] for a, b in zip(took, found["helpdesk"], strict=True)]
        spread, ratio = f"[{min(took):.1f}..{max(took):.1f}]", f"[{min(ratios):.2f}..{max(ratios):.2f}]"
        print(
            f"{name:16} {statistics.median(took):6.1f} ms a mail {spread}, {rounds[0][1]:.2f} letters; "
            f"{statistics.median(ratios):.2f} of ours {ratio}"
        )


if __name__ == "__main__":
    main()
