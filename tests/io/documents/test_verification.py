"""The QR code on an issued document: it reads back to the address, opens alike everywhere, and is the same bytes twice."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pypdfium2 as pdfium
import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose
from yunxing.io.codes import qr_png
from yunxing.io.documents.checks import refused_elements
from yunxing.io.documents.docx import VERIFY_ALT, write_docx
from yunxing.io.documents.fonts import find_fonts
from yunxing.io.documents.pdf import write_pdf
from yunxing.packs.bulletin import load_bulletin

ADDRESS = "https://yunxing.example/verify/0123456789ABCDEF/"


@pytest.fixture(scope="module")
def bulletin():
    return replace(compose(load_bulletin(cast.LIBRARY), cast.board(), cast.ISSUED), verify=ADDRESS)


def test_the_word_file_holds_the_picture_with_words_for_who_cannot_see_it(bulletin):
    data = write_docx(bulletin)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        pictures = [package.read(name) for name in package.namelist() if name.startswith("word/media/")]
        body = package.read("word/document.xml").decode()

    assert pictures == [qr_png(ADDRESS)]
    assert f'descr="{VERIFY_ALT}"' in body
    assert "0123456789ABCDEF" in body
    assert refused_elements(data) == []
    assert data == write_docx(bulletin)


def test_without_an_address_there_is_no_picture(bulletin):
    with zipfile.ZipFile(io.BytesIO(write_docx(replace(bulletin, verify="")))) as package:
        assert not [name for name in package.namelist() if "media" in name]


def test_the_pdf_prints_code_and_picture_on_its_last_page(bulletin):
    document = pdfium.PdfDocument(write_pdf(bulletin, find_fonts()).data)
    words = "".join(page.get_textpage().get_text_range() for page in document)
    images = [one for page in document for one in page.get_objects() if one.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE]

    assert "0123456789ABCDEF" in words.replace("\r", "").replace("\n", "")
    assert len(images) == 1
    assert bulletin.verify_code == "0123456789ABCDEF"
