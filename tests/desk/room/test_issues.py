"""Bulletins on their way: drafted by one, reviewed and signed by another, frozen once; every refusal says why; nothing issued is ever changed."""

from __future__ import annotations

import io
import json
from datetime import date

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import bulletin_cast
from desk.cast import LONG_AGO, PASSWORD
from yunxing.desk.people.models import JournalEntry, Message, Post, Role, User
from yunxing.desk.room import issue_pages, issue_papers, issues
from yunxing.desk.room.models import Issue, IssueEvent
from yunxing.desk.scoping import acting_in
from yunxing.engines.bulletins.edits import lines_of, readable
from yunxing.flows.build_bulletin import manifest_holds
from yunxing.io.seal import StandardSeal
from yunxing.values.errors import BadInput, Refusal
from yunxing.values.period import Month
from yunxing.values.scope import ALL, Scope

SEPTEMBER = Month(2022, 9)
NUMBER = "某工运〔2022〕9号"
EVERYTHING = Scope(ALL, ALL, ALL, 3, "test")
PACK = bulletin_cast.LIBRARY.parent.parent


@pytest.fixture
def home(settings, tmp_path, cast):
    """A home with September closed, and a second person of the command, who signs."""
    bulletin_cast.close(tmp_path)
    settings.HOME, settings.PACK = tmp_path, str(PACK)
    signer = User(username="signer", name="签发人", must_change_password=False, is_synthetic=True)
    signer.set_password(PASSWORD)
    signer.save()
    Post.objects.create(user=signer, unit=cast.units.hall, role=Role.COMMAND, since=LONG_AGO)
    cast.people.signer = signer
    with acting_in(EVERYTHING):
        yield tmp_path


def do(by, issue, name, **given):
    return issues.act(by, issue.pk, Issue.objects.get(pk=issue.pk).ver, name, **given)


def signed(cast, issue):
    """The issue with number and day, reviewed and ready to be signed."""
    do(cast.people.command, issue, "head", number=NUMBER, issued_on=date(2022, 10, 20), disclosure="public")
    do(cast.people.command, issue, "submit")
    return do(cast.people.signer, issue, "approve")


def issued(cast):
    return do(cast.people.signer, signed(cast, issues.start(cast.people.command, "monthly", SEPTEMBER)), "issue")


def test_a_draft_begins_once_however_often_one_clicks(home, cast):
    first = issues.start(cast.people.command, "monthly", SEPTEMBER)
    assert issues.start(cast.people.signer, "monthly", SEPTEMBER) == first
    assert issues.start(cast.people.command, "quarterly", SEPTEMBER) != first
    assert (first.pk, first.state, first.title) == ("monthly-2022-09", "drafted", "关于2022年1—9月全市工业经济运行情况的通报")


def test_what_cannot_be_drafted_is_refused(home, cast):
    for kind, month in (("monthly", Month(2022, 8)), ("yearly", SEPTEMBER), ("../pack", SEPTEMBER)):
        with pytest.raises(BadInput):
            issues.start(cast.people.command, kind, month)
    assert Issue.objects.count() == 0


def test_the_whole_way_leaves_a_sealed_document_and_a_record_of_every_act(home, cast):
    done = issued(cast)
    assert (done.state, done.author, done.reviewer, done.signer, done.number) == ("issued", "command", "signer", "signer", NUMBER)
    folder = issues.folder_of(done)
    assert manifest_holds(folder, StandardSeal.in_home(home))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["signer"] == "signer"
    assert manifest["disclosure"] == "public"
    assert (folder / "public" / "bulletin-2022-09.docx").exists()
    assert [one.act for one in done.events.all()] == ["start", "head", "submit", "approve", "issue"]
    assert [one.ver for one in done.events.all()] == list(range(5))
    assert JournalEntry.objects.filter(object_kind="bulletin", object_id=done.pk).count() == 5
    told = set(Message.objects.filter(dedupe_key__startswith="issue:").values_list("recipient__username", flat=True))
    assert told == {"command", "bureau", "county_a", "county_b"}, "counties, offices and the command, not the signer himself, no enterprise"


def test_an_issued_document_can_never_be_changed(home, cast):
    done = issued(cast)
    before = {path: path.read_bytes() for path in issues.folder_of(done).rglob("*") if path.is_file()}
    for name in issues.ACTS:
        with pytest.raises(issues.Overtaken):
            do(cast.people.command, done, name, said="为什么", section="overall", text="改")
    assert {path: path.read_bytes() for path in issues.folder_of(done).rglob("*") if path.is_file()} == before


def test_who_drafted_neither_reviews_nor_signs(home, cast):
    issue = issues.start(cast.people.command, "monthly", SEPTEMBER)
    do(cast.people.command, issue, "submit")
    with pytest.raises(Refusal, match="另一人"):
        do(cast.people.command, issue, "approve")
    do(cast.people.signer, issue, "approve")
    with pytest.raises(Refusal, match="另一人"):
        do(cast.people.command, issue, "issue")


