"""URLs taken apart: a URL is more than a path."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlsplit

_SCHEME = r"[a-zA-Z][a-zA-Z0-9+.-]+"
_BEGINNING = re.compile(rf"{_SCHEME}://")
_LINK = re.compile(rf"(?P<scheme>{_SCHEME})(?P<inner>://.*?)?::(?P<rest>.+)", re.DOTALL)

ARCHIVES = ("zip", "tar", "libarchive")
WRAPPING = (
    *ARCHIVES,
    *("dir", "reference"),
    *("simplecache", "filecache", "blockcache", "cached"),
)
"""Schemes that show what lies behind another URL; after any other, ``::`` is a part of the name."""

WEB = ("http", "https")
"""Schemes of which ``?`` and ``#`` end the path, and ``%`` begins an escape."""

_OF_HOSTS = (*WEB, "ftp", "ftps", "sftp", "ssh", "smb", "webdav", "webhdfs", "hdfs")
ON_THIS_MACHINE = ("file", "local")
_LONGEST_NAME = 100
_KEPT_IN_WEB_URLS = "%/:=&?~#+!$,;'@()*[]"
_SECRET = re.compile(
    r"(?:x-amz|x-goog|x-oss|x-cos)-.*|sig|signature|(?:access[-_]?)?token|api[-_]?key|password"
)
_SIGNED_WITH = re.compile(
    r"(?:aws|google|oss)access(?:key)?id|key-pair-id|policy|expires|s[eprtv]|spr|sk\w+"
)
"""Parameters that a signature covers, and which say nothing without it."""


def is_url(text: str) -> bool:
    """Tell whether a text is a URL, such as "s3://bucket/key" or "zip://a.png::https://h/b.zip"."""
    while (match := _LINK.match(text)) and not match["inner"] and match["scheme"] in WRAPPING:
        text = match["rest"]
    return _BEGINNING.match(text) is not None


def without_secrets(location: str) -> str:
    """Return a URL without what lets in whoever has it, and any other text as it is."""
    return Url.of(location).shown if is_url(location) else location


