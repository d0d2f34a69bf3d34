"""`yunxing signals detect`: the scorer's formats, records of alarms, and that a cut file gives the same scores."""

from __future__ import annotations

import csv
import json
import math
import random
import re
from datetime import date

import pytest
from typer.testing import CliRunner

from yunxing.cli import app

RUN = CliRunner()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Seven series of twelve years; one month of s0 is a tenth of what it should be, s1 repeats one, and all decline from the tenth year on."""
    folder = tmp_path_factory.mktemp("series")
    rows, draw = [], random.Random(4)
    for one in range(7):
        for at in range(144):
            value = 100 * 1.004**at * math.exp(draw.gauss(0, 0.01)) * (1 - 0.012 * max(0, min(at, 132) - 120))
            rows.append([f"s{one}", f"{2010 + at // 12}-{at % 12 + 1:02d}", value])
    rows[80][2] /= 10
    rows[144 + 90][2] = rows[144 + 89][2]
    for name, kept in (("whole", rows), ("cut", [row for row in rows if row[1] <= "2018-03"])):
        with (folder / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([["series", "month", "value"], *kept])
    return folder


def scores(path):
    with path.open() as file:
        return {(row["series"], row["month"]): row for row in csv.DictReader(file)}


@pytest.mark.parametrize("kind", ["incipient", "trend"])
def test_a_cut_file_scores_its_months_as_the_whole_one_does(files, tmp_path, kind):
    for name in ("whole", "cut"):
        answer = RUN.invoke(app, ["signals", "detect", kind, str(files / f"{name}.csv"), "-o", str(tmp_path / f"{name}.csv")])
        assert answer.exit_code == 0, answer.output
    whole, part = scores(tmp_path / "whole.csv"), scores(tmp_path / "cut.csv")

    assert part.keys() == {key for key in whole if key[1] <= "2018-03"}
    assert all(whole[key] == row for key, row in part.items())


def test_records_say_what_was_found_by_which_rule_in_both_languages(files, tmp_path):
    answer = RUN.invoke(app, ["signals", "detect", "incipient", str(files / "whole.csv"), "-o", str(tmp_path / "o.csv"),
                              "--records", str(tmp_path / "r.jsonl"), "--budget", "0.1", "--owner", "IIT", "--json"])  # fmt: skip
    found = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    by_rule = {one["rule"]: one for one in found if one["severity"]}

    assert json.loads(answer.stdout)["alarms"] == len(found)
    assert (by_rule["unit"]["subject"], by_rule["unit"]["period"]) == ("s0", "2016-09")
    assert (by_rule["stale"]["subject"], by_rule["stale"]["period"]) == ("s1", "2017-07")
    for one in found:
        assert one["owner"] == "IIT"
        assert 1 <= one["severity"] <= 3
        assert date.fromisoformat(one["deadline"]).isoformat()[:7] > one["period"]
        assert one["score"] >= one["threshold"]
        assert re.search(r"[\u4e00-\u9fff]", one["words_zh"])
        assert not re.search(r"[\u4e00-\u9fff]", one["words_en"].replace("（万）", ""))


def test_the_shared_decline_is_recorded_with_its_spread(files, tmp_path):
    RUN.invoke(
        app, ["signals", "detect", "trend", str(files / "whole.csv"), "-o", str(tmp_path / "o.csv"), "--records", str(tmp_path / "r.jsonl")]
    )
    found = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]

    assert found
    assert any(one["period"][:4] == "2020" for one in found)
    assert all(0 <= one["evidence"]["declining_share_percent"] <= 100 for one in found)


def test_a_file_that_is_not_there_ends_with_exit_2(tmp_path):
    answer = RUN.invoke(app, ["signals", "detect", "trend", str(tmp_path / "no.csv"), "-o", str(tmp_path / "o.csv")])

    assert "no.csv" in str(answer.exception)
    assert not (tmp_path / "o.csv").exists()
