"""Django's settings of the desk. What differs between installations comes from `settings.toml` in the home folder (`installation.py`).

Importing this module writes nothing; `setup.prepare` makes the home folder, the file and the tables.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from yunxing.desk import installation

DESK = Path(__file__).parent
HOME = Path(os.environ.get("YUNXING_HOME", "home")).resolve()
INSTALLATION = installation.read(HOME)
PACK = os.environ.get("YUNXING_PACK", "")  # the plan in force; empty: the only one there is
_web, _login, _mail = INSTALLATION.web, INSTALLATION.login, INSTALLATION.mail

# --- identity of the installation
SECRET_KEY = INSTALLATION.secret_key
DEBUG = False
ALLOWED_HOSTS = list(_web.allowed_hosts)
CSRF_TRUSTED_ORIGINS = list(_web.trusted_origins)
FORCE_SCRIPT_NAME = _web.prefix.rstrip("/") or None
ROOT_URLCONF = "yunxing.desk.urls"
WSGI_APPLICATION = "yunxing.desk.wsgi.application"
ASGI_APPLICATION = "yunxing.desk.asgi.application"

INSTALLED_APPS = [
    "yunxing.desk.people.apps.PeopleConfig",
    "yunxing.desk.reporting.apps.ReportingConfig",
    "yunxing.desk.room.apps.RoomConfig",
    "yunxing.desk.support.apps.SupportConfig",
    "yunxing.desk.casework.apps.CaseworkConfig",
    "yunxing.desk.dispatch.apps.DispatchConfig",
    "yunxing.desk.factors.apps.FactorsConfig",
    "yunxing.desk.library.apps.LibraryConfig",
    "yunxing.desk.contingency.apps.ContingencyConfig",
    "yunxing.desk.chain.apps.ChainConfig",
    "yunxing.desk.matching.apps.MatchingConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yunxing.desk.language.ChosenLanguage",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yunxing.desk.people.middleware.StandingMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [DESK / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yunxing.desk.room.shell.shell",
            ],
        },
    },
]

# --- the relational store
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = installation.databases(HOME, INSTALLATION)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# --- who signs in, and how
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "people:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "yunxing.desk.people.passwords.ThreeClassesValidator"},
]
AXES_FAILURE_LIMIT = _login.failures
AXES_LOCKOUT_PARAMETERS = [{"account": "username", "address": "ip_address"}[one] for one in _login.lock_by]
AXES_COOLOFF_TIME = timedelta(minutes=_login.lock_minutes)
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_TEMPLATE = "people/locked.html"
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "yunxing.desk.people.middleware.axes_address"

# --- sessions, cookies, headers
SESSION_COOKIE_AGE = _login.idle_minutes * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "yunxing_session"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "yunxing_csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _web.https
# inside another system's frame a Lax cookie is not sent and the person signs in for ever
_same_site = "None" if _web.frame_ancestors and _web.https else "Lax"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = _same_site
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = (FORCE_SCRIPT_NAME or "") + "/"
LANGUAGE_COOKIE_NAME = "yunxing_language"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _web.https else 0
SECURE_SSL_REDIRECT = False  # the gateway's work: behind it the desk only ever sees plain requests
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": list(_web.frame_ancestors) or [NONE],
    }
}

# --- language, numbers, time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [DESK / "locale"]
FORMAT_MODULE_PATH = ["yunxing.desk.formats"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files
STATIC_URL = (FORCE_SCRIPT_NAME or "") + "/static/"
STATICFILES_DIRS = [DESK / "static"]
STATIC_ROOT = HOME / "static"
# `yunxing serve` collects the files and hashes their names; before that (tests, development) the finders serve them as they are
_collected = os.environ.get("YUNXING_COLLECTED") == "1"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not _collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(HOME / "files")}},
    "staticfiles": {
        "BACKEND": "yunxing.desk.static_files.HashedNames" if _collected else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
UPLOAD_LIMIT_BYTES = INSTALLATION.upload_limit_mib * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["yunxing.desk.uploads.BoundedMemoryUploads"]
DATA_UPLOAD_MAX_NUMBER_FILES = 2000  # a folder of workbooks at once
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# --- mail
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if _mail.host else "django.core.mail.backends.dummy.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.host or "localhost", _mail.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS = _mail.user, _mail.password, _mail.tls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = _mail.sender

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}, "nowhere": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # answered with 400; a stranger's made-up host name is no error of ours and would fill the log with tracebacks
    "loggers": {"django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False}},
}
