"""The outbox: a message leaves if and only if its act happened, once, by the first channel that works (design: ecosystem 1.8)."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from yunxing.desk.people import outbox
from yunxing.desk.people.models import JournalEntry, Lease, Message, Notice
from yunxing.desk.scoping import acting_as_system
from yunxing.values.digest import digits
from yunxing.values.errors import BadInput

WORKER = Path(__file__).with_name("outbox_worker.py")


class Failing:
    """A channel that is down (or hopeless), and counts how often it was tried."""

    name, inside = "mail", False

    def __init__(self, *, permanent=False):
        self.permanent, self.tried = permanent, 0

    def send(self, _message, _letter):
        self.tried += 1
        raise outbox.ChannelError("no route", permanent=self.permanent)


@pytest.fixture
def channel(monkeypatch):
    """Put another channel in the place of mail."""

    def put(one):
        monkeypatch.setitem(outbox.CHANNELS, "mail", one)
        return one

    return put


def write(cast, key="k1", **more):
    return outbox.send(key=key, recipient=cast.people.command, parameters={"title": "新事项"}, **more)


def test_nothing_leaves_when_its_act_did_not_happen(cast):
    """The message stands in the caller's transaction."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        write(cast)
        _ = 1 / 0

    assert outbox.deliver() == {"sent": 0, "postponed": 0, "failed": 0}
    assert not Message.objects.exists()


def test_a_message_arrives_in_the_box_and_is_recorded(cast):
    message = write(cast)
    assert outbox.deliver() == {"sent": 1, "postponed": 0, "failed": 0}
    message.refresh_from_db()

    with acting_as_system("test"):
        assert Notice.objects.get().title == "新事项"
    assert (message.state, message.sent_by, message.tries) == ("sent", "site", 1)
    assert JournalEntry.objects.get(act="send").object_id == "k1"
    assert "新事项" in cast.client("command").get("/notices/").content.decode()


def test_the_same_key_is_one_message(cast):
    """Whoever writes the news twice sends it once; the first wording stays."""
    first = write(cast)
    again = outbox.send(key="k1", recipient=cast.people.command, parameters={"title": "另一句"})
    outbox.deliver()
    outbox.deliver()

    assert again == first
    with acting_as_system("test"):
        assert [one.title for one in Notice.objects.all()] == ["新事项"]


def test_mail_carries_one_key_and_no_figure(cast):
    """The body is a sentence and says to sign in; the key is the same at every try."""
    write(cast, channels=["mail"])
    outbox.deliver()
    (letter,) = mail.outbox

    assert letter.to == ["command@example.org"]
    assert letter.extra_headers["Message-ID"] == f"<{digits(['message', 'k1'])[:24]}@yunxing>"
    assert "登录" in letter.body
    assert letter.subject == letter.body.strip()  # a title may name an enterprise: outside there is the fixed sentence alone
    assert "新事项" not in letter.subject
    assert not any(one.isdigit() for one in letter.body)


def test_not_before_is_kept(cast):
    """Quiet hours: a message waits for its time."""
    later = timezone.now() + timedelta(hours=3)
    write(cast, not_before=later)

    assert outbox.deliver()["sent"] == 0
    assert outbox.deliver(now=later)["sent"] == 1


def test_one_channel_fails_the_next_is_taken(cast, channel):
    down = channel(Failing())
    message = write(cast, channels=["mail", "site"])
    outbox.deliver()
    message.refresh_from_db()

    assert down.tried == 1
    assert (message.state, message.sent_by) == ("sent", "site")


def test_all_fail_it_is_tried_again_later_and_then_told_to_the_sender(cast, channel):
    """Five tries, further and further apart; then it is the sender's to-do and in the journal."""
    down = channel(Failing())
    message = write(cast, channels=["mail"], sender=cast.people.county_a)
    now, gaps = timezone.now(), []
    for _ in range(outbox.TRIES):
        outbox.deliver(now=now)
        message.refresh_from_db()
        gaps.append(message.not_before - now)
        assert down.tried == len(gaps)
        now = max(message.not_before, now)

    assert down.tried == outbox.TRIES
    assert gaps[:3] == [outbox.PAUSE, outbox.PAUSE * 2, outbox.PAUSE * 3]
    assert message.state == "failed"
    assert "no route" in message.trouble
    assert JournalEntry.objects.get(act="send").result == "failed"
    assert cast.people.county_a.messages_to.count() == 1
    assert outbox.deliver(now=now + timedelta(days=9))["sent"] == 1
    assert down.tried == outbox.TRIES


def test_a_hopeless_channel_is_not_tried_five_times(cast):
    """No mail address: nothing would change by waiting."""
    message = outbox.send(key="k", recipient=cast.people.county_a, parameters={"title": "x"}, channels=["mail"])
    outbox.deliver()
    message.refresh_from_db()

    assert (message.state, message.tries) == ("failed", 1)


