"""Sixty requests of synthetic enterprises, walked through the real tables to every state a case can have. Idempotent. 合成数据 · synthetic data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from yunxing.city.requests import REQUESTS, Request, ways
from yunxing.desk import clock
from yunxing.desk.casework.models import Attachment, Case, Notice
from yunxing.desk.people.models import Post, Role, Unit, User
from yunxing.desk.scoping import acting_as_system
from yunxing.engines.cases.case import Actor
from yunxing.flows import walk_case
from yunxing.flows.sweep_cases import sweep_cases
from yunxing.io import files as stored
from yunxing.io.store import case_log, holidays
from yunxing.io.store.party_lines import PartyLine, found_by
from yunxing.packs.pack import Pack
from yunxing.values.office_hours import WorkingTime, local

TABLE = "whistle"
PASSES = 3  # one rung of a ladder is climbed in a pass
# the office that a kind of request concerns, by a word of its name; the first office where none fits
WORDS = {
    "energy": "发展和改革",
    "labour": "人力资源",
    "fund": "金融",
    "land": "自然资源",
    "logistics": "交通运输",
    "permit": "审批",
    "other": "工业和信息化",
}
NOTE = "合成数据：演示用佐证材料，不对应任何真实单位。\n".encode()


@dataclass
class Walk:
    """One request on its way: who acts when. Each step comes some hours at work after the one before."""

    case: str
    lead: str
    other: str
    request: Request
    time: WorkingTime
    at: datetime
    command: Actor
    names: Mapping[str, str]
    origin: Actor
    evidence: str
    refused: list[str] = field(default_factory=list)

    def officer(self, office: str) -> Actor:
        """Somebody of an office: its demonstration account where there is one."""
        role = "county" if office.startswith("C") and office not in self.names else "department"
        return Actor(self.names.get(office, "演示·经办人"), office, frozenset({role, "head"}))

    def go(self, edge: str, actor: Actor, hours: int, **facts: Any) -> None:
        """Walk an edge some office hours later; what the table refuses is a fault of the demonstration and is kept for the test."""
        self.at = self.time.after(self.at, hours * 3600)
        answer = walk_case.move(connection, self.case, edge, actor, self.at, facts)
        if isinstance(answer, walk_case.Refused) or not answer.won:
            self.refused.append(f"{self.case} {edge}: {answer}")

    def say(self, words: str, actor: Actor, *, inside: bool = False) -> None:
        """A line of the conversation."""
        self.at = self.time.after(self.at, 900)
        walk_case.act_on(connection, self.case, "note" if inside else "message", actor, self.at, words=words)


def create(pack: Pack) -> dict[str, int]:
    """Walk the sixty requests; gives how many cases are in each state. A second call changes nothing."""
    now = clock.now()
    with acting_as_system("demo"), transaction.atomic():
        walk_case.publish(connection, pack.load_section("cases").values(), now)
        table = case_log.newest_definition(connection, TABLE)
        firms = _firms()
        time = WorkingTime(holidays.calendar(connection, local(now)[0]), table.hours)
        troubles: list[str] = []
        for number, way in enumerate(ways()) if firms else ():
            troubles += _one(number, way, firms[number % len(firms)], now, time, pack)
        assert not troubles, "\n".join(troubles)
        _matters(pack, now, firms)
        for _pass in range(PASSES):
            sweep_cases(connection, now)
        # of what lies behind nobody needs to hear any more: only the last word on each request is still to be told
        past = Notice.objects.filter(state="waiting").exclude(ver=F("case__ver"), case__definition=TABLE)
        Notice.objects.filter(pk__in=list(past.values_list("pk", flat=True))).update(state="sent")
        counts: dict[str, int] = {}
        for state in Case.objects.filter(definition=TABLE).values_list("state", flat=True):
            counts[state] = counts.get(state, 0) + 1
    return counts


# matters that people of the desk propose, by their tables, with the word of the office that leads; all of them taken up
MATTERS = (
    ("factor_unmet", "自然资源", "重点项目二期用地指标尚缺二十亩，影响年内开工"),
    ("broken_link", "工业和信息化", "关键零部件只有一家外地供应商，交货期延长一倍"),
    ("credit_withdrawal", "金融", "银行提出压降授信三成，企业经营正常"),
    ("listing_mentor", "金融", "后备企业股改涉及历史沿革确认，请专人协调"),
)


def _matters(pack: Pack, now: datetime, firms: Sequence[PartyLine]) -> None:
    staff = Actor("演示·指挥部", "", frozenset({"command"}))
    for number, (table, word, words) in enumerate(MATTERS):
        definition = case_log.newest_definition(connection, table)
        time = WorkingTime(holidays.calendar(connection, None), definition.hours)
        began = time.after(now, -20 * 3600)
        lead = next((id_ for id_, one in pack.offices.items() if one.kind == "city" and word in one.name), next(iter(pack.offices)))
        firm = firms[number] if firms else PartyLine("", "", "", "", "")
        made = walk_case.new_case(
            connection, table, staff, began, key=f"demo:{table}", title=f"{definition.title}：{words}"[:80], words=words,
            subject=f"party:{firm.id}" if firm.id else f"office:{lead}", lead=lead, unit=firm.unit, party=firm.id,
        )  # fmt: skip
        if made.won:
            for hours, edge, actor in ((2, "accept", staff), (5, "start", Actor("演示·经办人", lead, frozenset({"department"})))):
                done = walk_case.move(connection, made.case, edge, actor, time.after(began, hours * 3600))
                assert not isinstance(done, walk_case.Refused), done


ANSWERED, STARTED = 4, 2


def answer_signals() -> int:
    """Take the newest proposals of signals up: some are answered and closed, some are under way; gives how many. What was taken up stays as it is."""
    with acting_as_system("demo"), transaction.atomic():
        waiting = (
            Case.objects.filter(origin__startswith="signal:", state="proposed")
            .exclude(definition="quarterly_talk")
            .order_by("-opened", "id")
        )
        chosen = [one for one in waiting if one.opened == waiting[0].opened][: ANSWERED + STARTED] if waiting else []
        for number, case in enumerate(chosen):
            definition = case_log.definition_of(connection, case.definition, case.version)
            time = WorkingTime(holidays.calendar(connection, None), definition.hours)
            staff, officer = Actor("演示·指挥部", "", frozenset({"command"})), Actor("演示·经办人", case.lead, frozenset({"department"}))
            result = ("fixed", "normal", "goes_on", "fixed")[number % 4]
            answer = {"done": "已与企业核实原因，采取相应措施。", "result": result, "basis": "市场需求变化，短期内难以扭转"}
            steps = [
                ("accept", staff, {}),
                ("start", officer, {}),
                ("answer", officer, answer),
                ("close", staff, {"words": "情况属实，予以办结"}),
            ]
            for place, (edge, actor, facts) in enumerate(steps[:2] if number >= ANSWERED else steps):
                at = time.after(case.opened, (place + 1) * 3 * 3600)
                done = walk_case.move(connection, case.pk, edge, actor, at, facts)
                assert not isinstance(done, walk_case.Refused), done
        return len(chosen)


def _firms() -> list[PartyLine]:
    """Enterprises that ask: the one with an account often, others after it."""
    own = list(Unit.objects.filter(kind=Unit.Kind.ENTERPRISE, is_synthetic=True).values_list("code", flat=True))
    found = found_by(connection, "", limit=40)
    mine = found_by(connection, own[0], limit=1) if own else []
    return [firm for pair in zip(mine * len(found), found, strict=False) for firm in pair] if mine else found


def _office_of(pack: Pack, kind: str) -> str:
    offices = [(id_, one) for id_, one in pack.offices.items() if one.kind == "city"]
    return next((id_ for id_, one in offices if WORDS.get(kind, "") in one.name), offices[0][0])


def _accounts() -> dict[str, str]:
    """The demonstration's account of each office."""
    posts = Post.objects.filter(role__in=[Role.DEPARTMENT, Role.COUNTY], user__is_synthetic=True).select_related("user", "unit")
    return {post.unit.code: post.user.username for post in posts}


