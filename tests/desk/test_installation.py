"""settings.toml and the settings made of it: generated once, read strictly, the same for every way in."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from yunxing.desk import installation
from yunxing.packs.strict import PackFault
from yunxing.values.errors import BadInput


def in_process(home, code, **environment):
    """Run code in a fresh interpreter with this home folder, warnings being errors."""
    place = {"YUNXING_HOME": str(home), "DJANGO_SETTINGS_MODULE": "yunxing.desk.settings", **environment}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env={**os.environ, **place}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_file_is_made_once_with_its_own_key_and_for_its_owner_only(tmp_path):
    """Mode 0600, since it signs sessions; a second call changes nothing; two homes have two keys."""
    path = installation.make_file(tmp_path / "a")
    first = path.read_text()
    other = installation.make_file(tmp_path / "b")

    assert installation.make_file(tmp_path / "a").read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert installation.read(tmp_path / "a").secret_key != installation.read(tmp_path / "b").secret_key
    assert len(installation.read(tmp_path / "a").secret_key) >= 50
    assert sorted(one.name for one in other.parent.iterdir()) == ["settings.toml"]


def test_the_made_file_says_what_holds_without_it(tmp_path):
    """The comments and values of the file are the defaults: nothing changes by making it."""
    installation.make_file(tmp_path)
    made, default = installation.read(tmp_path), installation.Installation()

    assert made.model_copy(update={"secret_key": ""}) == default


def test_reading_writes_nothing(tmp_path):
    assert installation.read(tmp_path).secret_key != installation.read(tmp_path).secret_key
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('secret_kye = "x"\n', "secret_key"),
        ("[login]\nfailures = 0\n", "failures"),
        ('[web]\nhttps = "yes"\n', "https"),
        ("[login\n", "line 1"),
        ("upload_limit_mib = 5000\n", "upload_limit_mib"),
    ],
)
def test_a_wrong_setting_is_located(tmp_path, text, found):
    """File, place, what was found, the nearest valid name."""
    (tmp_path / "settings.toml").write_text(text)

    with pytest.raises(PackFault) as fault:
        installation.read(tmp_path)
    assert "settings.toml" in str(fault.value)
    assert found in str(fault.value)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("postgresql://u:p%40ss@db:5433/yx", {"NAME": "yx", "USER": "u", "PASSWORD": "p@ss", "HOST": "db", "PORT": "5433"}),
        ("postgresql://u@/yx?host=/run/pg", {"NAME": "yx", "USER": "u", "PASSWORD": "", "HOST": "/run/pg", "PORT": ""}),
        ("postgres://[2001:db8::1]:5432/yx", {"NAME": "yx", "USER": "", "PASSWORD": "", "HOST": "2001:db8::1", "PORT": "5432"}),
    ],
)
def test_the_database_is_one_address(tmp_path, address, expected):
    default = installation.databases(tmp_path, installation.Installation(database=address))["default"]

    assert {key: default[key] for key in expected} == expected
    assert default["ENGINE"] == "django.db.backends.postgresql"


def test_a_vendors_backend_takes_the_same_address(tmp_path):
    chosen = installation.Installation(database="postgresql://u@h/n", database_backend="vendor.backend")

    assert installation.databases(tmp_path, chosen)["default"]["ENGINE"] == "vendor.backend"


@pytest.mark.parametrize("wrong", ["mysql://x/y", "sqlite3", "postgresql://host", ""])
def test_another_kind_of_address_is_refused(tmp_path, wrong):
    with pytest.raises(BadInput, match="database"):
        installation.databases(tmp_path, installation.Installation(database=wrong))


def test_sqlite_is_opened_with_wal_full_and_immediate(tmp_path):
    """What was acknowledged survives a power cut, and two writers never meet half way."""
    code = (
        "from pathlib import Path; from yunxing.desk.setup import prepare; import sys, os\n"
        "prepare(Path(os.environ['YUNXING_HOME']))\n"
        "from django.db import connection\n"
        "ask = lambda sql: connection.cursor().execute(sql).fetchone()[0]\n"
        "print(ask('PRAGMA journal_mode'), ask('PRAGMA synchronous'), ask('PRAGMA foreign_keys'), connection.transaction_mode)\n"
    )
    assert in_process(tmp_path, code).split() == ["wal", "2", "1", "IMMEDIATE"]


def test_preparing_twice_changes_nothing_and_another_home_is_refused(tmp_path):
    """Idempotent; one process serves one home."""
    code = (
        "from pathlib import Path; from yunxing.desk.setup import prepare, migrations_to_apply; import os\n"
        "home = Path(os.environ['YUNXING_HOME']); prepare(home); before = (home / 'settings.toml').read_bytes()\n"
        "prepare(home); assert (home / 'settings.toml').read_bytes() == before; assert migrations_to_apply() == []\n"
        "from yunxing.values.errors import Refusal\n"
        "try:\n    prepare(home / 'other')\nexcept Refusal as refusal:\n    print('refused', refusal)\n"
    )
    assert "refused This process already serves" in in_process(tmp_path, code)


def test_a_gateways_prefix_and_tls_reach_every_setting(tmp_path):
    """Behind a gateway under a path with TLS: cookies, static files, frames."""
    (tmp_path / "settings.toml").write_text(
        'secret_key = "x"\n[web]\nprefix = "/yx/"\nhttps = true\nframe_ancestors = ["https://portal.example"]\n'
        'trusted_origins = ["https://gateway.example"]\nallowed_hosts = ["gateway.example"]\n'
    )
    code = (
        "from django.conf import settings as s\n"
        "print(s.FORCE_SCRIPT_NAME, s.STATIC_URL, s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SAMESITE, s.SECURE_HSTS_SECONDS > 0)\n"
        "print(s.CONTENT_SECURITY_POLICY['DIRECTIVES']['frame-ancestors'], s.X_FRAME_OPTIONS)\n"
    )
    first, second = in_process(tmp_path, code).strip().split("\n")

    assert first == "/yx /yx/static/ /yx/ True None True"
    assert second == "['https://portal.example'] DENY"


def test_static_files_are_collected_under_hashed_names(tmp_path):
    """What `serve` does: the manifest names every file by its content, and a page uses those names."""
    code = (
        "from pathlib import Path; from yunxing.desk.setup import prepare; import os, json\n"
        "home = Path(os.environ['YUNXING_HOME']); prepare(home, collect=True)\n"
        "from django.templatetags.static import static\n"
        "print(len(json.loads((home / 'static' / 'staticfiles.json').read_text())['paths']), static('desk/tokens.css'))\n"
    )
    count, name = in_process(tmp_path, code).split()

    assert int(count) >= 3
    assert name.startswith("/static/desk/tokens.")
    assert name.count(".") == 2


@pytest.mark.django_db
def test_the_models_and_migrations_agree():
    """`makemigrations --check`: nobody changed a model without its migration. Libraries answer for their own."""
    ours = [one.label for one in apps.get_app_configs() if one.name.startswith("yunxing.")]

    assert len(ours) == 11
    call_command("makemigrations", *ours, check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_frameworks_own_checks_find_nothing():
    call_command("check", fail_level="WARNING")


def test_every_migration_applies_backwards_too(tmp_path):
    """The journal's guard can be taken away and put back by migrations, warnings being errors."""
    code = (
        "from pathlib import Path; from yunxing.desk.setup import prepare; import os\n"
        "prepare(Path(os.environ['YUNXING_HOME']))\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', 'people', '0002', verbosity=0); call_command('migrate', verbosity=0)\n"
        "from yunxing.desk.people import journal; journal.record('x')\n"
        "from django.db import DatabaseError; from yunxing.desk.people.models import JournalEntry\n"
        "try:\n    JournalEntry.objects.update(reason='y')\nexcept DatabaseError as error:\n    print(error)\n"
    )
    assert "append-only" in in_process(tmp_path, code)


def test_importing_the_settings_makes_no_folder(tmp_path):
    """Type checkers and tests read the settings: that alone leaves no trace."""
    home = tmp_path / "none"
    in_process(home, "import yunxing.desk.settings")

    assert not Path(home).exists()
