"""The journal: every act leaves an entry, no entry changes, and every change would be seen (design: ecosystem 1.3)."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth import authenticate
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from desk.cast import PASSWORD
from yunxing.desk.people import journal
from yunxing.desk.people.acting import Actor, acting_for
from yunxing.desk.people.models import JournalEntry, JournalHead
from yunxing.io.store.append_only import guard, means_for, release
from yunxing.values.digest import digest

pytestmark = pytest.mark.django_db
AT = datetime(2022, 10, 11, 8, tzinfo=UTC)
CLERK = Actor(person="clerk", name="某某", post="甲局 · 市直部门", address="2001:db8::1", session="sha256:00", request="r-1")


@pytest.fixture
def three():
    """Three entries by one person."""
    with acting_for(CLERK):
        return [journal.record("view", kind="enterprise", object_id=f"E{n}", after={"n": n}) for n in range(3)]


class Unguarded:
    """Inside, the database's own refusal is taken away: what someone with full power over the database could do."""

    def __enter__(self):
        self.means = means_for(connection.vendor, connection.settings_dict["ENGINE"])
        self._run(release)

    def __exit__(self, *_):
        self._run(guard)

    def _run(self, statements):
        with connection.cursor() as cursor:
            for statement in statements("people_journalentry", self.means):
                cursor.execute(statement)


@pytest.fixture
def unguarded():
    if connection.vendor != "sqlite":
        pytest.skip("taking the triggers away mid-transaction is done on SQLite only; the chain itself is the same code everywhere")
    return Unguarded


def test_an_entry_holds_who_what_where_and_when(three):
    """All fields of 1.3, and the object's state only as a digest that names its algorithm."""
    entry = JournalEntry.objects.get(number=three[0].number)

    assert (entry.person, entry.person_name, entry.post, entry.address) == ("clerk", "某某", "甲局 · 市直部门", "2001:db8::1")
    assert (entry.act, entry.object_kind, entry.object_id, entry.result) == ("view", "enterprise", "E0", "done")
    assert entry.at.tzinfo is not None
    assert entry.after_digest == digest({"n": 0})
    assert not entry.before_digest
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", entry.digest)


def test_numbers_run_without_a_gap_and_each_entry_follows_the_one_before(three):
    """The chain: number n + 1 carries the digest of number n."""
    numbers = [entry.number for entry in three]

    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert [entry.previous for entry in three[1:]] == [entry.digest for entry in three[:-1]]


def test_an_undisturbed_chain_holds(three):
    report = journal.verify_chain()

    assert report.holds
    assert report.checked == JournalEntry.objects.count() >= 3
    assert report.last_digest == three[-1].digest == JournalHead.objects.get(id=1).digest


def test_an_empty_chain_holds():
    assert journal.verify_chain() == journal.ChainReport(0, "")


@pytest.mark.parametrize("way", ["save", "update", "delete", "delete all"])
def test_the_database_refuses_to_change_or_delete_an_entry(three, way):
    """Not only the application: the table itself takes inserts only."""
    entry = three[1]
    entry.reason = "changed"
    acts = {
        "save": lambda: entry.save(force_update=True),
        "update": lambda: JournalEntry.objects.filter(number=entry.number).update(reason="changed"),
        "delete": lambda: JournalEntry.objects.filter(number=entry.number).delete(),
        "delete all": lambda: JournalEntry.objects.all().delete(),
    }

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        acts[way]()

    assert journal.verify_chain().holds
    assert JournalEntry.objects.get(number=entry.number).reason != "changed"


@pytest.mark.parametrize("field", [*journal.FIELDS, "at"])
def test_a_change_of_any_field_is_seen(three, unguarded, field):
    """Whoever gets round the triggers still breaks the chain, whichever field he touches."""
    entry = three[1]
    changed = entry.at.replace(year=2001) if field == "at" else "x"
    with unguarded():
        JournalEntry.objects.filter(number=entry.number).update(**{field: changed})

    assert journal.verify_chain().broken_at == entry.number


def test_a_missing_entry_and_a_cut_tail_are_seen(three, unguarded):
    """Deleting from the middle leaves a gap; deleting the tail disagrees with the head."""
    with unguarded(), transaction.atomic():
        JournalEntry.objects.filter(number=three[2].number).delete()
        assert "head" in journal.verify_chain().trouble
        JournalEntry.objects.filter(number=three[0].number).delete()
        assert journal.verify_chain().broken_at == three[0].number


def test_an_entry_made_up_in_place_is_seen(three, unguarded):
    """An entry replaced by a consistent one of another content: the next one does not follow it."""
    entry = three[1]
    entry.object_id = "E9"
    entry.digest = journal.digest_of(entry)
    with unguarded():
        JournalEntry.objects.filter(number=entry.number).update(object_id="E9", digest=entry.digest)

    assert journal.verify_chain().broken_at == three[2].number