def test_without_a_number_or_with_one_that_is_taken_nothing_is_issued(home, cast):
    first = issued(cast)
    other = issues.start(cast.people.command, "special_projects", SEPTEMBER)
    do(cast.people.command, other, "submit")
    do(cast.people.signer, other, "approve")
    with pytest.raises(issues.Unready, match="发文字号"):
        do(cast.people.signer, other, "issue")
    do(cast.people.signer, other, "head", number=first.number, issued_on=date(2022, 10, 20), disclosure="on_request")
    with pytest.raises(issues.Unready, match="已被使用"):
        do(cast.people.signer, other, "issue")
    assert not issues.folder_of(other).exists()


def test_of_two_who_act_at_once_the_second_is_told_who_was_first(home, cast):
    issue = issues.start(cast.people.command, "monthly", SEPTEMBER)
    seen = issue.ver
    issues.act(cast.people.command, issue.pk, seen, "submit")
    with pytest.raises(issues.Overtaken, match="核稿"):
        issues.act(cast.people.signer, issue.pk, seen, "drop", said="不要了")
    assert Issue.objects.get(pk=issue.pk).state == "reviewing"


def test_a_return_needs_a_reason_and_gives_the_draft_back(home, cast):
    issue = issues.start(cast.people.command, "monthly", SEPTEMBER)
    do(cast.people.command, issue, "submit")
    with pytest.raises(Refusal, match="理由"):
        do(cast.people.signer, issue, "send_back", said="  ")
    assert do(cast.people.signer, issue, "send_back", said="请核对第三部分").state == "drafted"
    assert issue.events.last().said == "请核对第三部分"


def test_an_edit_is_kept_and_can_be_taken_back(home, cast):
    issue = issues.start(cast.people.command, "monthly", SEPTEMBER)
    section = issues.document(issue).composed.sections[0]
    text = readable(lines_of(section), {}) + "\n各地要高度重视。"
    do(cast.people.command, issue, "edit", section=section.id, text=text)
    issue.refresh_from_db()
    assert issues.document(issue).bulletin.sections[0].blocks[-1].text == "各地要高度重视。"
    do(cast.people.command, issue, "undo", section=section.id)
    issue.refresh_from_db()
    assert issues.document(issue).bulletin == issues.document(issue).composed


def test_a_number_without_a_source_is_refused_with_its_place(home, cast):
    issue = issues.start(cast.people.command, "monthly", SEPTEMBER)
    with pytest.raises(issues.Unsourced) as refused:
        do(cast.people.command, issue, "edit", section="overall", text="已开会4次。")
    assert "数字 4" in refused.value.places[0]
    assert "总体情况，第1段" in refused.value.places[0]
    do(cast.people.command, issue, "edit", section="overall", text="已开会4次。", sources={"4": "会议台账"})
    issue.refresh_from_db()
    assert issues.edits_of(issue)["overall"].sources == {"4": "会议台账"}


def test_a_month_closed_anew_must_be_taken_in_before_review(home, cast):
    issue = issues.start(cast.people.command, "monthly", SEPTEMBER)
    bulletin_cast.close(home, given=bulletin_cast.rows()[:-1])
    page = issue_pages.workbench(issue, cast.people.command)
    assert page["superseded"]
    assert page["moved"], "the figures that are others now are listed"
    with pytest.raises(issues.Unready, match="重新关账"):
        do(cast.people.command, issue, "submit")
    do(cast.people.command, issue, "refresh")
    assert do(cast.people.command, issue, "submit").state == "reviewing"


def test_a_freeze_that_was_cut_is_done_again_whole(home, cast, monkeypatch):
    ready = signed(cast, issues.start(cast.people.command, "monthly", SEPTEMBER))
    with monkeypatch.context() as patched:
        patched.setattr(issues, "_tell", lambda *_: (_ for _ in ()).throw(RuntimeError("cut")))
        with pytest.raises(RuntimeError):
            do(cast.people.signer, ready, "issue")
    assert Issue.objects.get(pk=ready.pk).state == "signing", "nothing was acknowledged"
    do(cast.people.signer, ready, "head", number="某工运〔2022〕10号", issued_on=date(2022, 10, 20), disclosure="on_request")
    done = do(cast.people.signer, ready, "issue")
    assert json.loads((issues.folder_of(done) / "manifest.json").read_text(encoding="utf-8"))["number"] == "某工运〔2022〕10号"


