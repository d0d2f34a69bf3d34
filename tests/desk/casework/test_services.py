"""Raising, stepping, speaking, urging: what is written, what is refused, and that the second of two is told about the first."""

from __future__ import annotations

import pytest
from django.http import Http404, QueryDict
from django.utils.datastructures import MultiValueDict

from desk.casework.conftest import upload
from io_pictures import jpeg_with_place
from yunxing.desk.casework import services
from yunxing.desk.casework.models import Attachment, Event
from yunxing.desk.people.models import JournalEntry, Message
from yunxing.desk.scoping import acting_as_system
from yunxing.values.errors import BadInput, Refusal

NO_FILES = MultiValueDict()


def posted(**fields) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, value in fields.items():
        found.setlist(name, value if isinstance(value, list) else [value])
    return found


def given(hands, **more):
    plain = {
        "token": "t-1",
        "words": "车间缺电\n每天两次",
        "kind": "energy",
        "contact": "张三 0000",
        "party": hands.cast.units.firm_a.code,
        "unit": "A01",
    }
    return services.Raised(**{**plain, **more})


def step(hands, name, case, edge, fields=None, files=NO_FILES, seen=None):
    with hands.inside(name):
        seen = hands.case(case).ver if seen is None else seen
        return services.make_step(hands.standing(name), case, edge, seen, posted(**(fields or {})), files)


# --- raising


def test_a_request_is_raised_with_photos_once(hands):
    """Three fields and a photo; a second click on the button raises no second case; the act is in the journal."""
    photos = [upload("现场.jpg", jpeg_with_place())]
    with hands.inside("enterprise"):
        case = services.raise_case(hands.standing("enterprise"), given(hands), photos)
        again = services.raise_case(hands.standing("enterprise"), given(hands), [upload("现场.jpg", jpeg_with_place())])

    assert again.pk == case.pk
    assert (case.title, case.state, case.party, case.unit, case.grade) == (
        "车间缺电",
        "submitted",
        hands.cast.units.firm_a.code,
        "A01",
        "ordinary",
    )
    assert case.fields == {"kind": "energy", "contact": "张三 0000"}
    with acting_as_system("test"):
        assert Attachment.objects.filter(case=case).count() == 1
    assert JournalEntry.objects.filter(act="raise", object_id=case.pk).count() == 1


def test_a_photo_loses_the_place_where_it_was_taken(hands):
    """What is kept on the disk holds no position."""
    with hands.inside("enterprise"):
        case = services.raise_case(hands.standing("enterprise"), given(hands), [upload("现场.jpg", jpeg_with_place())])
    with acting_as_system("test"):
        kept = services.content_of(Attachment.objects.get(case=case))

    assert b"GPS" in jpeg_with_place()
    assert b"GPS" not in kept


def test_a_file_that_was_altered_on_the_disk_is_not_given_out(hands, tmp_path):
    """The digest is checked at every download."""
    with hands.inside("enterprise"):
        case = services.raise_case(hands.standing("enterprise"), given(hands), [upload()])
    with acting_as_system("test"):
        paper = Attachment.objects.get(case=case)
    path = next((tmp_path / "files").rglob(paper.digest.split(":")[1]))
    path.write_bytes(b"something else")

    with pytest.raises(Refusal, match="摘要不符"):
        services.content_of(paper)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("秘密文件.csv", b"a\n", "密级标志"),
        ("说明.csv", "机密★\n".encode(), "密级标志"),
        ("x.csv", b"", "空文件"),
        ("run.exe", b"MZ\x90\x00\x03", "无法识别"),
        ("坏.jpg", b"\xff\xd8\xff\xe1\x00", "损坏"),
    ],
    ids=["secret name", "secret text", "empty", "program", "broken photo"],
)
def test_a_hostile_file_is_refused_before_anything_is_stored(hands, name, content, told, tmp_path):
    """No case, no file; the refusal of a secret file stays in the journal by its digest alone."""
    with hands.inside("enterprise"), pytest.raises(BadInput, match=told):
        services.raise_case(hands.standing("enterprise"), given(hands), [upload(name, content)])

    with acting_as_system("test"):
        assert not Attachment.objects.exists()
        assert not Event.objects.exists()
    assert not (tmp_path / "files").exists()
    entries = JournalEntry.objects.filter(act="upload")
    assert not any("秘密" in (entry.object_id or "") + (entry.reason or "") for entry in entries)


@pytest.mark.parametrize(("wrong", "told"), [({"words": "  "}, "一句话"), ({"party": ""}, "哪家企业")])
def test_what_is_missing_is_said(hands, wrong, told):
    with hands.inside("enterprise"), pytest.raises(Refusal, match=told):
        services.raise_case(hands.standing("enterprise"), given(hands, **wrong), [])


