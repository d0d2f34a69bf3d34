"""One Spark session for all tests of the lane; without Java or the library they are skipped, and say why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from yunxing.io.spark_tables import cluster, why_not


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    missing = why_not()
    if missing:
        pytest.skip(f"the Spark lane does not run: {missing}")
    with cluster() as connection:
        yield connection
