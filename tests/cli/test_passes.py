"""`yunxing passes`: key, offline check with its three exit codes, deletion by rule."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from yunxing.cli import app
from yunxing.engines.dispatch.passes import Pass
from yunxing.io.pass_codes import public_key, signed_code
from yunxing.values.errors import BadInput, DoesNotHold

ONE = Pass("E2022-01-00001", "鲁M12345", "甲 — 乙", "产成品", dt.date(2022, 4, 1), dt.date(2022, 4, 10), "CMD")


def asked(*words):
    return CliRunner().invoke(app, ["passes", *words])


def test_the_key_is_the_one_that_checks(tmp_path):
    found = asked("key", "--home", str(tmp_path), "--json")

    assert found.exit_code == 0
    assert json.loads(found.stdout)["key"] == public_key(tmp_path)


def test_a_genuine_code_with_the_key_alone(tmp_path):
    """A checkpoint has the key and no home of the city."""
    (tmp_path / "city").mkdir()
    code, key = signed_code(tmp_path / "city", ONE), public_key(tmp_path / "city")
    found = asked("verify", code, "--key", key, "--on", "2022-04-10", "--home", str(tmp_path / "checkpoint"), "--json")

    assert found.exit_code == 0, found.output
    assert json.loads(found.stdout)["plate"] == "鲁M12345"


@pytest.mark.parametrize(
    ("words", "refusal", "said"),
    [
        (["--on", "2022-04-11"], DoesNotHold, "不在有效期"),
        (["--on", "soon"], BadInput, "expected a day"),
        (["--key", "ed25519:" + "0" * 64], BadInput, "不成立"),
    ],
)
def test_what_is_refused(tmp_path, words, refusal, said):
    found = asked("verify", signed_code(tmp_path, ONE), "--home", str(tmp_path), *words)

    assert isinstance(found.exception, refusal)
    assert said in found.exception.message
