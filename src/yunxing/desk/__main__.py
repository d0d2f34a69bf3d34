"""`python -m yunxing.desk …`: Django's own commands (makemigrations, check, db_worker) on the home folder in `YUNXING_HOME`, default ./home."""

import os
import sys
from pathlib import Path

from yunxing.desk import installation

if __name__ == "__main__":
    installation.make_file(Path(os.environ.get("YUNXING_HOME", "home")))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunxing.desk.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
