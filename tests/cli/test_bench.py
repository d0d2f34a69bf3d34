"""`yunxing bench` runs the cases of the checkout and says which there are."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from yunxing.cli import app
from yunxing.cli import bench as command
from yunxing.values.errors import BadInput

RUN = CliRunner()


@pytest.fixture
def cases(tmp_path, monkeypatch):
    """A bench folder with one case that holds and one that fails."""
    (tmp_path / "quick.py").write_text("print('1 row, 0.1 s')\n")
    (tmp_path / "broken.py").write_text("import sys\nprint('half')\nsys.exit('no such table')\n")
    monkeypatch.setattr(command, "CASES", tmp_path)
    return tmp_path


def test_one_case_prints_its_own_figures(cases):
    answer = RUN.invoke(app, ["bench", "quick"])

    assert answer.exit_code == 0
    assert "1 row, 0.1 s" in answer.stdout


def test_a_failing_case_is_told_and_the_command_fails(cases):
    answer = RUN.invoke(app, ["bench", "--json"])

    told = {one["case"]: one for one in json.loads(answer.stdout)["cases"]}
    assert answer.exit_code == 1
    assert told["quick"]["exit"] == 0
    assert "no such table" in told["broken"]["errors"]


def test_an_unknown_case_names_the_nearest(cases):
    with pytest.raises(BadInput, match=r"expected one of broken, quick.*Did you mean 'quick'"):
        command.bench("quik")


def test_without_a_checkout_it_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "CASES", tmp_path)

    with pytest.raises(BadInput, match="found no benchmark cases"):
        command.bench(None)


def test_the_checkout_has_cases():
    assert {"close_month", "entitlements", "import_facts"} <= {path.stem for path in command.CASES.glob("*.py")}