def test_a_correction_tells_then_and_now_and_the_first_document_stays(home, cast):
    done = issued(cast)
    with pytest.raises(BadInput, match="nothing to correct"):
        issues.correct(cast.people.command, done, "数据更正")
    from dataclasses import replace

    changed = tuple(
        replace(row, num=81) if row.id == f"output_growth/city/city/{bulletin_cast.C}/cumulative_yoy" else row
        for row in bulletin_cast.rows()
    )
    bulletin_cast.close(home, given=changed)
    correction = issues.correct(cast.people.command, done, "个别企业更正报表")
    assert correction == issues.correct(cast.people.signer, done, "又一次")
    assert correction.pk == "monthly-2022-09-c1"
    made = issues.document(correction).bulletin
    assert "增长7.6%" in json.dumps(made.to_json(), ensure_ascii=False)
    assert "增长8.1%" in json.dumps(made.to_json(), ensure_ascii=False)
    assert "增长7.6%" in (issues.folder_of(done) / "bulletin.json").read_text(encoding="utf-8")
    page = issue_pages.workbench(Issue.objects.get(pk=done.pk), cast.people.command)
    assert list(page["corrected_by"]) == [correction]


# the pages


def test_the_pages_serve_the_whole_way(home, cast):
    """Draft in one click, edit, return a file, number, submit; another person approves and issues; a county reads it, an enterprise does not."""
    desk, signer = cast.client("command"), cast.client("signer")
    begun = desk.post(reverse("room:issue_start"), {"kind": "monthly", "month": "2022-09"})
    page = begun.headers["Location"]
    act = f"{page}act/"

    def post(client, **data):
        return client.post(act, {"ver": Issue.objects.get(pk="monthly-2022-09").ver, **data}, follow=True)

    assert "印发前检查" in desk.get(page).content.decode()
    part = f"{page}section/overall/"
    refused = desk.post(part, {"ver": 0, "text": "已开会4次。"})
    assert refused.status_code == 422
    assert "已开会4次。" in refused.content.decode(), "what was typed stays in the box"
    assert desk.post(part, {"ver": 0, "text": "已开会4次。", "number": ["4"], "source": ["会议台账"]}).status_code == 302
    word = desk.get(f"{page}file.docx").content
    opened = docx.Document(io.BytesIO(word))
    next(one for one in opened.paragraphs if "按时报送" in one.text).add_run("请加强审核。")
    target = io.BytesIO()
    opened.save(target)
    returned = post(desk, act="return_file", file=SimpleUploadedFile("改.docx", target.getvalue()))
    assert "已收回修改稿：1 节有改动" in returned.content.decode()
    post(desk, act="head", number=NUMBER, issued_on="2022-10-20", disclosure="public")
    assert "核稿" in post(desk, act="submit").content.decode()
    assert "请由另一人办理" in post(desk, act="approve").content.decode()
    assert cast.client("county_a").get(page).status_code == 404, "a document on its way names enterprises of every county"
    post(signer, act="approve")
    done = post(signer, act="issue").content.decode()
    assert "已印发" in done
    assert "请加强审核。" in done
    county = cast.client("county_a")
    assert county.get(page).status_code == 200
    assert county.get(f"{page}file.pdf").headers["Content-Type"] == "application/pdf"
    assert county.get(f"{page}file.public-docx").status_code == 200
    assert county.post(act, {"act": "correct", "said": "x"}).status_code == 403
    assert cast.client("enterprise").get(page).status_code == 403


@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_a_draft_can_be_had_as_a_file_and_an_unknown_kind_cannot(home, cast, kind):
    issue = issues.start(cast.people.command, "monthly", SEPTEMBER)
    desk = cast.client("command")
    assert desk.get(reverse("room:issue_file", args=[issue.pk, kind])).status_code == 200
    assert desk.get(reverse("room:issue_file", args=[issue.pk, "json"])).status_code == 404
    assert desk.get(reverse("room:issue_file", args=[issue.pk, f"public-{kind}"])).status_code == 404


def test_a_hostile_form_changes_nothing(home, cast):
    issue = issues.start(cast.people.command, "monthly", SEPTEMBER)
    desk, act = cast.client("command"), reverse("room:issue_act", args=[issue.pk])
    for data in (
        {"act": "issue", "ver": "0"},
        {"act": "head", "ver": "0", "issued_on": "2022-13-40", "number": "x"},
        {"act": "head", "ver": "0", "disclosure": "secret"},
        {"act": "head", "ver": "0", "disclosure": "withheld"},
        {"act": "return_file", "ver": "0"},
        {"act": "submit", "ver": "x"},
        {"act": "submit", "ver": "9" * 30},
        {"act": "drop", "ver": "0"},
    ):
        assert desk.post(act, data).status_code == 302
        issue.refresh_from_db()
        assert (issue.state, issue.ver) == ("drafted", 0)
    for name in ("edit", "explode", ""):
        assert desk.post(act, {"act": name, "ver": "0"}).status_code == 404
    bad = SimpleUploadedFile("x.docx", b"PK\x03\x04 no file")
    assert "docx" in desk.post(act, {"act": "return_file", "ver": "0", "file": bad}, follow=True).content.decode()
    assert IssueEvent.objects.filter(issue=issue).count() == 1


