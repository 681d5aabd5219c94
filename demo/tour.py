"""`make demo`: a tour of the desk in a minute, against a daemon of its own.

It starts `helpdesk serve` on free ports with everything in a temporary folder, sends it real mail over SMTP, answers
as an agent's mail program would, and shows what came of it. What takes a day, a breach and its escalation, is then
shown on virtual time by `helpdesk simulate`. Nothing is left behind.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answer import DESK, answer, newest_mail, send

from helpdesk.config import load_configuration
from helpdesk.plural import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from helpdesk.config import Configuration
    from helpdesk.core.words.message import Message

HELPDESK = (sys.executable, "-m", "helpdesk")
BREACH = Path(__file__).parent / "scenarios" / "breach.toml"
PATIENCE = 30.0  # seconds for anything to happen
LINES = 20  # of a mail that are shown


def main() -> None:
    """The tour."""
    with tempfile.TemporaryDirectory(prefix="helpdesk-tour-") as folder:
        environment = os.environ | overlay(Path(folder))
        os.environ.update(environment)  # the configuration that we read is the daemon's
        with running_daemon(environment):
            _tour(load_configuration(DESK))
    _virtual_part()


def overlay(folder: Path) -> dict[str, str]:
    """The demo's configuration with everything that it touches replaced: `HELPDESK_<TABLE>_<KEY>`."""
    smtp, web = _free_ports(2)
    return {
        "HELPDESK_CONFIG": str(DESK),
        "HELPDESK_DESK_SECRET_FILE": str(folder / "secret"),
        "HELPDESK_DESK_PUBLIC_URL": f"http://127.0.0.1:{web}",
        "HELPDESK_DATABASE_URL": f"sqlite:///{folder / 'helpdesk.db'}",
        "HELPDESK_SMTP_IN_LISTEN": f"127.0.0.1:{smtp}",
        "HELPDESK_SMTP_OUT_URL": f"maildir:{folder / 'mail'}",
        "HELPDESK_WEB_LISTEN": f"127.0.0.1:{web}",
        "COLUMNS": "130",
    }


