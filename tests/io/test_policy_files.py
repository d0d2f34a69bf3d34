"""Policy files of every kind give their words; a broken file is refused with its name, what was found and what is expected."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunxing.io.policy_files import decode, read_policy
from yunxing.values.errors import BadInput

WORDS = "一、促进投资\n1.做好工作。（市财政局负责）\n"


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("utf-16", "utf-16")]
)
def test_a_text_file_is_read_in_its_encoding(tmp_path, encoding, named):
    path = tmp_path / "plan.txt"
    path.write_bytes(WORDS.encode(encoding))
    read = read_policy(path)

    assert (read.text, read.encoding, read.as_is) == (WORDS, named, True)
    assert read.file_sha256.startswith("sha256:")


def test_line_ends_stay_as_they_are(tmp_path):
    path = tmp_path / "plan.txt"
    path.write_bytes(WORDS.replace("\n", "\r\n").encode())

    assert "\r\n" in read_policy(path).text


def test_a_word_file_gives_paragraphs_and_cells(tmp_path):
    from docx import Document

    document = Document()
    for line in WORDS.strip().split("\n"):
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text = "任务"
    table.rows[0].cells[1].text = "市商务局"
    path = tmp_path / "plan.docx"
    document.save(str(path))

    assert read_policy(path).text == WORDS + "任务\t市商务局\n"


def test_a_web_page_gives_its_visible_words(tmp_path):
    page = "<html><head><title>站点</title><style>p{}</style></head><body><nav>菜单</nav><p>一、促进\n投资</p><p>1.做好<b>工作</b>。&#65288;市财政局负责）<br>二</p><script>x</script></body></html>"
    path = tmp_path / "plan.html"
    path.write_text(page, encoding="utf-8")

    assert read_policy(path).text == "一、促进投资\n1.做好工作。（市财政局负责）\n二\n"


def test_a_pdf_with_text_gives_it(tmp_path):
    pytest.importorskip("pypdfium2")
    import typst

    source = tmp_path / "page.typ"
    source.write_text("The plan of 2022 completes 418 projects.", encoding="utf-8")
    path = tmp_path / "plan.pdf"
    path.write_bytes(typst.compile(str(source)))

    assert "418 projects" in read_policy(path).text


def test_a_pdf_of_pictures_is_refused(tmp_path):
    pytest.importorskip("pypdfium2")
    import typst

    source = tmp_path / "page.typ"
    source.write_text("#line(length: 5cm)", encoding="utf-8")
    path = tmp_path / "scan.pdf"
    path.write_bytes(typst.compile(str(source)))

    with pytest.raises(BadInput, match=r"scan\.pdf: found 1 page.*text layer"):
        read_policy(path)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("plan.xlsx", b"PK", r"found a file ending in “\.xlsx”"),
        ("plan", b"", "found a file ending in “nothing”"),
        ("plan.txt", b"", "found an empty file"),
        ("plan.txt", b"\x00\x01\xff", "found binary contents"),
        ("plan.txt", b"\xff\xff\xff\xff", "neither UTF-8"),
        ("plan.txt", b"\xff\xfe\x00", "found a mark of utf-16 and broken bytes"),
        ("plan.docx", b"no zip at all", "found no Word document"),
        ("plan.pdf", b"no pdf at all", "found no readable PDF"),
    ],
)
def test_a_broken_file_is_refused_with_what_was_found(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(BadInput, match=says) as refusal:
        read_policy(path)
    assert str(path) in str(refusal.value)
    assert "expected" in str(refusal.value)


def test_a_zip_that_is_no_word_file_is_refused(tmp_path):
    path = tmp_path / "plan.docx"
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w") as package:
        package.writestr("a.txt", "x")
    path.write_bytes(store.getvalue())

    with pytest.raises(BadInput, match="found no Word document"):
        read_policy(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(BadInput, match="no readable file"):
        read_policy(tmp_path / "none.txt")


@given(st.text(min_size=1, max_size=60))
def test_utf8_reads_back_as_written(text):
    content = text.encode("utf-8", "ignore")
    read, encoding = decode(content, "x")

    assert read.encode("utf-8") == content or encoding != "utf-8"


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content):
    text, said = None, ""
    try:
        text, _ = decode(content, "x.txt")
    except BadInput as refusal:
        said = str(refusal)

    assert isinstance(text, str) or "x.txt" in said
