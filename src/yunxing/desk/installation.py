"""The settings of one installation: `settings.toml` in its home folder, read strictly and made when absent.

Reading writes nothing: without a file the defaults hold and the secret key lives only as long as the process.
`make_file` writes the file (mode 0600, since it holds the secret key) and never changes one that exists.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from pydantic import Field

from yunxing.packs.strict import Strict, load

FILE = "settings.toml"
ENGINES = {"sqlite": "django.db.backends.sqlite3", "postgresql": "django.db.backends.postgresql"}


class Database(Strict):
    """Where the relational store is: `sqlite` (in the home folder), `postgresql`, or the dotted name of a Django backend (a vendor's)."""

    engine: str = "sqlite"
    name: str = "yunxing"
    user: str = ""
    password: str = ""
    host: str = ""
    port: str = ""
    options: dict[str, str | int | bool] = Field(default_factory=dict)


class Web(Strict):
    """How the desk is reached. `prefix` is the path a gateway puts before it; `trusted_proxies` are the addresses whose forwarded headers count."""

    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    prefix: str = ""
    https: bool = False
    trusted_proxies: tuple[str, ...] = ()
    trusted_origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()


class Login(Strict):
    """Rules of signing in: failures before a lock, its length, idle time, age of a password (0 = does not age), one session per person."""

    failures: int = Field(default=5, ge=1)
    lock_by: tuple[str, ...] = ("account", "address")
    lock_minutes: int = Field(default=15, ge=1)
    idle_minutes: int = Field(default=30, ge=1)
    password_days: int = Field(default=0, ge=0)
    single_session: bool = False


class Mail(Strict):
    """The mail server of the outbox; without a host messages stay on the site."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    tls: bool = False
    sender: str = "yunxing@localhost"


class Installation(Strict):
    """Everything `settings.toml` may say."""

    secret_key: str = Field(default="", max_length=200)
    fonts_dir: str = ""
    upload_limit_mib: int = Field(default=50, ge=1, le=1024)
    database: Database = Database()
    web: Web = Web()
    login: Login = Login()
    mail: Mail = Mail()


def read(home: Path) -> Installation:
    """The installation's settings; all faults of the file at once (`PackFault`)."""
    path = home / FILE
    found = load(path, Installation) if path.is_file() else Installation()
    return found if found.secret_key else found.model_copy(update={"secret_key": secrets.token_urlsafe(50)})


TEMPLATE = """\
# yunxing: the settings of this installation. Keep this file secret: it holds the key that signs sessions.
secret_key = "{key}"
fonts_dir = ""              # folder with the office's own licensed fonts
upload_limit_mib = 50

[database]
engine = "sqlite"           # sqlite (desk.sqlite3 in this folder), postgresql, or the dotted name of a Django backend
# name = "yunxing"
# user = "yunxing"
# password = ""
# host = ""
# port = ""

[web]
allowed_hosts = ["127.0.0.1", "localhost", "[::1]"]
prefix = ""                 # the path a gateway puts before the desk, such as "/yunxing"
https = false               # true: cookies only over TLS, HSTS
trusted_proxies = []        # gateways whose X-Forwarded-For and X-Forwarded-Proto count
trusted_origins = []        # "https://…" of the gateway, for its cross-site check
frame_ancestors = []        # origins that may show the desk in a frame

[login]
failures = 5
lock_by = ["account", "address"]
lock_minutes = 15
idle_minutes = 30
password_days = 0           # 0: passwords do not age
single_session = false

[mail]
host = ""                   # empty: messages stay on the site
port = 25
sender = "yunxing@localhost"
"""


def make_file(home: Path) -> Path:
    """`settings.toml` in `home`, written whole with a fresh key when absent; an existing file is left as it is."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE
    if path.exists():
        return path
    handle, temporary = tempfile.mkstemp(dir=home, prefix=".settings-")  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(TEMPLATE.format(key=secrets.token_urlsafe(50)))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(temporary, path)  # of two processes that race, the first one's key stays
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)
    return path
