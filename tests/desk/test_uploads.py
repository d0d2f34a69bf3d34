"""Uploads of the desk: judged in memory before storage, recorded either way."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import RequestFactory

from yunxing.desk import uploads
from yunxing.desk.people.models import JournalEntry
from yunxing.values.digest import digest
from yunxing.values.errors import BadInput

pytestmark = pytest.mark.django_db
CONTENT = "企业,产值\n甲,1\n".encode()


def test_an_accepted_file_comes_with_its_content_address_and_is_recorded():
    received = uploads.receive(SimpleUploadedFile("月报.csv", CONTENT))

    assert (received.name, received.kind, received.content) == ("月报.csv", "csv", CONTENT)
    assert received.digest == digest(CONTENT)
    entry = JournalEntry.objects.get(act="upload")
    assert (entry.object_id, entry.result, entry.reason) == (digest(CONTENT), "done", "月报.csv")


def test_a_refused_file_is_recorded_by_its_digest_alone():
    """Neither the name nor the content of what may be secret is written down."""
    content = "机密★1年\n".encode()
    with pytest.raises(BadInput):
        uploads.receive(SimpleUploadedFile("【机密】某方案.csv", content))

    entry = JournalEntry.objects.get(act="upload")
    assert (entry.object_id, entry.result) == (digest(content), "refused")
    assert "方案" not in str(list(JournalEntry.objects.values()))


def test_an_upload_never_touches_a_temporary_folder(settings):
    """Large or small it is held in memory, so that what must not be stored was not stored on its way in."""
    large = io.BytesIO(b"1,2\n" * 1_000_000)
    large.name = "a.csv"
    request = RequestFactory().post("/x/", {"file": large})

    assert large.getbuffer().nbytes > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    assert isinstance(request.FILES["file"], InMemoryUploadedFile)
    assert request.FILES["file"].size == 4_000_000


def test_an_upload_beyond_the_limit_is_refused_before_it_is_read(settings):
    settings.UPLOAD_LIMIT_BYTES = 1024
    request = RequestFactory().post("/x/", {"file": SimpleUploadedFile("a.csv", b"0" * 2 * 1024 * 1024)})

    with pytest.raises(RequestDataTooBig):
        _ = request.FILES


def test_the_limit_of_the_settings_counts(settings):
    settings.UPLOAD_LIMIT_BYTES = len(CONTENT) - 1

    with pytest.raises(BadInput, match="at most"):
        uploads.receive(SimpleUploadedFile("a.csv", CONTENT))
