"""The second lane of the statistics: the same expressions on Spark, for figures that must not depend on one engine. Needs Java and the extra `spark`.

A local cluster of one worker process: enough to prove that the plans travel. ANSI mode is on, so that an overflow is an error there as it is in DuckDB.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any

CLUSTER = "local-cluster[1,1,1024]"  # one worker of one core and 1 GB
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.showConsoleProgress": "false",
    "spark.executor.cores": "1",
}


def why_not() -> str:
    """Why Spark cannot run here; empty when it can.

    Asked without starting anything: the library, and a `java` on the path or under JAVA_HOME.
    """
    try:
        version("pyspark")
    except PackageNotFoundError:
        return "pyspark is not installed; uv pip install -r locks/spark.txt, or make test-all-only"
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java") is None and not (home and os.path.isfile(os.path.join(home, "bin", "java"))):  # noqa: PTH113, PTH118
        return "there is no java; on Debian: apt-get install default-jre-headless"
    return ""


@contextmanager
def cluster(master: str = CLUSTER) -> Iterator[Any]:
    """One Spark session as an Ibis connection; stopped at the end."""
    import ibis
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    builder = SparkSession.builder.master(master).appName("yunxing")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield ibis.pyspark.connect(session)
    finally:
        session.stop()


def load(connection: Any, tables: Mapping[str, Any]) -> dict[str, Any]:
    """Arrow tables as views of those names; the expressions' own names for them come back."""
    import ibis

    for name, table in tables.items():
        connection.create_view(name, ibis.memtable(table), overwrite=True)
    return {name: connection.table(name) for name in tables}


def keeper(connection: Any) -> Callable[[Any], Any]:
    """How an expression is computed once here: its rows come back and go in again (Ibis does not cache expressions over small tables on Spark)."""
    import ibis

    return lambda expression: ibis.memtable(connection.to_pyarrow(expression))