def _one(number: int, way: str, firm: PartyLine, now: datetime, time: WorkingTime, pack: Pack) -> list[str]:
    request = REQUESTS[number % len(REQUESTS)]
    lead = _office_of(pack, request.kind)
    other = next(id_ for id_, one in pack.offices.items() if one.kind == "city" and id_ != lead)
    began = time.after(now, -HOURS[way] * 3600 - (number % 7) * 1200)
    command = User.objects.filter(posts__role=Role.COMMAND, is_synthetic=True).first()
    clerk = User.objects.filter(posts__unit__code=firm.id, is_synthetic=True).first()
    origin = Actor(clerk.username if clerk else "演示·企业经办人", firm.id, frozenset({"enterprise"}))
    opened = walk_case.new_case(
        connection, TABLE, origin, began, key=f"demo:{number}", title=request.words.split("，")[0][:40], words=request.words, subject=f"party:{firm.id}",
        unit=firm.unit, party=firm.id, grade="urgent" if number % 11 == 0 else "ordinary", fields={"kind": request.kind, "contact": f"演示联系人 0000-{number:07d}"},
    )  # fmt: skip
    if not opened.won:
        return []
    evidence = _evidence(opened.case, began)
    staff = Actor(command.username if command else "演示指挥部", "", frozenset({"command"}))
    walk = Walk(opened.case, lead, other, request, time, began, staff, _accounts(), origin, evidence)
    WALKS[way](walk)
    return walk.refused