def test_the_figure_of_the_issue_before_stands_beside_it(home, cast):
    page = issue_pages.workbench(issues.start(cast.people.command, "monthly", SEPTEMBER), cast.people.command)
    growth = next(one for part in page["data"] for one in part["figures"] if one["display"] == "增长7.6%")
    assert growth["before"] == "增长7.7%"
    assert growth["about"].endswith("（2022年1—9月）")


def test_two_signers_at_once_issue_one_document(home, cast, monkeypatch):
    """The second presses the button while the first one's pages are being set: one issues, the other is told; one folder, one event."""
    ready = signed(cast, issues.start(cast.people.command, "monthly", SEPTEMBER))
    setting = issues._frozen_files
    overtaken = []

    def meanwhile(issue, _site=""):
        made = setting(issue)
        if not overtaken:
            overtaken.append(True)
            issues.act(cast.people.signer, ready.pk, ready.ver, "issue")
        return made

    monkeypatch.setattr(issues, "_frozen_files", meanwhile)
    with pytest.raises(issues.Overtaken, match="已印发"):
        issues.act(cast.people.signer, ready.pk, ready.ver, "issue")
    assert IssueEvent.objects.filter(issue=ready, act="issue").count() == 1
    assert manifest_holds(issues.folder_of(ready), StandardSeal.in_home(home))


def test_an_issued_bulletin_carries_a_code_and_whoever_holds_it_can_verify_it(home, cast, client):
    """The code stands on the Word file and the PDF, leads to the verify page, and the issued file holds against it; an altered one does not."""
    made = signed(cast, issues.start(cast.people.command, "monthly", SEPTEMBER))
    made = do(cast.people.signer, made, "issue", site="https://yunxing.example/")
    folder = issues.folder_of(made)
    files = {one.suffix: one.read_bytes() for one in folder.iterdir() if one.stem == "bulletin-2022-09"}
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(files[".docx"])).paragraphs)
    code = issue_papers.verify_code(made)

    assert f"核验码 {code}" in text
    assert json.loads((folder / "bulletin.json").read_text(encoding="utf-8"))["verify"] == f"https://yunxing.example/verify/{code}/"
    page = client.get(f"/verify/{code}/").content.decode()
    assert made.title in page, "a public bulletin's title is for everybody"
    held = files.get(".pdf", files[".docx"])
    for content, verdict in ((held, "same"), (held + b" ", "other")):
        answer = client.post(f"/verify/{code}/", {"file": SimpleUploadedFile("x.pdf", content)})
        assert answer.context["verdict"] == verdict
    public = [one for one in (folder / "public").iterdir() if one.suffix == ".docx"]
    assert code not in "".join(paragraph.text for paragraph in docx.Document(str(public[0])).paragraphs)


def test_without_an_address_nothing_is_printed_and_a_draft_never_carries_a_code(home, cast):
    draft = issues.start(cast.people.command, "monthly", SEPTEMBER)
    assert "核验码" not in str(issues.draft_files(draft)["bulletin.json"])
    assert "verify" not in json.loads((issues.folder_of(issued(cast)) / "bulletin.json").read_text(encoding="utf-8"))


def test_a_letter_of_talk_is_one_draft_a_unit_and_keeps_its_unit(home, cast):
    me = cast.people.command
    first = issues.start(me, "talk_letter", SEPTEMBER, bulletin_cast.PACK_UNITS[0])
    again = issues.start(me, "talk_letter", SEPTEMBER, bulletin_cast.PACK_UNITS[0])
    other = issues.start(me, "talk_letter", SEPTEMBER, bulletin_cast.PACK_UNITS[1])

    assert first.pk == again.pk != other.pk
    assert (first.about, other.about) == bulletin_cast.PACK_UNITS[:2]
    assert issues.document(first).bulletin.recipients != issues.document(other).bulletin.recipients
    with pytest.raises(BadInput):
        issues.start(me, "talk_letter", SEPTEMBER)
    assert issues.start(me, "monthly", SEPTEMBER, bulletin_cast.PACK_UNITS[0]).about == ""


def test_the_page_offers_the_units_for_letters(home, cast):
    client = cast.client("command")
    page = client.get("/bulletins/").content.decode()
    assert 'name="about"' in page
    answer = client.post("/bulletins/new/", {"kind": "talk_letter", "month": "2022-09", "about": bulletin_cast.PACK_UNITS[2]})
    assert bulletin_cast.PACK_UNITS[2] in answer["Location"]
