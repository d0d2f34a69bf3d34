"""The desk as a WSGI application: `granian --interface wsgi yunxing.desk.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunxing.desk.settings")

application = get_wsgi_application()
