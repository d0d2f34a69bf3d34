"""What is asked, in words and periods: the form's period of a month, days and months in both languages, a waiting file's name that leads nowhere else."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from facts_cast import FORMS
from yunxing.desk.reporting import asked, list_services
from yunxing.values.errors import BadInput


@pytest.mark.parametrize(("month", "code"), [("2022-01", None), ("2022-02", "2022-01..02"), ("2022-03", "2022-03"), ("2022-12", "2022-12")])
def test_a_form_that_adds_january_to_february_has_no_january(month, code):
    found = asked.period_of(FORMS["enterprise_month"], month)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(("day", "zh", "en"), [(date(2022, 10, 12), "10月12日", "12 Oct"), (date(2022, 1, 2), "1月2日", "2 Jan")])
def test_a_day_without_its_year(day, zh, en):
    assert asked.day_words(day) == zh
    with translation.override("en"):
        assert asked.day_words(day) == en


@pytest.mark.parametrize(
    "digest",
    [
        "",
        "sha256:",
        "a" * 63,
        "a" * 65,
        "sha256:" + "a" * 63 + "/",
        "../" * 21 + "a",
        "sha256:" + "." * 64,
        "a" * 31 + "/" + "a" * 32,
        "\0" * 64,
    ],
)
def test_a_waiting_file_is_named_by_its_digest_alone(settings, tmp_path, digest):
    settings.HOME = tmp_path
    with pytest.raises(BadInput, match="没有这个待确认的文件；请重新上传。"):
        list_services._file(digest)


def test_a_waiting_file_lies_under_its_digest_with_and_without_the_prefix(settings, tmp_path):
    settings.HOME = tmp_path
    wanted = tmp_path / "files" / "sha256" / "ab" / ("ab" * 32)
    assert list_services._file("ab" * 32) == list_services._file("sha256:" + "ab" * 32) == wanted
