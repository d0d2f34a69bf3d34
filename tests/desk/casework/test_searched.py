"""Cases are found by their words at the next search, whatever wrote them, and anew when they move."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.db import connection

from desk.casework.test_services import given
from yunxing.desk.casework import services
from yunxing.engines.search.query import exact
from yunxing.flows.library import catch_up
from yunxing.flows.search import search
from yunxing.io.store import library

NOW = datetime(2022, 9, 30, 2, 0, tzinfo=UTC)


def found(phrase, home):
    catch_up(connection, home, now=NOW)
    return [hit.key for hit in search(connection, exact(phrase), today=date(2022, 9, 30)).hits]


def test_a_case_is_found_at_the_next_search(hands, tmp_path):
    """The index reads from the newest event on; nothing that writes a case knows of it."""
    with hands.inside("enterprise"):
        first = services.raise_case(hands.standing("enterprise"), given(hands), [])
        assert found("每天两次", tmp_path) == [first.pk]
        mark = library.mark(connection, "case")
        second = services.raise_case(hands.standing("enterprise"), given(hands, token="t-2", words="缺少原料每天两次"), [])
        assert sorted(found("每天两次", tmp_path)) == sorted([first.pk, second.pk])
        assert library.mark(connection, "case") > mark > 0
        assert found("缺少原料", tmp_path) == [second.pk]
