"""Which parts of the tree are the text, in what order, and which are attachments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from helpdesk.core.words.message import UnreadableText
from helpdesk.mail.read import overlap, rtf, tnef
from helpdesk.mail.read.attachments import is_tnef
from helpdesk.mail.read.calendar import happening
from helpdesk.mail.read.codec import clean, decode
from helpdesk.mail.read.html import to_text
from helpdesk.mail.read.mime import Part, Tree, read_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_TEXT = 1_000_000  # characters of readable text; the rest stays in the raw mail
MAX_HTML = 8_000_000
MAX_FORWARDS = 3  # levels of mail inside mail that are opened for their text

_ENCRYPTED = {
    "multipart/encrypted": UnreadableText("encrypted (PGP/MIME): the text cannot be read here"),
    "application/pkcs7-mime": UnreadableText("S/MIME envelope"),
    "application/x-pkcs7-mime": UnreadableText("S/MIME envelope"),
}
_BROKEN_TNEF = UnreadableText("Outlook's winmail.dat is broken: files may be missing")
_CHARSET_IN_HTML = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)
_SHOWN = {
    "text/plain",
    "text/html",
    "text/enriched",
    "text/richtext",
    "text/x-markdown",
    "text/markdown",
    "text/x-plain",
}
_PAGE_BEGINS = re.compile(rb"\s{0,200}<(?:!doctype html|html|head|body|p|div|table|font)\b[^<>]{0,300}>", re.IGNORECASE)
_PAGE_ENDS = re.compile(rb"</(?:body|html)>\s*$", re.IGNORECASE)
_STUB = re.compile(r"html|view (?:this|it)|browser", re.IGNORECASE)
_SHORT = 500  # characters of plain text that may say less than the rich text beside it
# What stands in plain text for a picture or a link.
_NO_WORDS = re.compile(r"\[[^\[\]]*\]|<[^<>]*>|\S*://\S*|\bwww\.\S*")
# Types of a part that has the words of a mail without any other text; what has the name of a file is one.
_MAY_BE_TEXT = re.compile(
    r"text/(?!calendar|(?:x-)?vcard)|application/(?:octet-stream|rtf|(?:\S+\+)?(?:json|xml))$|"
    r"(?!(?:application|audio|chemical|font|image|message|model|multipart|text|video)/)"
)
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


@dataclass
class Body:
    """What a mail says, and what it brings along."""

    text: str = ""
    attachments: list[Part] = field(default_factory=list)
    inline: set[int] = field(default_factory=set)
    damage: list[str] = field(default_factory=list)


def read_body(tree: Tree, *, forwards: int = MAX_FORWARDS) -> Body:
    """The readable text of a mail and the parts that are attachments. `tree` may be expanded already."""
    body = Body()
    pieces = [piece for piece in _Reader(tree, body).texts(tree.root) if piece.strip()]
    body.attachments += [part for part in tree.parts if part.content is not None and not part.in_tree]
    if not pieces:
        pieces = _from_inside(tree, body, forwards)
    elif (event := happening(tree)) is not None:
        if event.method == "REQUEST":
            pieces = [event.shown(), *pieces]  # who asks for what and when: its own text often says none of it
        elif event.comment and event.comment not in "\n".join(pieces):
            pieces = [*pieces, event.comment]
    text = "\n\n".join(piece.strip("\n") for piece in pieces)
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
        body.damage.append(UnreadableText(f"text longer than {MAX_TEXT:,} characters: cut here, whole in the raw mail"))
    body.text = text
    return body


def alternatives(raw: bytes) -> tuple[str, ...]:
    """The text of a mail in each form that it has, plain text first."""
    tree = read_tree(raw)
    reader = _Reader(tree, Body())
    shown = [
        part for part in tree.parts if part.type in {"text/plain", "text/html"} and part.disposition != "attachment"
    ]
    shown.sort(key=lambda part: part.type != "text/plain")
    return tuple(text for part in shown for text in reader.texts(part))


def _from_inside(tree: Tree, body: Body, forwards: int) -> list[str]:
    """A mail without text of its own: winmail.dat's text, an invitation's, or that of the first mail it encloses."""
    for part in body.attachments:
        if is_tnef(part) and (text := clean(tnef.text_of(tree.body(part))).strip()):
            return [text]
    for part in body.attachments:
        if not part.file_name and _MAY_BE_TEXT.match(part.type) and not _NO_TEXT.search(tree.body(part)[:MAX_HTML]):
            return [_Reader(tree, body).text(part)]
    event = happening(tree)
    if event is not None:
        return ["\n".join(piece for piece in (event.shown(), event.description) if piece)]
    for part in body.attachments:
        if part.type in {"message/rfc822", "message/global"} and forwards > 0:
            inner = read_body(read_tree(tree.body(part)), forwards=forwards - 1)
            body.damage += inner.damage
            return [inner.text] if inner.text else []
    return _from_preamble(tree)


def _from_preamble(tree: Tree) -> list[str]:
    """Text above the first boundary, where broken programs put it; not the notice that programs put there."""
    root = tree.root
    if not root.children or not root.type.startswith("multipart/"):
        return []
    preamble = tree.raw[root.block.body : root.block.body + MAX_HTML].partition(b"\n--")[0]
    text = clean(decode(preamble)[0]).strip()
    return [] if "MIME" in text or text.startswith("--") else [text]


class _Reader:
    """Walks the tree without recursion deeper than `mime.MAX_DEPTH` and decodes the parts that are shown."""

    def __init__(self, tree: Tree, body: Body) -> None:
        self._tree = tree
        self._body = body

    def texts(self, part: Part) -> list[str]:
        if part.children and not part.type.startswith("multipart/"):  # an envelope that was opened
            return [text for child in part.children for text in self.texts(child)]
        if part.type.startswith("multipart/") and (part.children or part.type != "multipart/mixed"):
            return self._multipart(part) if part.children else [self._shown(part, "text/plain")]
        if part.type.startswith("multipart/"):
            return [self._shown(part, "text/plain")]
        if part.disposition != "attachment" and part.type in _SHOWN and not self._is_named_file(part):
            return [self.text(part)]
        self._attach(part)
        return []

    def text(self, part: Part) -> str:
        """The text of a part that is no other part's."""
        return self._shown(part, "text/html" if self._is_page(part) else part.type)

    def _is_page(self, part: Part) -> bool:
        """Whether a part that names no type is HTML all the same."""
        if part.type != "text/plain" or b"/" in part.block.first("content-type"):
            return False
        data = self._tree.body(part)[:MAX_HTML]
        return _PAGE_BEGINS.match(data) is not None or _PAGE_ENDS.search(data[-200:]) is not None

    def _is_named_file(self, part: Part) -> bool:
        return bool(part.file_name) and part.number > 1

    def _multipart(self, part: Part) -> list[str]:
        match part.type:
            case "multipart/alternative":
                return self._alternative(part)
            case "multipart/related":
                return self._related(part)
            case "multipart/encrypted":
                self._body.damage.append(_ENCRYPTED[part.type])
                for child in part.children:
                    self._attach(child)
                return []
            case _:
                return [text for child in part.children for text in self.texts(child)]

    def _alternative(self, part: Part) -> list[str]:
        """RFC 2046 s5.1.4: the same in several forms. Plain text is what the sender's program meant to be read.

        Some programs leave out of it what it has no form for, or put a remark of their own there.
        """
        rich = [child for child in part.children if child.type != "text/plain" and _may_show(child)]
        plain = [child for child in part.children if child.type == "text/plain"]
        for child in part.children:
            if child not in plain and child not in rich:
                self._attach(child)
        shown_plain = (self.texts(child) for child in plain)
        texts = next((found for found in shown_plain if "".join(found).strip()), [])
        if len("".join(texts).strip()) < _SHORT:
            for child in rich[:-1]:
                self._attach_files(child)
            return _fuller(texts, [text for child in rich[-1:] for text in self.texts(child)])
        for child in rich:
            self._attach_files(child)
        return texts

    def _related(self, part: Part) -> list[str]:
        start = part.parameters.get("start", "").strip("<> ")
        root = next(
            (child for child in part.children if start and child.content_id == start),
            next((child for child in part.children if _may_show(child)), part.children[0]),
        )
        texts = self.texts(root)
        for child in part.children:
            if child is root:
                continue
            if _may_show(child) and not _is_referred_to(child):
                texts += self._further(child, texts)
            else:
                self._attach_files(child)
            self._body.inline.update(one.number for one in _leaves(child) if one.type.startswith("image/"))
        return texts

    def _further(self, part: Part, before: list[str]) -> list[str]:
        """Words that stand beside the root, where no program that follows RFC 2387 puts any; not the same in HTML."""
        said = _letters("\n".join(before))
        return [text for text in self.texts(part) if _letters(text) and _letters(text) not in said]

    def _attach_files(self, part: Part) -> None:
        for leaf in _leaves(part):
            if leaf.type not in _SHOWN or leaf.disposition == "attachment":
                self._attach(leaf)
                if leaf.content_id and leaf.type.startswith("image/"):
                    self._body.inline.add(leaf.number)

    def _attach(self, part: Part) -> None:
        if part.type.startswith("multipart/"):
            for leaf in _leaves(part):
                self._attach(leaf)
            return
        self._body.attachments.append(part)
        if part.disposition == "inline" and part.type.startswith("image/"):
            self._body.inline.add(part.number)
        if part.type in _ENCRYPTED:
            self._body.damage.append(self._smime(part))
        if is_tnef(part) and not tnef.is_whole(self._tree.body(part)):
            self._body.damage.append(_BROKEN_TNEF)

    @staticmethod
    def _smime(part: Part) -> UnreadableText:
        if part.parameters.get("smime-type", "").startswith("signed"):
            return UnreadableText("signed (S/MIME, opaque): the text is inside the attachment")
        return UnreadableText("encrypted (S/MIME): the text cannot be read here")

    def _shown(self, part: Part, kind: str) -> str:
        data = self._tree.body(part)
        charset = part.parameters.get("charset", "")
        data = data[: MAX_HTML if kind == "text/html" else MAX_TEXT * 4]
        if kind == "text/html":
            found = None if charset else _CHARSET_IN_HTML.search(data, 0, 4096)
            charset = found[1].decode("ascii") if found else charset
        text, repaired = decode(data, charset)
        if repaired:
            self._body.damage.append(f"text not in the charset it claims ({charset[:40] or 'none'})")
        if kind == "text/html":
            return clean(to_text(text))
        text = clean(text)
        if kind in {"text/enriched", "text/richtext"}:
            return _unenriched(text)
        if kind.endswith("/rtf"):
            return clean(rtf.text_of(data))
        return _unflowed(text, part) if part.parameters.get("format", "").lower() == "flowed" else text