def _evidence(case: str, at: datetime) -> str:
    named = stored.keep(settings.HOME, NOTE)
    Attachment.objects.create(
        case_id=case, name="办理说明.csv", kind="csv", digest=named, size=len(NOTE), by="demo", unit="", at=at, field="evidence"
    )
    return named


def _accepted(walk: Walk) -> None:
    walk.go("accept", walk.command, 2, words="内容清楚，予以受理")


def _assigned(walk: Walk, joint: Sequence[str] = ()) -> None:
    _accepted(walk)
    walk.go("assign", walk.command, 1, lead=walk.lead, words="请按时限办理", **({"joint": list(joint)} if joint else {}))


def _signed(walk: Walk, joint: Sequence[str] = ()) -> None:
    _assigned(walk, joint)
    walk.go("sign", walk.officer(walk.lead), 2)


def _working(walk: Walk, joint: Sequence[str] = ()) -> None:
    _signed(walk, joint)
    walk.go("contact", walk.officer(walk.lead), 3, contacted="已与企业负责人通电话，约定现场查看")
    walk.say("请补充近三个月的相关记录，方便我们现场核对。", walk.officer(walk.lead))
    walk.say("材料今天下午发过去。", walk.origin)


def _answered(walk: Walk) -> None:
    _working(walk)
    walk.say("已与相关单位会商，口径一致。", walk.officer(walk.lead), inside=True)
    walk.go("answer", walk.officer(walk.lead), 14, done=walk.request.answer, result="solved", evidence=[walk.evidence])


def _rated(walk: Walk, satisfaction: str) -> None:
    _answered(walk)
    walk.go("confirm", walk.origin, 4, satisfaction=satisfaction, speed=satisfaction, attitude="good", words="谢谢。")


def _returned(walk: Walk) -> None:
    _assigned(walk)
    walk.go("dispute", walk.officer(walk.lead), 1, reason="主要内容属其他单位职责，请改派。")
    walk.lead, walk.other = walk.other, walk.lead
    walk.go("assign", walk.command, 1, lead=walk.lead, words="请承办")


def _disputed(walk: Walk) -> None:
    _returned(walk)
    walk.go("dispute_again", walk.officer(walk.lead), 1, reason="权责清单中无此事项，请裁定。")


def _paused(walk: Walk) -> None:
    _working(walk)
    walk.go("pause", walk.officer(walk.lead), 2, pause_reason="firm_material", words="等待企业补充图纸")


def _joint(walk: Walk) -> None:
    _assigned(walk, [walk.other])
    walk.go("sign", walk.officer(walk.lead), 2)
    walk.go("contact", walk.officer(walk.lead), 2, contacted="与协办单位一同到企业查看")


def _one_matter(walk: Walk) -> None:
    _working(walk)
    walk.go(
        "discuss",
        walk.officer(walk.lead),
        6,
        options=["按现行规定分两期办理", "专题会议研究后一次办理"],
        decision="同意一次办理，由牵头单位三个工作日内落实。",
        decider="专题会议",
        basis="行动方案第 26 条：一事一议",
    )


def _reopened(walk: Walk) -> None:
    _answered(walk)
    walk.go("reopen", walk.origin, 6, reason="问题又出现了一次，希望彻底解决。", speed="good", attitude="good")


def _withdrawn(walk: Walk) -> None:
    _accepted(walk)
    walk.go("withdraw", walk.origin, 2, reason="问题已自行解决")


# how long ago each way began, in hours at work, and what happened since
HOURS = {
    "submitted": 3, "accepted": 5, "assigned": 5, "overdue_sign": 20, "returned": 6, "disputed": 7, "signed": 7, "working": 22, "overdue": 110, "paused": 30,
    "joint": 16, "one_matter": 40, "answered": 32, "satisfied": 70, "fair": 60, "reopened": 48, "withdrawn": 12, "refused": 9,
}  # fmt: skip
WALKS: dict[str, Any] = {
    "submitted": lambda _walk: None,
    "accepted": _accepted,
    "assigned": _assigned,
    "overdue_sign": _assigned,
    "returned": _returned,
    "disputed": _disputed,
    "signed": _signed,
    "working": _working,
    "overdue": _working,
    "paused": _paused,
    "joint": _joint,
    "one_matter": _one_matter,
    "answered": _answered,
    "satisfied": lambda walk: _rated(walk, "good"),
    "fair": lambda walk: _rated(walk, "fair"),
    "reopened": _reopened,
    "withdrawn": _withdrawn,
    "refused": lambda walk: walk.go("refuse", walk.command, 3, reason="属于企业间合同纠纷", basis="应通过仲裁或诉讼解决"),
}
