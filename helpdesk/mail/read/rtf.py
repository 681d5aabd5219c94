"""RTF to readable text, and the compression in which Outlook sends it (MS-OXRTFCP). Bounded; garbage gives nothing."""

from __future__ import annotations

import re
import struct

from helpdesk.mail.read.html import to_text

MAX_RTF = 4 * 1024 * 1024

# MS-OXRTFCP 2.1.3.1.4: what the window holds before the first byte, so that common words need not be sent.
_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096


def unpacked(data: bytes) -> bytes:
    """RTF out of its compression, as far as it goes."""
    if len(data) < 16:
        return b""
    size, kind = struct.unpack_from("<4xI4s", data)
    if kind == b"MELA":
        return data[16 : 16 + size]
    return _inflated(data[16:], min(size, MAX_RTF)) if kind == b"LZFu" else b""


def _inflated(data: bytes, size: int) -> bytes:
    """LZ77: eight flags, then a byte for each 0 and a reference into the last 4096 bytes for each 1."""
    out = bytearray(_START)
    at = 0
    while at < len(data) and len(out) < len(_START) + size:
        flags = data[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += data[at : at + 1]
                at += 1
                continue
            reference = int.from_bytes(data[at : at + 2], "big")
            at += 2
            distance = (len(out) - (reference >> 4)) % _WINDOW
            if distance == 0 or distance > len(out):
                return bytes(out[len(_START) :])
            for _ in range((reference & 15) + 2):
                out.append(out[-distance])
    return bytes(out[len(_START) :])


_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_NOT_SHOWN = frozenset(
    {b"fonttbl", b"colortbl", b"stylesheet", b"info", b"pict", b"object", b"themedata", b"listtable"}
)
_BREAKS = {b"par": "\n", b"line": "\n", b"tab": "\t"}


def text_of(data: bytes) -> str:
    """The readable text of RTF; HTML wrapped in RTF (MS-OXRTFEX) is unwrapped and read as HTML."""
    reader = _Reader()
    for byte, word, number, symbol, brace, text in _TOKEN.findall(data[:MAX_RTF]):
        if brace:
            reader.group(brace)
        elif word:
            reader.word(word, number)
        elif symbol:
            reader.symbol(symbol)
        else:
            reader.show(bytes([int(byte, 16)]) if byte else text)
    joined = "".join(reader.shown)
    return to_text(joined) if b"\\fromhtml" in data[:1000] else joined.strip()


class _Reader:
    """Keeps what is shown, and the depth of the group that is not."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self._depth = 0
        self._silent = 0  # depth of the outermost group that is not shown, 0 when none
        self._instead = False  # \htmlrtf: RTF for readers that know no HTML

    def group(self, brace: bytes) -> None:
        self._depth += 1 if brace == b"{" else -1
        if self._depth < self._silent:
            self._silent = 0

    def word(self, word: bytes, number: bytes) -> None:
        if word == b"htmltag":
            self._silent = 0  # the group began with \*, but it holds the HTML itself
        elif word == b"htmlrtf":
            self._instead = number != b"0"
        elif word in _NOT_SHOWN:
            self._silent = self._silent or self._depth
        elif word in _BREAKS:
            self.write(_BREAKS[word])
        elif word == b"u" and number:
            self.write(chr(int(number) % 65536))

    def symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._silent = self._silent or self._depth
        elif symbol in {b"\\", b"{", b"}"}:
            self.show(symbol)
        elif symbol == b"~":
            self.write("\u00a0")

    def show(self, text: bytes) -> None:
        self.write(text.decode("cp1252", "replace"))

    def write(self, text: str) -> None:
        if not self._silent and not self._instead:
            self.shown.append(text)
