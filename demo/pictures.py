"""Makes the pictures of docs/in-a-minute.md and README.md: `.venv/bin/python demo/pictures.py`, with Chromium.

A desk like the tour's gets mail, an agent answers, and mails and console are photographed as their readers see them.
Run it after a change that can be seen; the pictures are kept in docs/pictures.
"""

from __future__ import annotations

import email
import email.policy
import os
import re
import shutil
import tempfile
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from answer import DESK, answer, send
from playwright.sync_api import sync_playwright
from tour import overlay, running_daemon, until, wait_for_mail, written

from helpdesk.config import load_configuration

if TYPE_CHECKING:
    from email.message import EmailMessage

    from playwright.sync_api import Browser, Page

    from helpdesk.config import Configuration

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu")
PHONE, WINDOW, SCREEN = 390, 720, 1200
MAILBOX = "support@logik.example"
MAILS = {
    "Eva Stern <eva@orion.example>": (
        "How do I export a rule?",
        "Is there a way to export a single rule?\n\nEva\n",
    ),
    "Sam Ode <sam@nordwind.example>": (
        "Prices are rounded in the cart",
        "Prices above 1000 are rounded to whole euros in the cart. We correct them by hand.\n\nSam\n",
    ),
    "Jo Miller <jo@acme.example>": (
        "Nobody can order since 9:00",
        "Hello,\n\nour shop shows an error to every customer since 9:00.\n\nCase priority: Critical\n\nJo\n",
    ),
}
ANSWER = "Hello Jo,\n\nwe see it too and are restarting the service. More in half an hour.\n\nAnn"


def main() -> None:
    """All pictures anew."""
    with tempfile.TemporaryDirectory(prefix="helpdesk-pictures-") as folder, sync_playwright() as playwright:
        os.environ.update(overlay(Path(folder)))
        desk = load_configuration(DESK)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        with running_daemon(os.environ):
            correspond(desk)
            photograph(desk, browser)
        browser.close()


def correspond(desk: Configuration) -> None:
    """Three customers write, and the last of them is answered."""
    for sender, (subject, text) in MAILS.items():
        mail = written(sender, MAILBOX, subject, text)
        send(desk, str(mail["From"].addresses[0].addr_spec), MAILBOX, mail.as_bytes(policy=email.policy.SMTP))
        wait_for_mail(desk, str(mail["From"].addresses[0].addr_spec))
    answer(desk, mail_about(desk, "@desk.example", "[HD-3]")["To"].addresses[0].addr_spec, ANSWER)
    wait_for_mail(desk, "jo@acme.example", text_has="restarting")


def photograph(desk: Configuration, browser: Browser) -> None:
    """What each of them sees."""
    take_mail(browser, "acknowledgment", mail_about(desk, "jo@acme.example", "HD-3"), PHONE)
    take_mail(browser, "assigned", mail_about(desk, "@desk.example", "[HD-3]"), WINDOW)
    take_mail(browser, "answer", mail_about(desk, "jo@acme.example", "restarting"), PHONE)
    page = sign_in(desk, browser, "ann@desk.example")
    for name, path, height in (("board", "/", 560), ("case", "/cases/HD-1", 820)):
        page.set_viewport_size({"width": SCREEN, "height": height})
        page.goto(f"http://{desk.file.web.listen}{path}")
        page.screenshot(path=PICTURES / f"{name}.png")


def sign_in(desk: Configuration, browser: Browser, address: str) -> Page:
    """The browser of an agent who has asked for a link, got it by mail and pressed its button."""
    page = browser.new_page()
    page.goto(f"http://{desk.file.web.listen}/sign-in")
    page.get_by_label("Your address").fill(address)
    page.get_by_role("button", name="Send me a link").click()
    link = re.search(
        r"http://\S+/sign-in/\S+", str(mail_about(desk, address, "/sign-in/").get_body(("plain",)).get_content())
    )
    page.goto(link[0] if link else "")
    page.get_by_role("button", name="Sign in").click()
    return page


def take_mail(browser: Browser, name: str, mail: EmailMessage, width: int) -> None:
    """A mail as a mail program shows it: its fields, and its HTML below them."""
    part = mail.get_body(("html",))
    page = browser.new_page(viewport={"width": width, "height": 100})
    page.set_content(part.get_content() if part else "")
    fields = "".join(f"<b>{name}:</b> {escape(str(mail[name]))}<br>" for name in ("From", "To", "Subject"))
    frame = f'<div style="font:14px sans-serif;padding:12px;border-bottom:1px solid #ccc">{fields}</div>'
    page.evaluate("frame => document.body.insertAdjacentHTML('afterbegin', frame)", frame)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def mail_about(desk: Configuration, to: str, about: str) -> EmailMessage:
    """The oldest mail to that address, or domain, with such words in it, as soon as there is one."""
    found: EmailMessage = until(lambda: oldest(desk, to, about))
    return found


def oldest(desk: Configuration, to: str, about: str) -> EmailMessage | None:
    """That mail, where there is one."""
    folder = Path(desk.smtp_out_url.removeprefix("maildir:")) / "new"
    for file in sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        text = mail.get_body(("plain",))
        if mail["To"].addresses[0].addr_spec.endswith(to) and about in f"{mail['Subject']} {text}":
            return mail
    return None


if __name__ == "__main__":
    main()
