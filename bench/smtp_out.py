"""Mails a second to a smarthost: one connection kept against a new connection for every mail.

    python bench/smtp_out.py [--mails 400] [--rounds 9] [--size 4096]

The smarthost is a process of its own that takes everything and stores nothing, so this is the cost of our
side and of the round trips over loopback. Both ways are measured in turns; what is printed is the median with
the smallest and largest round, and the ratio of neighbouring rounds, which a busy machine disturbs less.
"""

import argparse
import socket
import statistics
import subprocess
import sys
import threading
import time

from helpdesk.wires.courier import Courier, Outgoing, Sent
from helpdesk.wires.outgoing import open_courier


def main() -> None:
    options = _options()
    if options.sink:
        _sink()
        return
    mail = _mail(options.size)
    with subprocess.Popen([sys.executable, __file__, "--sink"], stdout=subprocess.PIPE, text=True) as sink:
        assert sink.stdout is not None
        courier = open_courier(f"smtp://127.0.0.1:{sink.stdout.readline().strip()}", hostname="bench.example")
        rounds = [_round(courier, mail, mails=options.mails) for _ in range(options.rounds + 1)][1:]  # one to warm up
        courier.close()
        sink.terminate()
    _print(rounds, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=400, help="a round and way")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--size", type=int, default=4096, help="bytes a mail")
    parser.add_argument("--sink", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _mail(size: int) -> Outgoing:
    head = b"From: support@desk.example\r\nTo: bob@client.example\r\nSubject: bench\r\n\r\n"
    body = b"Sixty-two letters and a line end, as an ordinary mail has them.\r\n"
    raw = head + body * max(1, (size - len(head)) // len(body))
    return Outgoing("support@desk.example", "bob@client.example", raw, "<1@desk.example>")


def _round(courier: Courier, mail: Outgoing, *, mails: int) -> tuple[float, float]:
    """Mails a second with one connection and with a connection each."""
    began = time.perf_counter()
    for _ in range(mails):
        assert isinstance(courier.deliver(mail), Sent)
    kept = time.perf_counter()
    for _ in range(mails):
        courier.close()
        assert isinstance(courier.deliver(mail), Sent)
    new = time.perf_counter()
    return mails / (kept - began), mails / (new - kept)


def _print(rounds: list[tuple[float, float]], options: argparse.Namespace) -> None:
    print(f"{options.rounds} rounds of {options.mails} mails of {options.size} bytes, loopback, no TLS")
    for name, figures, digits in (
        ("one connection kept, mails/s", [kept for kept, _ in rounds], 0),
        ("a new connection each, mails/s", [new for _, new in rounds], 0),
        ("ratio kept : new", [kept / new for kept, new in rounds], 2),
    ):
        middle, low, high = statistics.median(figures), min(figures), max(figures)
        print(f"{name:32} {middle:8.{digits}f}  [{low:.{digits}f}..{high:.{digits}f}]")


def _sink() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            sock, _ = listener.accept()
            threading.Thread(target=_take, args=(sock,), daemon=True).start()


def _take(sock: socket.socket) -> None:
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with sock, sock.makefile("rb") as lines:
        sock.sendall(b"220 sink\r\n")
        for line in lines:
            match line[:4].upper():
                case b"EHLO":
                    sock.sendall(b"250-sink\r\n250-SIZE 0\r\n250 8BITMIME\r\n")
                case b"DATA":
                    sock.sendall(b"354 go on\r\n")
                    while lines.readline() != b".\r\n":
                        pass
                    sock.sendall(b"250 2.0.0 Ok: taken\r\n")
                case b"QUIT":
                    sock.sendall(b"221 2.0.0 bye\r\n")
                    return
                case _:
                    sock.sendall(b"250 2.0.0 Ok\r\n")


if __name__ == "__main__":
    main()