def _free_ports(number: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [taken.getsockname()[1] for taken in sockets]


@contextlib.contextmanager
def running_daemon(environment: Mapping[str, str]) -> Iterator[None]:
    """A daemon that is up, and is gone when the block ends."""
    log = Path(environment["HELPDESK_DESK_SECRET_FILE"]).with_name("log")
    with (
        log.open("wb") as file,
        subprocess.Popen([*HELPDESK, "serve"], env=environment, stdout=file, stderr=file) as daemon,
    ):
        try:
            until(lambda: _is_up(daemon, log))
            yield
        finally:
            daemon.terminate()


def _is_up(daemon: subprocess.Popen[bytes], log: Path) -> bool:
    if daemon.poll() is not None:
        sys.exit(f"the daemon did not start:\n{log.read_text(encoding='utf-8')}")
    return subprocess.run([*HELPDESK, "health"], capture_output=True, check=False).returncode == 0


def _tour(desk: Configuration) -> None:
    _say(f"The desk is up: mail to {desk.file.smtp_in.listen}, console at http://{desk.file.web.listen}/")
    _send_the_mails(desk)
    _say("Five mails were sent. What became of them, each counted once:")
    until(lambda: _worked() >= 5)
    _command("ledger")
    _say("The queue, what is due first on top. The forum post carries no promise; the out-of-office note made no case:")
    _command("cases")
    _say("The customer with the outage got an acknowledgment:")
    _show(wait_for_mail(desk, "jo@acme.example"))
    _say("The agent who has least to do got the case by mail, with what is due and a link:")
    _show(wait_for_mail(desk, "ann@desk.example", subject_has="Production"))
    _say("She answers that mail. Her text goes to the customer from the support address, in the same thread:")
    answer(
        desk,
        "ann@desk.example",
        "Hello Jo,\n\nwe see it too and are restarting the service. More in half an hour.\n\nAnn",
    )
    _show(wait_for_mail(desk, "jo@acme.example", subject_has="Re:", text_has="restarting"))
    _say("The first-response clock has stopped. What was counted, span by span:")
    _command("case", "explain", "HD-3")


def _send_the_mails(desk: Configuration) -> None:
    outage = written(
        "Jo Miller <jo@acme.example>",
        "support@logik.example",
        "Production is down, nobody can order",
        "Hello,\n\nsince 9:00 our shop is down for every customer.\n\nCase priority: Critical\n\nJo\n",
    )
    question = written(
        "Eva Stern <eva@orion.example>",
        "support@logik.example",
        "How do I export a rule?",
        "Is there a way to export a single rule?\n\nEva\n",
    )
    post = written("dev@hobby.example", "forum@threekit.example", "Anyone tried bigger textures?", "Just curious.\n")
    away = written("jo@acme.example", "support@logik.example", "Out of office", "I am away.\n", robot=True)
    # The outage comes twice, as from a mail server that missed our answer.
    for mail in (question, post, away, outage, outage):
        print(f"  {mail['From']:30} {mail['Subject']}")
        send(desk, str(mail["From"].addresses[0].addr_spec), str(mail["To"]), mail.as_bytes(policy=SMTP))


def written(sender: str, to: str, subject: str, body: str, *, robot: bool = False) -> EmailMessage:
    """A mail as somebody sends it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = make_msgid(domain="mail.example")
    if robot:
        mail["Auto-Submitted"] = "auto-replied"  # RFC 3834 section 5
    mail.set_content(body)
    return mail


def _virtual_part() -> None:
    _say("Nobody waits here for a promise to be broken, so this part runs on virtual time: the same desk in memory.")
    print(f"$ helpdesk simulate {_relative(BREACH)}\n")
    outcome = json.loads(_output("simulate", str(BREACH), "--json"))
    for mail in outcome["sent"]:
        print(f"  {mail['at'][:16].replace('T', ' ')} UTC  {mail['kind']:<11} {mail['to'][0]:<19} {mail['subject']}")
    clock = outcome["cases"][0]["clocks"][0]
    print(f"\n  {clock['target']}: due {clock['due_at']}, {clock['state']}, answered {clock['stopped_at']}\n")
    _say("That was the tour. `make run` starts a desk to play with; README.md says how to make it yours.")


# --- seeing


def _say(words: str) -> None:
    print(f"\n\033[1m{words}\033[0m\n" if sys.stdout.isatty() else f"\n{words}\n", flush=True)


def _command(*arguments: str) -> None:
    print(f"$ helpdesk {' '.join(arguments)}\n\n{_output(*arguments)}", flush=True)


def _output(*arguments: str) -> str:
    done = subprocess.run([*HELPDESK, *arguments], stdout=subprocess.PIPE, check=False, encoding="utf-8")
    if done.returncode:
        sys.exit(f"helpdesk {' '.join(arguments)} ended with {done.returncode}; this should not be")
    return done.stdout


def _show(mail: Message) -> None:
    said = ", ".join(f"{person.name} <{person.address}>" for person in mail.senders)
    lines = [f"From: {said}", f"To: {mail.to[0].address}", f"Subject: {mail.subject}", "", *mail.text.splitlines()]
    for line in lines[:LINES]:
        print(f"  | {line}")
    if len(lines) > LINES:
        print(f"  | ... {plural(len(lines) - LINES, 'more line')}")


# --- waiting


def _worked() -> int:
    shapes: list[dict[str, Any]] = json.loads(_output("ledger", "--json"))
    return sum(shape["received"] - shape.get("waiting", 0) for shape in shapes)


def wait_for_mail(desk: Configuration, address: str, *, subject_has: str = "", text_has: str = "") -> Message:
    """The newest mail to an address, as soon as it is such a one."""
    maildir = Path(desk.smtp_out_url.removeprefix("maildir:"))

    def found() -> Message | None:
        mail = newest_mail(maildir, address)
        return mail if mail and subject_has in mail.subject and text_has in mail.text else None

    return until(found)


def until(look: Callable[[], Any]) -> Any:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    sys.exit(f"nothing happened for {PATIENCE:.0f} seconds; this should not be")


def _relative(path: Path) -> str:
    return os.path.relpath(path)


if __name__ == "__main__":
    main()
