"""`yunxing city simulate` from the outside."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "plans" / "binzhou_2022_156"


def run(*arguments):
    code = "from yunxing.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "city", "simulate", "--pack", str(PACK), *arguments], capture_output=True, text=True, cwd=ROOT
    )


def test_it_writes_a_city_and_says_what(tmp_path):
    done = run("--seed", "3", "--firms", "20", "--from", "2022-03", "--to", "2022-03", "-o", str(tmp_path / "city"))

    assert done.returncode == 0, done.stderr
    assert "合成数据" in done.stdout
    assert (tmp_path / "city" / "2022-03").is_dir()


def test_json_is_plain_and_complete(tmp_path):
    done = run("--firms", "5", "--from", "2022-03", "--to", "2022-04", "-o", str(tmp_path / "city"), "--json")
    told = json.loads(done.stdout)

    assert (told["firms"], told["from"], told["to"]) == (5, "2022-03", "2022-04")
    assert told["workbooks"] == sum(1 for _ in (tmp_path / "city").glob("2022-*/*.xlsx"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "2022", "--to", "2022-03"), "is not a month"),
        (("--from", "2022-13", "--to", "2022-14"), "2022-13"),
        (("--from", "2022-05", "--to", "2022-03"), "must not lie after"),
        (("--from", "1999-05", "--to", "2022-03"), "lies outside the synthetic city"),
        (("--from", "2022-03", "--to", "2022-03", "--firms", "0"), "number of enterprises"),
        (("--from", "2022-03", "--to", "2022-03", "--seed", "-4"), "seed"),
    ],
)
def test_mistakes_get_a_clear_sentence_and_exit_code_2(tmp_path, arguments, words):
    done = run(*arguments, "-o", str(tmp_path / "city"))

    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "city").exists()