def test_one_bad_row_does_not_stop_the_others(cast):
    """A template that its pack took away fails its own message only."""
    bad, good = write(cast, key="bad"), write(cast, key="good")
    Message.objects.filter(pk=bad.pk).update(template="gone")

    assert outbox.deliver() == {"sent": 1, "postponed": 0, "failed": 1}
    good.refresh_from_db()
    assert good.state == "sent"


@pytest.mark.parametrize(
    "wrong",
    [{"template": "nothing"}, {"channels": ["pigeon"]}, {"channels": []}, {"template": "report_due", "parameters": {}}],
    ids=["template", "channel", "no channel", "parameter"],
)
def test_what_could_never_be_sent_is_refused_when_written(cast, wrong):
    """The fault shows where it arises, not at night in the worker."""
    given = {"key": "k", "recipient": cast.people.command, "parameters": {"title": "x"}, **wrong}

    with pytest.raises(BadInput):
        outbox.send(**given)
    assert not Message.objects.exists()


def test_only_the_holder_of_the_lease_works(cast):
    """A second worker returns at once; when the first one's lease has run out, it takes over."""
    write(cast)
    now = timezone.now()
    assert outbox.take_lease("outbox", "another", now)

    assert outbox.deliver(now=now) == {"sent": 0, "postponed": 0, "failed": 0}
    assert outbox.deliver(now=now + outbox.LEASE)["sent"] == 1
    assert not Lease.objects.get(job="outbox").holder


def test_the_worker_command_says_what_it_did(cast, capsys):
    write(cast)
    call_command("deliver")

    assert capsys.readouterr().out.strip() == "sent 1, postponed 0, failed 0"


MESSAGES, OUTSIDE = 10_000, 20  # one in twenty goes outside, half of those by a channel that knows no repetition


@pytest.mark.slow
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the worker process opens its own store; the lanes run the same code above")
def test_kills_lose_nothing_and_double_nothing(tmp_path):
    """10,000 messages while the worker is killed again and again at any moment: every one arrives, none is seen twice.

    In the box: exactly once. By mail: every key arrives; a key is transmitted again only where the kill fell between sending and noting it,
    and the receiver knows it. By text, which knows no repetition: exactly once, since in doubt the service is asked first.
    """
    home, sent = tmp_path / "home", tmp_path / "sent.txt"
    environment = {**os.environ, "YUNXING_HOME": str(home), "DJANGO_SETTINGS_MODULE": "yunxing.desk.settings"}
    fill = (
        "import sys; from pathlib import Path; from yunxing.desk.setup import prepare; prepare(Path(sys.argv[1]))\n"
        "from django.db import transaction\n"
        "from yunxing.desk.people.models import User, Message\n"
        "user = User.objects.create(username='u', email='u@example.org', mobile='13800000000')\n"
        f"way = lambda n: 'site' if n % {OUTSIDE} else ('mail' if n % {2 * OUTSIDE} else 'text')\n"
        f"rows = [Message(dedupe_key=f'm{{n}}', recipient=user, template='notice', parameters={{'title': 'x'}}, channels=[way(n)]) for n in range({MESSAGES})]\n"
        "Message.objects.bulk_create(rows, batch_size=500)\n"
    )
    subprocess.run([sys.executable, "-c", fill, home], env=environment, check=True)
    kills = 0
    for attempt in range(200):
        worker = subprocess.Popen([sys.executable, WORKER, home, sent], env=environment)
        try:
            worker.wait(timeout=2.0 + attempt % 7 / 5 + attempt)  # a slow machine gets further each time, so this ends
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            kills += 1
            time.sleep(0.01)
            continue
        assert worker.returncode == 0
        break

    with sqlite3.connect(home / "desk.sqlite3") as store:
        states = dict(store.execute("SELECT state, count(*) FROM people_message GROUP BY state"))
        notices = store.execute("SELECT count(*), count(DISTINCT message_id) FROM people_notice").fetchone()
        entries = store.execute("SELECT count(*), count(DISTINCT object_id) FROM people_journalentry WHERE act = 'send'").fetchone()
    store.close()
    transmitted = Counter(sent.read_text().split())
    outside = {f"m{n}" for n in range(0, MESSAGES, OUTSIDE)}
    texts = {f"text:m{n}" for n in range(0, MESSAGES, 2 * OUTSIDE)}
    mails = {f"mail:m{n}" for n in range(OUTSIDE, MESSAGES, 2 * OUTSIDE)}
    assert kills >= 2
    assert states == {"sent": MESSAGES}
    assert notices == (MESSAGES - len(outside), MESSAGES - len(outside))
    assert entries == (MESSAGES, MESSAGES)
    assert set(transmitted) == texts | mails
    assert {key: count for key, count in transmitted.items() if count > 1 and key in texts} == {}
    assert sum(transmitted[key] for key in mails) - len(mails) <= kills
