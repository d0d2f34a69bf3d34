"""`yunxing library …` and `yunxing search`, from the outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
TEXT = "乙市关于稳定用电的若干措施\n一、稳定用电\n1.保障电力。全市用电负荷不低于9成，“批而未供”土地优先。（市能源局负责）\n乙市人民政府\n2022年3月1日\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    (folder / "乙市.txt").write_text(TEXT, encoding="utf-8")
    done = call("library", "add", folder / "乙市.txt", "--place", "990200", "--level", "city", "--home", folder / "home", "--json")
    assert json.loads(done.stdout)["documents"] == [{"code": "乙市", "title": "乙市关于稳定用电的若干措施", "new": True, "questions": 0}]
    return folder / "home"


def call(*words, code=0):
    command = [sys.executable, "-c", "from yunxing.cli import main; main()", *map(str, words)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("YUNXING_HOME", "DJANGO"))}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env={**environment, "COLUMNS": "300"})
    assert done.returncode == code, done.stderr
    return done


def test_a_phrase_is_found_with_its_clause_and_marks(home):
    narrowed = ["--place", "990000", "--office", "能源局", "--from", "2022-03-01", "--to", "2022-03-01", "--valid-on", "2022-04-01"]
    found = json.loads(call("search", "用电负荷", *narrowed, "--home", home, "--json").stdout)
    (hit,) = found["hits"]
    (passage,) = hit["passages"]
    assert (found["total"], hit["code"], hit["date"], hit["state"], passage["clause"]) == (1, "乙市", "2022-03-01", "unstated", "1")
    assert [passage["words"][a:b] for a, b in passage["marked"]] == ["用电负荷"]


def test_hits_are_printed_with_marks_and_a_filter_in_the_way_is_named(home):
    assert "1 保障电力：1.保障【电力】。" in call("search", "电力", "--home", home).stdout
    assert "去掉 --issuer 会有 1 件" in call("search", "电力", "--issuer", "丙市", "--home", home).stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["x", "--near", "page"], "--near"),
        (["x", "--number", "办法"], "--number"),
        (["x", "--status", "old"], "--status"),
        (["x", "--from", "昨天"], "--from"),
        ([" "], "expected a word"),
    ],
)
def test_what_cannot_be_read_is_named(words, says):
    from yunxing.cli.library import search
    from yunxing.values.errors import BadInput

    named = {word[2:].replace("from", "since"): value for word, value in zip(words[1::2], words[2::2], strict=True)}
    with pytest.raises(BadInput, match=says):
        search(words[0], exact=False, strict=False, **{"near": "document", "kind": None, "issuer": None, "number": None, "office": None, "place": None, "since": None, "until": None, "valid": None, "status": None, **named})  # fmt: skip


def test_the_list_says_whether_a_document_holds(home):
    assert "未载明有效期" in call("library", "list", "--home", home).stdout
    assert "found 2 files" in call("library", "add", "a.txt", "b.txt", "--code", "x", "--home", home, code=2).stderr
