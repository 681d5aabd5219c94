"""Answer the newest mail that somebody of the demo desk got, as a mail program would: to its Reply-To, quoted below.

python demo/answer.py ann@desk.example "We are on it."
"""

from __future__ import annotations

import argparse
import smtplib
import sys
from datetime import UTC, datetime
from email.utils import make_msgid
from pathlib import Path
from typing import TYPE_CHECKING

from helpdesk.config import load_configuration
from helpdesk.errors import HelpdeskError
from helpdesk.lab.mailer import Sheet, reply
from helpdesk.mail.read.parse import parse

if TYPE_CHECKING:
    from helpdesk.config import Configuration
    from helpdesk.core.words.message import Message

DESK = Path(__file__).with_name("helpdesk.toml")


def newest_mail(maildir: Path, address: str) -> Message | None:
    """The newest mail to an address; a Maildir's file names begin with the recipient."""
    files = [path for path in maildir.glob("new/*") if path.name.rpartition(".")[0] == address.lower()]
    newest = max(files, key=lambda path: path.stat().st_mtime_ns, default=None)
    return parse(newest.read_bytes()) if newest else None


def send(configuration: Configuration, sender: str, recipient: str, raw: bytes) -> None:
    """Hand a mail to the desk's listener."""
    host, _, port = configuration.file.smtp_in.listen.rpartition(":")
    with smtplib.SMTP(host.strip("[]"), int(port), timeout=10) as smtp:
        smtp.sendmail(sender, [recipient], raw)


def answer(configuration: Configuration, address: str, text: str) -> Message:
    """Answer the newest mail to `address`; returns what was answered. Raises LookupError when there is none."""
    maildir = Path(configuration.smtp_out_url.removeprefix("maildir:"))
    original = newest_mail(maildir, address)
    if original is None:
        raise LookupError(f"{address} has no mail in {maildir}/new yet")
    domain = address.rpartition("@")[2]
    sheet = Sheet(from_=address, to="", subject="", body=text)
    raw = reply(original, sheet, at=datetime.now(UTC), message_id=make_msgid(domain=domain), quote=True)
    send(configuration, address, (original.reply_to or original.senders)[0].address, raw)
    return original


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Answer the newest mail that somebody of the demo desk got.")
    parser.add_argument("address", help="whose mail, such as ann@desk.example")
    parser.add_argument("text", help="what to answer; first lines that begin with # are for the desk")
    parser.add_argument("--config", type=Path, default=DESK)
    asked = parser.parse_args()
    try:
        original = answer(load_configuration(asked.config), asked.address, asked.text)
    except (LookupError, OSError, HelpdeskError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"answered: {original.subject}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