def test_nine_photos_are_enough(hands):
    with hands.inside("enterprise"), pytest.raises(Refusal, match="9"):
        services.raise_case(hands.standing("enterprise"), given(hands), [upload(f"{n}.csv") for n in range(10)])


# --- steps


def test_a_request_goes_its_whole_way(hands):
    """Submit, accept, assign, sign, contact, answer with evidence, rate: each by the person whose turn it is, each told what comes next."""
    case = hands.raised()
    assert "已办理“受理”" in step(hands, "command", case, "accept").words
    words = step(hands, "command", case, "assign", {"lead": "bureau-1", "joint": ["bureau-2"]}).words
    assert "已办理“派单”，现由甲局办理，签收时限 9月28日 14:30" in words
    step(hands, "bureau", case, "sign")
    step(hands, "bureau", case, "contact", {"contacted": "已通话"})
    with pytest.raises(services.StepRefused, match="协办单位尚未反馈"):
        step(hands, "bureau", case, "answer", {"done": "已协调", "result": "solved"}, MultiValueDict({"evidence": [upload()]}))
    hands.walk(case, "part", "bureau", "bureau-2", done="已会商")
    step(hands, "bureau", case, "answer", {"done": "已协调", "result": "solved"}, MultiValueDict({"evidence": [upload()]}))
    done = step(hands, "enterprise", case, "confirm", {"satisfaction": "good", "speed": "fair", "attitude": "good"})

    assert "已办结" in done.words
    found = hands.case(case)
    assert (found.state, found.is_open, found.outcome) == ("closed", False, "solved")
    assert found.fields["speed"] == "fair"
    with acting_as_system("test"):
        paper = Attachment.objects.get(case=found)
        assert Event.objects.get(case=found, edge="answer").fields["evidence"] == [paper.digest]
    assert JournalEntry.objects.filter(act="step", object_id=case).count() == 6


def test_closing_needs_what_was_done_a_result_and_evidence(hands):
    """All that is missing is named at once; a file that came with the refused step is not kept."""
    case = hands.up_to("working")
    with pytest.raises(services.StepRefused) as refused:
        step(hands, "bureau", case, "answer")
    assert set(refused.value.fields) == {"done", "result", "evidence"}
    with pytest.raises(services.StepRefused):
        step(hands, "bureau", case, "answer", {"done": "x"}, MultiValueDict({"evidence": [upload()]}))
    with acting_as_system("test"):
        assert not Attachment.objects.exists()


def test_what_cannot_be_solved_names_its_basis(hands):
    case = hands.up_to("working")
    evidence = MultiValueDict({"evidence": [upload()]})
    with pytest.raises(services.StepRefused) as refused:
        step(hands, "bureau", case, "answer", {"done": "x", "result": "impossible"}, evidence)

    assert refused.value.fields == ("basis",)


def test_the_second_of_two_is_told_what_the_first_did(hands):
    """Two officers with the same page open: one signs, the other reads who was faster, when, and how the case stands; nothing of his is written."""
    case = hands.up_to("assigned")
    seen = hands.case(case).ver
    step(hands, "bureau", case, "sign", seen=seen)
    with pytest.raises(services.Overtaken) as told:
        step(hands, "bureau", case, "dispute", {"reason": "不属本单位"}, seen=seen)

    for word in ("测试bureau", "9月28日 09:00", "签收", "已签收", "没有写入"):
        assert word in told.value.message
    assert hands.case(case).state == "signed"
    with acting_as_system("test"):
        assert not Event.objects.filter(edge="dispute").exists()


def test_a_wrong_dispatch_is_returned_once_and_then_decided_by_the_command(hands):
    """Returned with a reason; assigned anew; the second dispute goes to the command, and the clock to solve did not start again."""
    case = hands.up_to("assigned")
    with acting_as_system("test"):
        from yunxing.desk.casework.models import Clock

        due = Clock.objects.get(case=case, name="solve").due
    step(hands, "bureau", case, "dispute", {"reason": "属乙局职责"})
    step(hands, "command", case, "assign", {"lead": "bureau-2"})
    with pytest.raises(services.StepRefused):
        step(hands, "command", case, "dispute", {"reason": "x"})
    hands.walk(case, "dispute_again", "bureau", "bureau-2", reason="也不是乙局职责")

    assert hands.case(case).state == "disputed"
    with acting_as_system("test"):
        assert Clock.objects.get(case=case, name="solve").due == due


def test_dissatisfied_reopens_once(hands):
    """不满意 sends it back once; the second time it goes to the command."""
    case = hands.up_to("answered")
    step(hands, "enterprise", case, "reopen", {"reason": "又停电了"})
    assert hands.case(case).state == "working"
    step(hands, "bureau", case, "answer", {"done": "换了变压器", "result": "solved"}, MultiValueDict({"evidence": [upload()]}))
    with pytest.raises(services.StepRefused, match="一次"):
        step(hands, "enterprise", case, "reopen", {"reason": "还是不行"})
    step(hands, "enterprise", case, "appeal", {"reason": "还是不行"})

    assert hands.case(case).state == "review"


