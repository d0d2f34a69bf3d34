"""A file that came back: read by its contents, also when Word split runs or tracked changes; what is no bulletin is refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

import bulletin_cast as cast
from yunxing.engines.bulletins.compose import compose
from yunxing.io.documents.docx import write_docx
from yunxing.io.documents.read import read_docx
from yunxing.packs.bulletin import load_bulletin
from yunxing.values.errors import BadInput

DATA = write_docx(compose(load_bulletin(cast.LIBRARY), cast.board(), cast.ISSUED))


def with_body(edit: tuple[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(DATA)) as source, zipfile.ZipFile(made, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                assert edit[0] in content.decode()
                content = content.decode().replace(edit[0], edit[1], 1).encode()
            target.writestr(name, content)
    return made.getvalue()


def test_a_figure_split_over_runs_is_one_figure() -> None:
    """An office splits runs while spelling is checked."""
    split = with_body((">增长7.6%</w:t></w:r>", ">增长7</w:t></w:r><w:r><w:t>.6%</w:t></w:r>"))
    assert read_docx(split).shown == read_docx(DATA).shown


def test_text_deleted_by_a_tracked_change_does_not_count() -> None:
    tracked = with_body((">增长7.6%</w:t></w:r>", ">增长8.6%</w:t></w:r><w:del><w:r><w:delText>增长7.6%</w:delText></w:r></w:del>"))
    changed = {k: v for k, v in read_docx(tracked).shown.items() if read_docx(DATA).shown[k] != v}
    assert list(changed.values()) == ["增长8.6%"]


def test_foreign_bookmarks_are_not_figures() -> None:
    marked = with_body(("<w:t ", '<w:bookmarkStart w:id="9999" w:name="_GoBack"/><w:bookmarkEnd w:id="9999"/><w:t '))
    assert read_docx(marked).shown == read_docx(DATA).shown


@pytest.mark.parametrize("content", [b"", b"PK", b"not a file", b"\xd0\xcf\x11\xe0" + b"0" * 600])
def test_what_is_no_word_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.docx").write_bytes(content)
    with pytest.raises(BadInput, match=r"x\.docx: found no Word document"):
        read_docx(tmp_path / "x.docx")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="found no such file"):
        read_docx(tmp_path / "y.docx")


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.docx", "w") as package:
        package.writestr("a.txt", "x")
    with pytest.raises(BadInput, match="no Word document"):
        read_docx(tmp_path / "z.docx")


def test_broken_contents_are_refused() -> None:
    with pytest.raises(BadInput, match="broken contents"):
        read_docx(with_body(("</w:body>", "<")))


def test_entities_are_not_followed() -> None:
    """A file from outside may not read the server's files."""
    evil = with_body(("<w:document", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><w:document'))
    host = Path("/etc/hostname")
    text = "".join(read_docx(evil).lines)
    assert "&e;" not in text
    assert not host.exists() or host.read_text(encoding="utf-8").strip() not in text
