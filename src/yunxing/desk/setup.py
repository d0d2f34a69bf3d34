"""Make the desk ready in a home folder: the settings file, Django, the tables.

Everything outside the web server that needs the desk's tables (the command line, a demonstration, a worker) begins with `prepare`.
"""

from __future__ import annotations

import os
from pathlib import Path

from yunxing.desk import installation
from yunxing.values.errors import BadInput, Refusal


def stand_on(home: Path) -> None:
    """Django is set up on `home`, and nothing is written. One process serves one home; a second one in the same process is refused."""
    home = home.resolve()
    os.environ["YUNXING_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunxing.desk.settings")
    import django
    from django.conf import settings

    if home != settings.HOME:
        raise Refusal(f"This process already serves the home folder {settings.HOME}; start another one for {home}.")
    django.setup()


def prepare(home: Path, *, collect: bool = False, verbosity: int = 0) -> None:
    """Django stands on `home`: `settings.toml` is made when absent, migrations are applied. Idempotent.

    `collect` also gathers the static files under hashed names (what `yunxing serve` does before its first request).
    """
    installation.make_file(home.resolve())
    if collect:
        os.environ["YUNXING_COLLECTED"] = "1"
    stand_on(home)
    from django.core.management import call_command

    newer = migrations_of_a_newer_version()
    if newer:
        place = f"{home / 'settings.toml'}" if installation.read(home).database != "sqlite" else f"{home / 'desk.sqlite3'}"
        raise BadInput(
            f"{place}: found the migration {newer[0]}, which this version does not know, expected a store made by this version or an older one. "
            f"数据由更新版本的程序建立：run the newer yunxing that made it, or name another folder with --home."
        )
    call_command("migrate", interactive=False, verbosity=verbosity)
    if collect:
        call_command("collectstatic", interactive=False, verbosity=verbosity)


def migrations_of_a_newer_version() -> list[str]:
    """The migrations of our own applications that the store has and this version does not bring."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.recorder import MigrationRecorder

    known = MigrationLoader(None).disk_migrations
    ours = {one.label for one in apps.get_app_configs() if one.name.startswith("yunxing.")}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in ours and (app, name) not in known)


def migrations_to_apply() -> list[str]:
    """The migrations that this version brings and the store does not have yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
