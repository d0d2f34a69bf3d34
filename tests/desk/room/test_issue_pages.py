"""The pages of the bulletin workbench: who may do what in which state, what is listed for whom, numbers, the public edition, the demonstration's bulletins."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

import bulletin_cast
from desk.cast import LONG_AGO, PASSWORD
from yunxing.desk import demo_issues
from yunxing.desk.people.models import Message, Notice, Post, Role, User
from yunxing.desk.room import issue_pages, issues
from yunxing.desk.room.models import Issue, IssueEvent
from yunxing.desk.scoping import acting_in
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.period import Month
from yunxing.values.scope import ALL, Scope

SEPTEMBER = Month(2022, 9)
EVERYTHING = Scope(ALL, ALL, ALL, 3, "test")
COUNTY = Scope(frozenset({"A01"}), frozenset(), ALL, 3, "county")
PACK = bulletin_cast.LIBRARY.parent.parent
DAY = date(2022, 10, 20)


@pytest.fixture
def home(settings, tmp_path, cast):
    """August and September closed; `signer` is the second person of the command."""
    bulletin_cast.close(tmp_path)
    bulletin_cast.close(tmp_path, month="2022-08", given=august(), as_of="2022-09-15T00:00:00+00:00")
    settings.HOME, settings.PACK = tmp_path, str(PACK)
    signer = User(username="signer", name="签发人", must_change_password=False, is_synthetic=True)
    signer.set_password(PASSWORD)
    signer.save()
    Post.objects.create(user=signer, unit=cast.units.hall, role=Role.COMMAND, since=LONG_AGO)
    cast.people.signer = signer
    with acting_in(EVERYTHING):
        yield tmp_path


def august():
    """September's rows under the codes of August."""
    from dataclasses import replace

    codes = {bulletin_cast.M: "2022-08", bulletin_cast.C: bulletin_cast.B, bulletin_cast.B: "2022-01..07"}
    return tuple(replace(row, period=codes.get(row.period, row.period)) for row in bulletin_cast.rows())


def do(by, issue, name, **given):
    return issues.act(by, issue.pk, Issue.objects.get(pk=issue.pk).ver, name, **given)


def begun(cast, kind="monthly"):
    return issues.start(cast.people.command, kind, SEPTEMBER)


def issued(cast, disclosure="on_request", number="某工运〔2022〕9号", reason=""):
    issue = begun(cast)
    do(cast.people.command, issue, "head", number=number, issued_on=DAY, disclosure=disclosure, disclosure_reason=reason)
    do(cast.people.command, issue, "submit")
    do(cast.people.signer, issue, "approve")
    return do(cast.people.signer, issue, "issue")


CAN = {
    "drafted": {"command": {"edit", "submit", "head"}, "signer": {"edit", "submit", "head"}},
    "reviewing": {"command": {"send_back", "head", "wait"}, "signer": {"approve", "send_back", "head"}},
    "signing": {"command": {"send_back", "head", "wait"}, "signer": {"issue", "send_back", "head"}},
    "issued": {"command": {"correct"}, "signer": {"correct"}},
}


def test_what_each_person_may_do_in_each_state(home, cast):
    """The author never sees the button of review or signature; nobody can edit once the draft has left him."""
    issue = begun(cast)
    do(cast.people.command, issue, "head", number="某工运〔2022〕9号", issued_on=DAY, disclosure="on_request")
    for state, step in (("drafted", "submit"), ("reviewing", "approve"), ("signing", "issue"), ("issued", "")):
        issue.refresh_from_db()
        assert issue.state == state
        for person, wanted in CAN[state].items():
            page = issue_pages.workbench(issue, getattr(cast.people, person))
            assert {name for name, may in page["can"].items() if may} == wanted, (state, person)
        if step:
            do(cast.people.command if step == "submit" else cast.people.signer, issue, step)


def test_a_county_lists_what_was_issued_and_nothing_on_its_way(home, cast):
    done = issued(cast)
    begun(cast, "quarterly")
    assert [one["href"] for one in issue_pages.listed()] == [reverse("room:issue", args=[pk]) for pk in ("quarterly-2022-09", done.pk)]
    with acting_in(COUNTY):
        assert [one["number"] for one in issue_pages.listed()] == [done.number]
        assert not IssueEvent.objects.filter(issue="quarterly-2022-09").exists()
    with acting_in(Scope(frozenset({"A01"}), frozenset(), frozenset({"91990000MA00000A0X"}), 3, "firm")):
        assert issue_pages.listed() == []


def test_a_dropped_draft_is_listed_no_more_and_its_place_is_free(home, cast):
    first = begun(cast)
    do(cast.people.command, first, "drop", said="改用专报")
    assert issue_pages.listed() == []
    again = begun(cast)
    assert again.pk == "monthly-2022-09-2"
    assert Issue.objects.get(pk=first.pk).state == "dropped"


