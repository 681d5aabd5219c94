"""Reading a mail touches nothing outside: no connection, no program, no file (C07)."""

from __future__ import annotations

import base64
import io
import subprocess
import sys
import zipfile

from helpdesk.mail.read.parse import parse

WATCHED = """
import sys
from helpdesk.mail.read.parse import attachment, parse
from helpdesk.mail.read.robots import bounce
from helpdesk.mail.inside.sensitive import look_through, without_secrets
raw = sys.stdin.buffer.read()
for _ in range(2):  # once to import and compile all that is imported late, once watched
    watched = _ == 1
    if watched:
        def forbid(event, args):
            if event.split(".")[0] in {"socket", "subprocess", "shutil", "urllib", "ftplib", "tempfile"} or event in {"open", "os.system", "os.exec", "os.posix_spawn", "os.fork"}:
                print("touched", event, args)
        sys.addaudithook(forbid)
    message = parse(raw)
    look_through(raw, message), without_secrets(message), bounce(raw)
    for part in message.attachments:
        attachment(raw, part.part)
print(len(message.attachments), max(part.size for part in message.attachments))
"""


def nasty() -> tuple[bytes, int]:
    """Remote images, styles and frames, an external body, and a zip of a hundred megabytes of nothing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 100_000_000)
    html = (
        '<html><head><link rel=stylesheet href="http://192.0.2.1/x.css"><base href="http://192.0.2.1/"></head><body>'
        '<img src="http://192.0.2.1/pixel.gif"><img src="file:///etc/passwd"><iframe src="http://127.0.0.1:8080/">'
        '</iframe><object data="http://192.0.2.1/o"></object><style>@import url(http://192.0.2.1/i.css);</style>'
        '<svg><image href="file:///etc/shadow"/></svg><p>Hello</p></body></html>'
    )
    raw = (
        'From: jo@acme.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n"
        '--b\r\nContent-Type: message/external-body; access-type=URL; URL="http://192.0.2.1/x"\r\n\r\nContent-Type: text/plain\r\n\r\n'
        "--b\r\nContent-Type: application/zip; name=bomb.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{base64.encodebytes(packed.getvalue()).decode()}\r\n--b--\r\n"
    )
    return raw.encode(), len(packed.getvalue())


def test_reading_connects_to_nothing_runs_nothing_and_opens_nothing():
    """C07: watched by the interpreter itself."""
    raw, _ = nasty()
    done = subprocess.run([sys.executable, "-c", WATCHED], input=raw, capture_output=True, timeout=120, check=True)

    assert b"touched" not in done.stdout, done.stdout.decode()
    assert done.stdout.split()


def test_an_archive_is_kept_and_not_opened():
    """C07: a zip bomb is as large as it came."""
    raw, size = nasty()
    archive = next(part for part in parse(raw).attachments if part.name == "bomb.zip")

    assert archive.size == size < 200_000
