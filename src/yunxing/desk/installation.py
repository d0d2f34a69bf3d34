"""The settings of one installation: `settings.toml` in its home folder, read strictly and made when absent.

Reading writes nothing: without a file the defaults hold and the secret key lives only as long as the process.
`make_file` writes the file (mode 0600, since it holds the secret key) and never changes one that exists.
"""

from __future__ import annotations

import secrets
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import Field

from yunxing.io.files import written_whole
from yunxing.packs.strict import Strict, load
from yunxing.values.errors import BadInput, Fault

FILE = "settings.toml"


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


class WorkApp(Strict):
    """A work app that takes messages: its address, the application's key, secret and number."""

    address: str = ""
    key: str = ""
    secret: str = ""
    agent: int = 0


class TextMessages(Strict):
    """A service for text messages: address, key, secret, which provider's template ids of the pack count, the approved signature, its names of fields."""

    address: str = ""
    key: str = ""
    secret: str = ""
    provider: str = ""
    signature: str = ""
    fields: dict[str, str] = {}


class Hook(Strict):
    """Another system that takes messages by HTTP."""

    address: str = ""
    secret: str = ""


class Messages(Strict):
    """How people are told: the order of channels, the desk's own outside address for links, quiet hours, the outside services."""

    order: tuple[str, ...] = Field(default=("site",), min_length=1)
    address: str = ""
    opens: time = time(8)
    closes: time = time(21)
    working_days: bool = True
    timeout_seconds: int = Field(default=10, ge=1, le=60)
    wecom: WorkApp = WorkApp()
    dingtalk: WorkApp = WorkApp()
    text: TextMessages = TextMessages()
    webhook: Hook = Hook()


class Installation(Strict):
    """Everything `settings.toml` may say.

    `database` is `sqlite` (in the home folder) or an address `postgresql://user:password@host:port/name` (a socket folder as `?host=…`);
    `database_backend` names another Django backend for that address: a vendor's relative of PostgreSQL.
    """

    secret_key: str = Field(default="", max_length=200)
    fonts_dir: str = ""
    upload_limit_mib: int = Field(default=50, ge=1, le=1024)
    database: str = "sqlite"
    database_backend: str = ""
    web: Web = Web()
    login: Login = Login()
    mail: Mail = Mail()
    messages: Messages = Messages()


def read(home: Path) -> Installation:
    """The installation's settings; all faults of the file at once (`PackFault`)."""
    path = home / FILE
    found = load(path, Installation) if path.is_file() else Installation()
    return found if found.secret_key else found.model_copy(update={"secret_key": secrets.token_urlsafe(50)})


def databases(home: Path, chosen: Installation) -> dict[str, dict[str, Any]]:
    """Django's `DATABASES` for this installation. An address that is not one of PostgreSQL's is `BadInput`."""
    if chosen.database == "sqlite":
        # IMMEDIATE: a writer takes its lock at BEGIN, so that two never meet half way; FULL: what was acknowledged survives a power cut
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
        options: dict[str, Any] = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
        return {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": home / "desk.sqlite3", "OPTIONS": options}}
    address = urlsplit(chosen.database)
    if address.scheme not in ("postgresql", "postgres") or len(address.path) < 2:
        place = str(home / FILE)
        raise BadInput.from_faults(
            [Fault(place, "database", repr(chosen.database), '"sqlite" or "postgresql://user:password@host:5432/name"')]
        )
    query = dict(parse_qsl(address.query))
    return {
        "default": {
            "ENGINE": chosen.database_backend or "django.db.backends.postgresql",
            "NAME": unquote(address.path[1:]),
            "USER": unquote(address.username or ""),
            "PASSWORD": unquote(address.password or ""),
            "HOST": query.pop("host", "") or unquote(address.hostname or ""),
            "PORT": str(address.port or ""),
            "OPTIONS": query,
            "CONN_MAX_AGE": 60,
        }
    }


TEMPLATE = """\
# yunxing: the settings of this installation. Keep this file secret: it holds the key that signs sessions.
secret_key = "{key}"
fonts_dir = ""              # folder with the office's own licensed fonts
upload_limit_mib = 50
database = "sqlite"         # desk.sqlite3 in this folder, or "postgresql://user:password@host:5432/name"
database_backend = ""       # with an address: another Django backend than PostgreSQL's own, such as a vendor's

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

[messages]
order = ["site"]            # the first channel that works is taken: site, mail, text, wecom, dingtalk, webhook
address = ""                # how people reach the desk from outside, such as "https://yunxing.example": links of outside messages
opens = 08:00:00            # outside messages leave between these hours
closes = 21:00:00
working_days = true         # and on working days only, unless a template is urgent
"""


def make_file(home: Path) -> Path:
    """`settings.toml` in `home`, written whole with a fresh key when absent; an existing file is left as it is."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / FILE
    if path.exists():
        return path
    with written_whole(path, secret=True, unless_there=True) as file:
        file.write(TEMPLATE.format(key=secrets.token_urlsafe(50)).encode())
    return path
