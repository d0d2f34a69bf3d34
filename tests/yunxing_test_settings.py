"""The desk's settings for tests: a home folder of its own (the developer's is never touched), a fast password hash.

The narrow lane and ordinary PostgreSQL run the same suites by setting YUNXING_HOME to a folder whose settings.toml names the database.
"""

import atexit
import os
import shutil
import tempfile
from datetime import time

if "YUNXING_TEST_HOME" in os.environ:
    os.environ["YUNXING_HOME"] = os.environ["YUNXING_TEST_HOME"]
else:
    _home = tempfile.mkdtemp(prefix="yunxing-")
    os.environ["YUNXING_HOME"] = _home
    atexit.register(shutil.rmtree, _home, ignore_errors=True)

from yunxing.desk.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# tests run at any hour and on any day: outside messages may always leave; what holds in quiet hours is tested by name
INSTALLATION = INSTALLATION.model_copy(  # noqa: F405
    update={"messages": INSTALLATION.messages.model_copy(update={"opens": time.min, "closes": time.max, "working_days": False})}  # noqa: F405
)
