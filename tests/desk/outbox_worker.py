"""Run by the kill test as a process of its own: deliver until nothing waits. Outside mail is an append to a file, slow enough to be hit between."""

import os
import random
import sys
import time
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "yunxing.desk.settings"
from yunxing.desk.setup import stand_on

home, sent = Path(sys.argv[1]), Path(sys.argv[2])
stand_on(home)

from django.db import transaction  # noqa: E402

from yunxing.desk.people import outbox  # noqa: E402
from yunxing.desk.people.models import Lease, Message  # noqa: E402


class PostOffice:
    """A receiver that keeps one letter for a key, as mail stores do by Message-ID; every transmission is a line, so that repeats can be counted."""

    name, inside = "mail", False

    def send(self, _message, letter):
        with sent.open("a") as stream:
            stream.write(letter.key + "\n")
        time.sleep(random.random() / 500)  # the cut should fall anywhere, also between sending and noting it
        return letter.key


outbox.CHANNELS["mail"] = PostOffice()
while Message.objects.filter(state="waiting").exists():
    with transaction.atomic():
        Lease.objects.filter(job="outbox").delete()  # the killed worker's lease; in service the next one waits until it has run out
    outbox.deliver(limit=50)
