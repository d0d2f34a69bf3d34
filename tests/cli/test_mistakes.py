"""A newcomer's mistakes and a machine's troubles, from the outside: one clear sentence, the exit code, and nothing half done."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MONTH = "2022-09"
pytestmark = pytest.mark.slow
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def start(*words: object, limit: int = 0) -> subprocess.Popen[str]:
    """`yunxing …` in a process of its own; `limit` is the largest file it may write, in bytes (a full disk)."""

    def prepared() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a job in the background has it ignored, and would hand that down
        if limit:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YUNXING_HOME", "DJANGO"))}
    command = [sys.executable, "-m", "yunxing", *map(str, words)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environment, "COLUMNS": "300"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepared,
    )


def call(*words: object, limit: int = 0) -> Any:
    process = start(*words, limit=limit)
    out, err = process.communicate(timeout=240)
    return subprocess.CompletedProcess(words, process.returncode, out, err)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a synthetic city of 20 firms (`city`), and a home in which its September is closed (`home`)."""
    folder = tmp_path_factory.mktemp("mistakes")
    steps = [
        ("city", "simulate", "--firms", "20", "--from", "2022-08", "--to", MONTH, "-o", folder / "city"),
        ("facts", "registry", folder / "city" / "registry.xlsx", "--home", folder / "home"),
        ("facts", "import", folder / "city", "--home", folder / "home"),
        ("month", "close", MONTH, "--home", folder / "home"),
    ]
    for words in steps:
        done = call(*words)
        assert done.returncode in (0, 1), done.stderr
    return folder


@pytest.fixture
def home(closed: Path, tmp_path: Path) -> Path:
    """A copy of the home to be damaged."""
    shutil.copytree(closed / "home", tmp_path / "home")
    return tmp_path / "home"


def current(home: Path) -> Path:
    folder = home / "tables" / "closed" / MONTH
    return folder / (folder / "current").read_text().strip()