def test_the_next_free_number_is_proposed_in_the_form_of_the_pack(home, cast):
    issue = begun(cast)
    form = issues.plan(issue).number_form
    first = form.replace("{year}", "2022").replace("{n}", "1")
    assert issues.next_number(issue, 2022) == first
    assert issue_pages.workbench(issue, cast.people.command)["number"] == first
    do(
        cast.people.command,
        issue,
        "head",
        number=form.replace("{year}", "2022").replace("{n}", "7"),
        issued_on=DAY,
        disclosure="on_request",
    )
    other = begun(cast, "special_projects")
    assert issues.next_number(other, 2022) == form.replace("{year}", "2022").replace("{n}", "8")
    assert issues.next_number(other, 2023) == form.replace("{year}", "2023").replace("{n}", "1"), "each year counts anew"


@pytest.mark.parametrize(
    ("disclosure", "reason", "refused"),
    [
        ("public", "", None),
        ("on_request", "", None),
        ("withheld", "含单个企业经营信息", None),
        ("withheld", "  ", Refusal),
        ("secret", "", BadInput),
    ],
)
def test_disclosure_is_one_of_three_and_withholding_has_a_reason(home, cast, disclosure, reason, refused):
    issue = begun(cast)
    given = {"number": "", "issued_on": None, "disclosure": disclosure, "disclosure_reason": reason}
    if refused:
        with pytest.raises(refused):
            do(cast.people.command, issue, "head", **given)
        return
    do(cast.people.command, issue, "head", **given)
    issue.refresh_from_db()
    assert (issue.disclosure, issue.disclosure_reason) == (disclosure, reason)


def test_only_what_is_public_has_a_public_edition(home, cast):
    assert not (issues.folder_of(issued(cast, "withheld", reason="含单个企业经营信息")) / "public").exists()


def test_the_public_edition_of_an_issued_bulletin_names_no_registered_firm_or_project(home, cast):
    done = issued(cast, "public")
    public = issues.folder_of(done) / "public"
    words = (public / "bulletin.json").read_text(encoding="utf-8")
    for project in bulletin_cast.projects():
        assert project.name not in words
    removed = json.loads((public / "removed.json").read_text(encoding="utf-8"))
    assert removed, "what was taken out is listed for the person who publishes it"
    page = issue_pages.workbench(Issue.objects.get(pk=done.pk), cast.people.command)
    assert {kind for kind, _ in page["public_files"]} == {"DOCX", "PDF"}


def test_an_edited_section_shows_what_was_composed_and_what_was_written(home, cast):
    issue = begun(cast)
    page = issue_pages.section_page(issue, "next")
    assert page["changes"] == []
    assert not page["edited"]
    do(cast.people.command, issue, "edit", section="next", text=page["text"] + "\n另请各单位按周报送进度。")
    issue.refresh_from_db()
    after = issue_pages.section_page(issue, "next")
    assert [(one["was"], one["now"]) for one in after["changes"]] == [("", "另请各单位按周报送进度。")]
    assert after["edited"]
    outline = {one["id"]: one["edited"] for one in issue_pages.workbench(issue, cast.people.command)["outline"]}
    assert outline["next"]
    assert not outline["overall"]
    assert issue_pages.section_page(issue, "nothing") is None


def test_who_was_told_and_who_has_read_is_counted(home, cast):
    from yunxing.desk.people import outbox

    done = issued(cast)
    assert issue_pages.receipts(done) == {"told": 4, "delivered": 0, "read": 0}
    outbox.deliver()
    with acting_in(Scope(ALL, ALL, ALL, 3, "county_a")):
        Notice.objects.filter(user__username="county_a").update(read_at=done.changed)
    assert issue_pages.receipts(done) == {"told": 4, "delivered": 4, "read": 1}
    for message in Message.objects.filter(dedupe_key__startswith="issue:"):
        assert not any(letter.isdigit() and "年" not in message.parameters["title"] for letter in message.parameters["title"])


def test_the_pages_are_whole_in_english(home, cast):
    begun(cast)
    client = cast.client("command")
    client.post(reverse("set_language"), {"language": "en"})
    for address in (reverse("room:bulletins"), reverse("room:issue", args=["monthly-2022-09"])):
        page = client.get(address).content.decode()
        assert "Submit for review" in page or "Draft" in page
    with translation.override("en"):
        assert {one["title"] for one in issue_pages.kinds()} >= {"Monthly bulletin", "Quarterly bulletin"}


def test_the_demonstration_issues_one_and_drafts_the_next_and_a_second_run_changes_nothing(home, cast):
    made = demo_issues.create("command", "signer", SEPTEMBER)
    assert made == ["monthly-2022-08", "monthly-2022-09"]
    assert [Issue.objects.get(pk=name).state for name in made] == ["issued", "drafted"]
    before = sorted((path.name, path.stat().st_mtime_ns) for path in issues.folder_of(Issue.objects.get(pk=made[0])).rglob("*"))
    events = IssueEvent.objects.count()
    assert demo_issues.create("command", "signer", SEPTEMBER) == made
    assert IssueEvent.objects.count() == events
    assert sorted((path.name, path.stat().st_mtime_ns) for path in issues.folder_of(Issue.objects.get(pk=made[0])).rglob("*")) == before


def test_months_that_cannot_be_written_are_not_offered(home, cast):
    assert [one["code"] for one in issue_pages.months_to_write()] == ["2022-09", "2022-08"]
    bulletin_cast.close(home, month="2023-01", given=bulletin_cast.rows(), as_of="2023-02-15T00:00:00+00:00")
    assert "2023-01" not in [one["code"] for one in issue_pages.months_to_write()]
