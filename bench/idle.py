"""What an idle desk takes: the real daemon, five mailboxes waiting with IDLE, console and listener open.

    python bench/idle.py                        this checkout, a minute of idleness after half a minute to come to rest
    python bench/idle.py --tree OTHER --tree .  others beside each other
    python bench/idle.py --seconds 300

Of each: processor time in percent of one core, by thread, and resident memory. The IMAP server is a scripted one in
this process, which says nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from desk import free_port, write_desk
from ingest import Server

HERE = Path(__file__).resolve().parent
MAILBOXES = 5
REST = 30  # seconds after the start
MAILBOX = """
[[mailbox]]
address = "box{number}@desk.example"
policy = "logik"
team = "first line"
[mailbox.imap]
host = "127.0.0.1"
port = {port}
tls = "none"
username = "box{number}"
password_file = "password"
"""
ANSWERS = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE\r\n",
    b"SELECT": b"* 0 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] x\r\n* OK [UIDVALIDITY 1] x\r\n"
    b"* OK [UIDNEXT 1] x\r\n",
    b"UID": b"* SEARCH\r\n",
}


async def _imap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An empty mailbox."""
    writer.write(b"* OK IMAP4rev1 ready\r\n")
    tag = b""
    while line := await reader.readline():
        if line.strip().upper() == b"DONE":
            writer.write(tag + b" OK done\r\n")
            continue
        tag, verb, *_ = line.split()
        if verb.upper() == b"IDLE":
            writer.write(b"+ idling\r\n")
            continue
        writer.write(ANSWERS.get(verb.upper(), b"") + tag + b" OK done\r\n")
    writer.close()


async def _idle(tree: Path, folder: Path, seconds: float) -> None:
    async with await asyncio.start_server(_imap, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        configuration = write_desk(
            folder,
            f"sqlite:///{folder / 'desk.db'}",
            listen=f"127.0.0.1:{free_port()}",
            desk='secret_file = "secret"',
        )
        (folder / "password").write_text("secret")
        (folder / "password").chmod(0o600)
        boxes = "".join(MAILBOX.format(number=number, port=port) for number in range(MAILBOXES))
        configuration.write_text(f'{configuration.read_text()}{boxes}[web]\nlisten = "127.0.0.1:{free_port()}"\n')
        daemon = Server(tree, str(folder))
        await asyncio.sleep(REST)
        before = await daemon.ask("mark")
        await asyncio.sleep(seconds)
        after = await daemon.ask("mark")
        await daemon.end()
    used = {name: after["names"][name] - before["names"].get(name, 0) for name in after["names"]}
    print(f"\n## {tree}")
    print(f"{'memory, MiB':30}{after['memory']['now'] / 1024:10.1f}")
    print(f"{'processor, % of a core':30}{sum(used.values()) / seconds / 1e7:10.3f}")
    for name, spent in sorted(used.items(), key=lambda entry: -entry[1]):
        print(f"  {name:28}{spent / seconds / 1e7:10.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, action="append")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()

    async def all_of_them(folder: Path) -> None:
        trees = options.tree or [HERE.parent]
        await asyncio.gather(
            *(_idle(tree.resolve(), folder / str(number), options.seconds) for number, tree in enumerate(trees))
        )

    with tempfile.TemporaryDirectory(prefix="hd-", ignore_cleanup_errors=True) as name:
        asyncio.run(all_of_them(Path(name)))


if __name__ == "__main__":
    main()