@dataclass(frozen=True, slots=True)
class Url:
    """A URL, or several of which each but the last wraps the next.

    Attributes
    ----------
    wrappers
        Such as "zip://a.png" or "simplecache", from the outside in.
    target
        What is wrapped: a URL, or a path on this machine behind an archive.

    Examples
    --------
    >>> url = Url.of("zip://night/1.png::https://host/shots.zip?Signature=x")
    >>> url.path, url.file_name
    ('night/1.png', '1.png')
    >>> url.shown
    'zip://night/1.png::https://host/shots.zip'
    """

    wrappers: tuple[str, ...]
    target: str

    @classmethod
    def of(cls, text: str) -> Url:
        """Take a URL apart."""
        wrappers = []
        while (match := _LINK.match(text)) and match["scheme"].lower() in WRAPPING:
            wrappers.append(text[: match.start("rest") - len("::")])
            text = match["rest"]
        return cls(tuple(wrappers), text)

    def __str__(self) -> str:
        return "::".join([*self.wrappers, self.target])

    @property
    def scheme(self) -> str:
        """Scheme of the target, in small letters; empty for a path."""
        return _scheme(self.target)

    @property
    def location(self) -> str:
        """The URL as file systems take it: nothing in it is mistaken for another link."""
        target = self.target
        if _scheme(target) in WEB:
            # Signatures are of the very characters: what is escaped stays so.
            target = quote(target, safe=_KEPT_IN_WEB_URLS).replace("::", "%3A%3A")
        return "::".join([*self.wrappers, target])

    @property
    def path(self) -> str:
        """Path of the file or folder, in the archive where it is in one; no query, no fragment."""
        for link in self.wrappers:
            if "://" in link:
                return link.partition("://")[2]
        if self.scheme in WEB:
            return urlsplit(self.target).path
        return self.target.partition("://")[2]

    @property
    def file_name(self) -> str:
        """A name for a copy on any disk, with the ending of the path."""
        name = unquote(self.path).rpartition("/")[2]
        return re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)[-_LONGEST_NAME:].lstrip(".") or "copy"

    @property
    def shown(self) -> str:
        """The URL without what lets in whoever has it: signatures, tokens, passwords."""
        return "::".join([*self.wrappers, _without_secrets(self.target)])

    def sibling(self, path: str) -> Url:
        """Return the URL of another file in the same file system, at a path that it lists."""
        for place, link in enumerate(self.wrappers):
            if "://" in link:
                scheme = link.partition("://")[0]
                wrappers = (*self.wrappers[:place], f"{scheme}://{path.lstrip('/')}")
                return replace(self, wrappers=(*wrappers, *self.wrappers[place + 1 :]))
        if is_url(path):
            return replace(self, target=path)
        return replace(self, target=f"{self.scheme}://{path}")

    def beside(self, entry: str) -> Url:
        """Return the URL of what a list at this URL calls by a relative path.

        The entry is the name of a file, in which every character stands for itself.
        """
        for place, link in enumerate(self.wrappers):
            if "://" in link:
                beside = f"{_folder(link)}/{entry}"
                wrappers = (*self.wrappers[:place], beside, *self.wrappers[place + 1 :])
                return replace(self, wrappers=wrappers)
        if self.scheme not in WEB:
            return replace(self, target=f"{_folder(self.target)}/{entry}")
        without_query = re.split(r"[?#]", self.target, maxsplit=1)[0]
        return replace(self, target=f"{_folder(without_query)}/{quote(entry)}")

    def as_written_beside(self, entry: str) -> Url:
        """Return the same for an entry that is a part of a URL, escaped already."""
        without_query = re.split(r"[?#]", self.target, maxsplit=1)[0]
        return replace(self, target=f"{_folder(without_query)}/{entry}")

    @property
    def is_of_the_web(self) -> bool:
        """Whether a web server gives the file itself, not an archive around it."""
        return not self.wrappers and self.scheme in WEB

    @property
    def is_in_an_archive_of_the_web(self) -> bool:
        """Whether the file is a member of an archive that a web server gives."""
        last = self.wrappers[-1].partition("://")[0].lower() if self.wrappers else ""
        return last in ARCHIVES and self.scheme in WEB

    def may_lead_to(self, other: Url) -> bool:
        """Tell whether what lies here may name what lies there.

        A file from afar may name what lies on its own host, or, where a scheme knows no hosts
        (a store of objects), what has its own scheme: never files of this machine.
        """
        mine, theirs = self.scheme, _scheme(other.target)
        wraps = {_scheme(link) or link.lower() for link in other.wrappers}
        if not theirs or theirs in ON_THIS_MACHINE or wraps & {"dir", "reference"}:
            return mine in ON_THIS_MACHINE and theirs in ON_THIS_MACHINE
        if mine not in _OF_HOSTS:
            return mine == theirs
        is_same_kind = mine == theirs or (mine, theirs) == ("http", "https")
        return is_same_kind and _host(self.target) == _host(other.target)


def _scheme(link: str) -> str:
    scheme, is_there, _ = link.partition("://")
    return scheme.lower() if is_there else ""


def _host(url: str) -> tuple[str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.hostname, parts.port
    except ValueError:
        return None, None


def _folder(link: str) -> str:
    scheme, _, path = link.partition("://")
    folder = path.rpartition("/")[0]
    # A list in the root of an archive, or of a store in memory.
    return f"{scheme}://{folder}" if folder else f"{scheme}:/"


def _without_secrets(target: str) -> str:
    if _scheme(target) not in WEB:
        return re.sub(r"(?<=://)([^/@]*):[^/@]*@", r"\1@", target)
    address, _, query = target.partition("?")
    parts = [part for part in query.partition("#")[0].split("&") if part]
    names = {part: part.partition("=")[0].lower() for part in parts}
    is_signed = any(_SECRET.fullmatch(name) for name in names.values())
    kept = [
        part
        for part, name in names.items()
        if not _SECRET.fullmatch(name) and not (is_signed and _SIGNED_WITH.fullmatch(name))
    ]
    address = re.sub(r"(?<=://)[^/@]*@", "", address)
    return address + ("?" + "&".join(kept) if kept else "")