def test_a_rolled_back_act_leaves_no_entry_and_no_gap(three):
    """The entry stands in the transaction of its act: both happen or neither."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        journal.record("export", kind="x")
        _ = 1 / 0
    after = journal.record("export", kind="y")

    assert after.number == three[-1].number + 1
    assert journal.verify_chain().holds


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("password=Secret-1", "password=****"),
        ("密码：abc123 已重置", "密码=**** 已重置"),
        ("Token: xyz", "Token=****"),
        ("电话 13812345678", "电话 138****5678"),
        ("account 6222020000001234567", "account 622****4567"),
        ("2022-09 月报 1569844", "2022-09 月报 1569844"),
    ],
)
def test_no_secret_enters_the_journal(text, kept):
    """Passwords after their name, and whole telephone and account numbers, are struck out."""
    assert journal.record("x", reason=text).reason == kept


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=60))
def test_whatever_a_reason_holds_the_digest_is_stable(text):
    """The digest depends on the stored fields alone, so recomputing gives the same."""
    entry = JournalEntry(number=1, at=AT, act="x", result="done", reason=text)

    assert journal.digest_of(entry) == journal.digest_of(entry)
    assert journal.digest_of(entry) != journal.digest_of(JournalEntry(number=2, at=AT, act="x", result="done", reason=text))


def test_signing_in_failing_and_out_are_recorded(cast):
    """With the address; never with the password."""
    client = Client(REMOTE_ADDR="10.1.2.3")
    client.post("/login/", {"username": "command", "password": "Wrong-Word-99"})
    client.post("/login/", {"username": "command", "password": PASSWORD})
    client.post("/logout/")

    told = list(JournalEntry.objects.order_by("number").values_list("act", "object_id", "result", "address"))
    assert told == [
        ("sign_in", "command", "failed", "10.1.2.3"),
        ("sign_in", "command", "done", "10.1.2.3"),
        ("sign_out", "command", "done", "10.1.2.3"),
    ]
    everything = str(list(JournalEntry.objects.values()))
    assert PASSWORD not in everything
    assert "Wrong-Word" not in everything


def test_the_session_key_is_never_written_down(cast):
    """Only its digest: whoever reads the journal cannot take over a session."""
    client = cast.client("county_a")
    client.get("/admin/journal/")
    key = client.session.session_key
    entry = JournalEntry.objects.get(act="refusal")

    assert entry.session == digest(key.encode())
    assert key not in str(list(JournalEntry.objects.values()))


def test_a_refused_page_is_recorded_with_post_and_request(cast):
    client = cast.client("county_a")
    response = client.get("/admin/journal/")
    entry = JournalEntry.objects.get(act="refusal")

    assert (entry.person, entry.post, entry.object_id, entry.result) == ("county_a", "甲县 · 县（市、区）", "/admin/journal/", "refused")
    assert entry.request == response["X-Request-ID"]
    assert entry.reason == "audit_admin"


def test_the_export_is_whole_and_is_itself_recorded(cast, three):
    """UTF-8 with a mark, as spreadsheets here expect; the act of exporting is the journal's last line."""
    response = cast.client("auditor").get("/admin/journal/export/?act=view")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert response.content.startswith(b"\xef\xbb\xbf")
    assert [row[8] for row in rows[1:]] == ["E0", "E1", "E2"]
    last = JournalEntry.objects.order_by("number").last()
    assert (last.act, last.object_kind, last.person, last.reason) == ("export", "journal", "auditor", "3 rows")


def test_an_exported_cell_is_no_formula(cast):
    """A spreadsheet would run what begins with =, +, - or @."""
    journal.record("x", object_id="=HYPERLINK(1)")
    body = cast.client("auditor").get("/admin/journal/export/?act=x").content.decode()

    assert "'=HYPERLINK" in body


def test_the_page_filters_and_checks(cast, three):
    """By person, act, object and day; the whole chain on request."""
    auditor = cast.client("auditor")

    def rows(query: str) -> str:
        """The table alone: a random token elsewhere on the page may hold any two letters."""
        page = auditor.get(f"/admin/journal/?{query}").content.decode()
        return page[page.index("<tbody>") :] if "<tbody>" in page else ""

    assert "E2" in rows("person=clerk")
    assert "E2" not in rows("person=nobody")
    assert "E2" not in rows("until=2001-01-01")
    assert "日志链完整" in auditor.get("/admin/journal/?verify=1").content.decode()


def test_a_wrong_day_in_the_filter_is_named(cast):
    """400 and what to write instead, not a server error."""
    response = cast.client("auditor").get("/admin/journal/?since=2022-13-45")

    assert response.status_code == 400
    assert "2022-13-45" in response.content.decode()


def test_a_failed_authentication_outside_a_request_is_recorded(cast):
    """Also from a script: the address is simply empty."""
    authenticate(RequestFactory().post("/login/"), username="command", password="no")

    assert JournalEntry.objects.get(act="sign_in").result == "failed"
