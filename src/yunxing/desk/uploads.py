"""Uploads of the desk: judged before anything is stored (`io.uploads`), and the judgement recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler

from yunxing.desk.people import journal
from yunxing.io import uploads
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput


@dataclass(frozen=True, slots=True)
class Received:
    """An accepted upload: its safe name, kind by content, bytes, and their digest (the content address)."""

    name: str
    kind: str
    content: bytes
    digest: str


def receive(file: UploadedFile[Any], *, kinds: frozenset[str] = uploads.KINDS) -> Received:
    """The upload, if it may be stored; else `BadInput`. Either way it is in the journal, a refused file by its digest alone."""
    return receive_content(file.name or "file", file.read(), kinds=kinds)


def receive_content(name: str, content: bytes, *, kinds: frozenset[str] = uploads.KINDS) -> Received:
    """The same for bytes in hand: one file of an archive."""
    try:
        accepted = uploads.inspect(name, content, limit_bytes=settings.UPLOAD_LIMIT_BYTES, kinds=kinds)
    except BadInput:
        # the name of a secret file may itself be secret: it is not written down
        journal.record("upload", kind="file", object_id=digest(content), result="refused")
        raise
    journal.record("upload", kind="file", object_id=digest(content), reason=accepted.name)
    return Received(accepted.name, accepted.kind, content, digest(content))


class BoundedMemoryUploads(MemoryFileUploadHandler):
    """Holds an upload in memory only, so that a file that must not be stored never touches a temporary folder; refuses one that is announced too large."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None) -> None:  # noqa: ARG002, N803  # the framework's signature
        """Take every upload in memory; one whose announced length is beyond the limit is refused before a byte of it is read."""
        self.activated = True
        if content_length > settings.UPLOAD_LIMIT_BYTES + 1024 * 1024:
            raise RequestDataTooBig(f"the upload has {content_length} bytes; at most {settings.UPLOAD_LIMIT_BYTES} are taken")
