"""Two thousand random phrases over the sample texts: recall and precision are 1 against reading every text."""

from __future__ import annotations

import os
import random
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection

from yunxing.desk.library.models import SearchEntry
from yunxing.engines.search import exact, fold
from yunxing.flows.library import add_document, catch_up
from yunxing.io.store import searchindex

SHARED = Path(os.environ.get("YUNXING_SHARED", Path(__file__).parents[4] / "shared")) / "data" / "policies"


@pytest.mark.shared
@pytest.mark.django_db
@pytest.mark.skipif(not SHARED.exists(), reason="the sample texts are not under $YUNXING_SHARED")
def test_all_and_only_over_the_sample_texts(tmp_path):
    """Phrases of one to twenty characters, taken where they stand; the folded text itself is the judge."""
    now = datetime.now(UTC)
    files = sorted(SHARED.glob("*.txt"))
    for file in files:
        add_document(connection, file, now=now)
    catch_up(connection, tmp_path, now=now)
    held = {row.pk: fold(row.body) for row in SearchEntry.objects.all()}
    chance = random.Random(156)
    tried = 0
    while tried < 2000:
        text = chance.choice(list(held.values()))
        at = chance.randrange(len(text))
        phrase = text[at : at + chance.randint(1, 20)]
        if "\n" in phrase:
            continue
        tried += 1
        assert set(searchindex.ids(connection, exact(phrase), today=date(2022, 9, 30))) == {
            pk for pk, body in held.items() if phrase in body
        }, phrase
    assert len(held) == len(files) > 20