def refused(done: Any, code: int, *says: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    for one in says:
        assert one in done.stderr + done.stdout


def test_a_damaged_batch_is_named_with_the_way_out(home):
    batch = next((home / "tables" / "facts").glob(f"{MONTH}.enterprise_month.*.parquet"))
    batch.write_bytes(batch.read_bytes()[:300])

    refused(call("month", "close", MONTH, "--home", home), 2, batch.name, "damaged", "import its workbooks again")


def test_a_closed_month_altered_on_the_disk_is_told(home):
    """One byte more in a sealed file: reproduce does not hold, and says which file; other commands that read it name it too."""
    assert call("month", "reproduce", MONTH, "--home", home).returncode == 0
    table = current(home) / "indicators.parquet"
    table.write_bytes(table.read_bytes() + b"x")

    refused(call("month", "reproduce", MONTH, "--home", home), 1, "indicators.parquet", "altered")
    refused(call("plan", "status", "--home", home), 2, "indicators.parquet", "damaged")


@pytest.mark.parametrize("words", [("month", "close", MONTH), ("ledger", "verify"), ("facts", "undo", "x")], ids=" ".join)
def test_a_store_that_is_no_database(home, words):
    for path in home.glob("desk.sqlite3*"):
        path.unlink()
    (home / "desk.sqlite3").write_bytes(os.urandom(9000))

    refused(call(*words, "--home", home), 2, "desk.sqlite3", "not a database", "yunxing restore")


def test_a_home_of_a_newer_version(home):
    with closing(sqlite3.connect(home / "desk.sqlite3")) as store:
        store.execute("insert into django_migrations (app, name, applied) values ('room', '9999_later', '2030-01-01 00:00:00')")
        store.commit()

    refused(call("month", "close", MONTH, "--home", home), 2, "room.9999_later", "newer yunxing")
    refused(call("doctor", "--home", home), 1, "newer version")


@pytest.mark.parametrize("words", [("month", "close", MONTH), ("ledger", "verify"), ("bulletin", "build", MONTH)], ids=" ".join)
def test_settings_that_cannot_be_read(home, words):
    (home / "settings.toml").write_text("secret_key = 1 2\n")

    refused(call(*words, "--home", home), 2, "settings.toml", "TOML")


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may write everywhere, and setpriv is not here")
def test_a_home_without_the_right_to_write(home):
    home.chmod(0o555)
    words = [sys.executable, "-c", "from yunxing.cli import main; main()", "month", "close", MONTH, "--home", str(home)]
    other = ["setpriv", "--reuid", "65534", "--clear-groups"] if os.geteuid() == 0 else []
    for folder in (home, *home.parents):  # pytest's folders are for their owner alone
        if folder.stat().st_uid == os.geteuid() and folder != Path(folder.root) and folder != home:
            folder.chmod(folder.stat().st_mode | 0o055)
        if folder.name.startswith("pytest-of"):
            break
    try:
        done = subprocess.run([*other, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    finally:
        home.chmod(0o755)

    refused(done, 2, str(home), "may not write")


@pytest.mark.parametrize(
    ("words", "target"),
    [
        (("backup", "{out}"), "out"),
        (("city", "simulate", "--firms", "20", "--from", MONTH, "--to", MONTH, "-o", "{out}"), "out"),
        (("facts", "template", "enterprise_month", "2022-10", "371681", "-o", "{out}"), "out"),
        (("month", "close", "2022-08"), ""),
    ],
    ids=lambda one: one[0] if isinstance(one, tuple) else "",
)
def test_a_full_disk_leaves_nothing_half_written(home, tmp_path, words, target):
    """The largest file that may be written is 4 KiB: exit 2, the words say that there is no room, nothing is left, and with room it works."""
    out = tmp_path / "out"
    given = [word.replace("{out}", str(out)) for word in words]
    at = [] if words[0] == "city" else ["--home", home]
    before = sorted(path.relative_to(home) for path in home.rglob("*") if not path.name.startswith("desk.sqlite3"))
    refused(call(*given, *at, limit=4096), 2, "room to write")

    assert not out.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    after = sorted(path.relative_to(home) for path in home.rglob("*") if not path.name.startswith("desk.sqlite3"))
    assert [path for path in after if path not in before and ".partial-" not in str(path)] == []
    done = call(*given, *at)
    assert done.returncode == 0, done.stderr
    assert not target or out.exists()


def test_two_closings_at_once_end_with_one_snapshot(home):
    """Both wait for their turn, both end well, and the month has one folder."""
    shutil.rmtree(home / "tables" / "closed")
    both = [start("month", "close", MONTH, "--json", "--home", home) for _ in range(2)]
    told = [(process.communicate(timeout=240), process.returncode) for process in both]

    assert [code for _, code in told] == [0, 0], told
    assert len({json.loads(out)["snapshot"] for (out, _), _ in told}) == 1
    assert len([path for path in (home / "tables" / "closed" / MONTH).iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("month", "close", MONTH),
        ("month", "reproduce", MONTH),
        ("facts", "import", "{city}"),
        ("city", "simulate", "--from", "2020-01", "--to", MONTH, "-o", "{out}"),
        ("pack", "check"),
        ("entitlements", "round", "--date", "2022-09-30"),
        ("demo", "--home", "{out}"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_ctrl_c_ends_with_one_sentence_and_the_next_run_is_good(closed, home, tmp_path, words):
    """In the middle of each long command: exit 130 (0 when it was quicker), no trace, and running it again works."""
    given = [word.replace("{city}", str(closed / "city")).replace("{out}", str(tmp_path / "out")) for word in words]
    at = [] if words[0] in ("city", "demo") else ["--home", str(home)]
    process = start(*given, *at)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode in (0, 1, 130), err
    assert "Traceback" not in err
    if process.returncode == 130:
        assert "interrupted" in err
        assert out == ""
    if words[0] in ("month", "facts"):
        assert call("month", "close", MONTH, "--home", home).returncode == 0
    if words[0] == "city":
        assert not (tmp_path / "out").exists() or (tmp_path / "out" / "truth.json").exists()


@pytest.mark.parametrize("moment", [0.1, 0.2, 0.4, 0.7])
def test_ctrl_c_while_the_program_loads_ends_it_with_one_sentence(moment):
    """Wherever it falls once the program has begun to load: no trace of the program (its help may be half printed by then)."""
    process = start("plan", "import", "--help")
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=60)

    assert process.returncode in (0, 130, -signal.SIGINT), err
    assert "yunxing/cli" not in err, "before our first line the interpreter itself may answer; after it we do"
    if process.returncode == 130:
        assert "interrupted" in err


def files_of_the_town(folder: Path, book: Path) -> dict[str, tuple[Path, str]]:
    """One file for each way in which a file cannot be taken, and what must be said of it."""
    import openpyxl

    whole = book.read_bytes()
    made: dict[str, tuple[bytes, str]] = {
        "broken.xlsx": (whole[:4000], "完整的 .xlsx"),
        "locked.xlsx": (OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(2000), "有打开密码的工作簿"),
        "broken.zip": (b"PK\3\4 not an archive", "损坏的压缩包"),
        "broken.csv.gz": (b"\x1f\x8b\x08\x00garbage", "损坏的压缩文件"),
        "empty.csv": (b"", "空文件"),
        "noise.csv": (bytes(range(256)) * 20, "既不是表格也不是文本"),
        "letter.pdf": (b"%PDF-1.7 x", "PDF 文件"),
        "report【机密】.xlsx": (whole, "国家秘密标志"),
        "other.csv": ("姓名,年龄\n甲,3\n".encode(), "认不出是哪张报表"),
    }
    for name, (content, _) in made.items():
        (folder / name).write_bytes(content)
    marked = openpyxl.load_workbook(book)
    marked.worksheets[0]["A1"] = "秘密★1年"
    marked.save(folder / "marked.xlsx")
    return {name: (folder / name, says) for name, (_, says) in made.items()} | {"marked.xlsx": (folder / "marked.xlsx", "国家秘密标志")}


def test_a_file_that_cannot_be_taken_is_told(closed, home, tmp_path):
    """All of a folder at once, each with its own sentence; a good file among them is taken all the same, and nothing marked is kept."""
    town = tmp_path / "town"
    town.mkdir()
    book = next((closed / "city" / MONTH).glob("*371681*enterprise_month_*.xlsx"))
    files = files_of_the_town(town, book)
    shutil.copy(book, town / "good.xlsx")
    kept = sorted((home / "files").rglob("*"))
    done = call("facts", "import", *(path for path, _ in files.values()), town / "good.xlsx", "--json", "--home", home)

    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    told = {one["name"]: one for one in json.loads(done.stdout)["files"]}
    for name, (_, says) in files.items():
        assert told[name]["state"] == "refused"
        assert says in json.dumps(told[name], ensure_ascii=False), name
    assert told["good.xlsx"]["state"] == "unchanged"
    assert sorted((home / "files").rglob("*")) == kept, "nothing refused is kept"


def test_a_table_under_a_wrong_name_is_still_read(closed, home, tmp_path):
    """HTML named .xls, CSV in GB 18030, an archive with names of an old Windows and with names that climb out of their folder."""
    import openpyxl

    book = next((closed / "city" / MONTH).glob("*371681*enterprise_month_*.xlsx"))
    rows = [
        ["" if cell.value is None else str(cell.value) for cell in row] for row in openpyxl.load_workbook(book).worksheets[0].iter_rows()
    ]
    html = "<html><table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table></html>"
    (tmp_path / "page.xls").write_text(html, encoding="utf-8")
    (tmp_path / "old.csv").write_bytes("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode("gb18030"))
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        archive.writestr("../../climbs.xlsx", book.read_bytes())
        archive.writestr("~$lock.xlsx", b"x")
        archive.writestr("长" * 80 + ".xlsx", book.read_bytes())
    names = ("page.xls", "old.csv", "odd.zip")
    words = ("facts", "import", *(tmp_path / name for name in names), "--dry-run", "--correction", "改正", "--json", "--home", home)
    told = json.loads(call(*words).stdout)["files"]

    assert [one["form"] for one in told] == ["enterprise_month"] * 4
    assert not list(tmp_path.rglob("climbs*"))


def test_months_that_are_none_not_closed_or_without_facts(home):
    refused(call("month", "close", "2022-13", "--home", home), 2, "MONTH: 2022-13 is not a month")
    refused(call("month", "close", "2019-05", "--home", home), 2, "found no facts for 2019-05")
    refused(call("month", "reproduce", "2022-08", "--home", home), 2, "2022-08 is not closed", MONTH)
    refused(call("bulletin", "build", "2022-08", "--home", home), 2, "yunxing month close 2022-08")
    refused(call("facts", "import", ROOT / "README.md", "--month", "2022-9x", "--home", home), 2, "--month: 2022-9x")
    refused(call("plan", "attach", "binzhou_2022_156", ROOT / "LICENSE", "--home", home), 2, "LICENSE", "sha256")


def test_without_a_font_for_the_pdf_the_word_file_is_still_written(home, tmp_path):
    """No packaged font and an empty fonts_dir: the bulletin is built, the Word file is there, and the words say what is missing."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "pylopdf_fonts_zh_cn.py").write_text(
        "raise ModuleNotFoundError('No module named pylopdf_fonts_zh_cn', name='pylopdf_fonts_zh_cn')\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YUNXING_HOME", "DJANGO"))}
    command = [sys.executable, "-c", "from yunxing.cli import main; main()", "bulletin", "build", MONTH, "--json", "--home", str(home)]
    done = subprocess.run(
        command, cwd=ROOT, env={**environment, "PYTHONPATH": str(tmp_path / "hidden")}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert any(name.endswith(".docx") for name in answer["files"])
    assert answer["pdf_refused"] or any(name.endswith(".pdf") for name in answer["files"])
