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

from datetime import time as hour  # noqa: E402

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402

from yunxing.desk.people import outbox  # noqa: E402
from yunxing.desk.people.models import Lease, Message  # noqa: E402

whole_day = {"opens": hour.min, "closes": hour.max, "working_days": False}
settings.INSTALLATION = settings.INSTALLATION.model_copy(update={"messages": settings.INSTALLATION.messages.model_copy(update=whole_day)})


class PostOffice:
    """A receiver that keeps one letter for a key, as mail stores do by Message-ID; every transmission is a line, so that repeats can be counted."""

    inside = False

    def __init__(self, name, *, recognises):
        self.name, self.recognises = name, recognises

    def send(self, message, letter):
        line = f"{self.name}:{letter.key}"
        if not self.recognises and message.doubt == self.name and sent.exists() and line in sent.read_text().split():
            return letter.key  # asked before sending again, as a text service is
        with sent.open("a") as stream:
            stream.write(line + "\n")
        time.sleep(random.random() / 500)  # the cut should fall anywhere, also between sending and noting it
        return letter.key


outbox.CHANNELS["mail"] = PostOffice("mail", recognises=True)
outbox.CHANNELS["text"] = PostOffice("text", recognises=False)
while Message.objects.filter(state="waiting").exists():
    with transaction.atomic():
        Lease.objects.filter(job="outbox").delete()  # the killed worker's lease; in service the next one waits until it has run out
    outbox.deliver(limit=500)