def _may_show(part: Part) -> bool:
    return part.type in _SHOWN or part.type.startswith("multipart/")


def _fuller(plain: list[str], rich: list[str]) -> list[str]:
    """Of two forms of a text the plain one, unless the rich one says more; both, where each says something else."""
    of_plain, of_rich = _words(plain), _words(rich)
    if of_rich <= of_plain:
        return plain if "".join(plain).strip() else rich
    said_too = _words([_NO_WORDS.sub(" ", text) for text in plain]) <= of_rich or _STUB.search("".join(plain))
    return rich if said_too else [*plain, *rich]


def _words(texts: list[str]) -> set[str]:
    return {word for text in texts for line in text.split("\n") for word in overlap.words_of(line)}


def _is_referred_to(part: Part) -> bool:
    """Whether the root can show this part by its name: then it is no text of its own (RFC 2392, RFC 2557)."""
    return bool(part.content_id or part.block.first("content-location"))


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _leaves(part: Part) -> Iterator[Part]:
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if one.type.startswith("multipart/"):
            waiting += reversed(one.children)
        else:
            yield one


def _unenriched(text: str) -> str:
    return re.sub(r"<(?!<)/?[^<>]{1,80}>", "", text).replace("<<", "<")


_QUOTED = re.compile(r">*")


def _unflowed(text: str, part: Part) -> str:
    """RFC 3676: a line that ends in a space goes on in the next of its quote depth; one leading space is stuffing."""
    lines: list[list[str]] = []
    before, soft = -1, False
    delete_space = part.parameters.get("delsp", "").lower() == "yes"
    for line in text.split("\n"):
        marks = _QUOTED.match(line)
        depth = marks.end() if marks else 0
        content = line[depth:].removeprefix(" ")
        if soft and depth == before:
            lines[-1].append(content)
        else:
            lines.append([">" * depth + " ", content] if depth else [content])
        soft = content.endswith(" ") and content != "-- "  # s4.3: the signature line is never flowed
        before = depth
        if soft and delete_space:
            lines[-1][-1] = lines[-1][-1][:-1]
    return "\n".join("".join(pieces) for pieces in lines)