def test_one_matter_one_discussion_records_options_decision_and_who(hands):
    """一事一议: at least two options, the decision, who decided, on what basis, the money in fen."""
    case = hands.up_to("working")
    plain = {"options": "分两期办理", "decision": "一次办理", "decider": "专题会议", "basis": "第26条", "amount": "30 万元"}
    with pytest.raises(services.StepRefused):
        step(hands, "bureau", case, "discuss", plain)
    step(hands, "bureau", case, "discuss", {**plain, "options": "分两期办理\n一次办理\n"})

    kept = hands.case(case).fields
    assert kept["options"] == ["分两期办理", "一次办理"]
    assert kept["amount"] == 30_0000_00
    assert hands.case(case).state == "working"


def test_who_may_not_see_a_case_cannot_step_on_it(hands):
    """It does not exist for him: another county, another office."""
    case = hands.up_to("assigned", office="bureau-1")
    for name in ("county_b", "analyst"):
        with pytest.raises(Http404):
            step(hands, name, case, "sign")
    with pytest.raises(Http404):
        step(hands, "bureau", case, "no_such_edge")


# --- speaking


def test_what_is_said_inside_is_not_heard_by_the_enterprise(hands):
    """A note with a file stays inside; a message goes out and tells the enterprise's people; both sides read the message."""
    case = hands.up_to("working")
    with hands.inside("bureau"):
        services.say(hands.standing("bureau"), case, "请补充用电记录", [upload()], internal=False)
        services.say(hands.standing("bureau"), case, "已与电网核实", [upload("内部.csv")], internal=True)
    with hands.inside("enterprise"):
        heard = [event.reason for event in Event.objects.filter(case=case, edge__in=["message", "note"])]
        papers = [paper.name for paper in Attachment.objects.filter(case=case)]
    with hands.inside("bureau"):
        both = Event.objects.filter(case=case, edge__in=["message", "note"]).count()

    assert heard == ["请补充用电记录"]
    assert papers == ["说明.csv"]
    assert both == 2
    told = Message.objects.get(recipient=hands.cast.people.enterprise, template="case_question")
    assert told.parameters["link"] == f"/my-cases/{case}/"


def test_nothing_is_said_with_no_words(hands):
    case = hands.up_to("working")
    with hands.inside("bureau"), pytest.raises(Refusal, match="一句话"):
        services.say(hands.standing("bureau"), case, "  ", [], internal=False)
    with hands.inside("enterprise"), pytest.raises(Http404):
        services.say(hands.standing("enterprise"), case, "内部", [], internal=True)


# --- urging, many at once


def test_urging_reaches_whoever_owes_the_next_act_once_a_day(hands):
    """His handler while there is one; the second time on the same day nothing is sent, the next day again."""
    case = hands.up_to("signed")
    with hands.inside("command"):
        assert services.urge(hands.standing("command"), case)
        assert not services.urge(hands.standing("command"), case)
        hands.later(days=1)
        assert services.urge(hands.standing("command"), case)

    assert Message.objects.filter(template="case_urged", recipient=hands.cast.people.bureau).count() == 2
    with acting_as_system("test"):
        assert Event.objects.filter(case=case, edge="urge").count() == 2


def test_urging_a_closed_case_or_an_office_without_people_is_refused(hands):
    closed, lonely = hands.up_to("closed"), hands.up_to("assigned", office="nobody")
    with hands.inside("command"):
        with pytest.raises(Refusal, match="不必催办"):
            services.urge(hands.standing("command"), closed)
        with pytest.raises(Refusal, match="电话联系"):
            services.urge(hands.standing("command"), lonely)


def test_many_are_signed_at_once_and_one_that_cannot_be_stops_none(hands):
    """Three assigned, one under way: three are done, the fourth is named with the reason."""
    ready = [hands.up_to("assigned") for _ in range(3)]
    other = hands.up_to("working")
    with hands.inside("bureau"):
        result = services.bulk(hands.standing("bureau"), [*ready, other, ready[0]], "sign", posted())

    assert result.done == 3
    assert [why for _title, why in result.failed] == ["现为“办理中”，不能这样办。"]
    assert {hands.case(one).state for one in ready} == {"signed"}


def test_many_are_assigned_and_urged_at_once(hands):
    cases = [hands.up_to("accepted") for _ in range(2)]
    with hands.inside("command"):
        assert services.bulk(hands.standing("command"), cases, "assign", posted(lead="bureau-2")).done == 2
        assert {hands.case(one).lead for one in cases} == {"bureau-2"}
        assert services.bulk(hands.standing("command"), cases, "urge", posted()).done == 2
        again = services.bulk(hands.standing("command"), cases, "urge", posted())

    assert again.done == 0
    assert [why for _title, why in again.failed] == ["今天已催办过。"] * 2
