"""What dispatching adds to the cases: planned and actual days, evidence, progress on measures, meetings, contacts and visits, emergency mode.

An item of a pipeline, an activity and a promised paper is a case (`casework_case`); its state, fields and events stand there. Personal data of a pass is
kept encrypted (`io.fields`) and deleted by rule after the mode ended.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yunxing.desk.casework.models import Case
from yunxing.desk.reporting.models import Party
from yunxing.desk.scoping import ScopedModel, is_desk, one_of, unit_wide
from yunxing.values.scope import Scope


class Milestone(ScopedModel):
    """A stage of an item: the day it was planned for, the day it was entered. An item has a row for a stage once one of both is known."""

    case = models.ForeignKey(Case, verbose_name="事项", on_delete=models.PROTECT, db_column="case_id", related_name="milestones")
    stage = models.CharField("阶段", max_length=32)
    planned = models.DateField("计划日期", null=True, blank=True)
    actual = models.DateField("实际日期", null=True, blank=True)

    class Meta:
        """Each stage of an item once."""

        db_table = "dispatch_milestone"
        verbose_name = "节点"
        ordering = ["case", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "stage"], name="dispatch_milestone_once")]
        indexes = [models.Index(fields=["planned"], name="dispatch_milestone_planned")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.stage}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the item."""
        return Q(case__in=Case.seen_by(scope))


class Evidence(ScopedModel):
    """A file put forward for a step of an item, kept by its content."""

    case = models.ForeignKey(Case, verbose_name="事项", on_delete=models.PROTECT, db_column="case_id", related_name="evidence")
    stage = models.CharField("阶段", max_length=32)
    digest = models.CharField("文件摘要", max_length=80)
    name = models.CharField("文件名", max_length=200)
    added_on = models.DateField("日期")
    added_by = models.CharField("经办", max_length=64)

    class Meta:
        """The table of the contract."""

        db_table = "dispatch_evidence"
        verbose_name = "佐证材料"
        ordering = ["case", "id"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the item."""
        return Q(case__in=Case.seen_by(scope))


class Progress(ScopedModel):
    """What an office reports of a measure for a month: one paragraph, a difficulty, a request. Submitted, it stands."""

    scope_office = "office"

    measure = models.IntegerField("举措")
    office = models.CharField("责任单位", max_length=32, db_index=True)
    month = models.CharField("月份", max_length=7, db_index=True)
    words = models.TextField("本月进展")
    difficulty = models.TextField("困难", blank=True, default="")
    request = models.TextField("需协调事项", blank=True, default="")
    submitted_on = models.DateField("报送日期")
    submitted_by = models.CharField("报送人", max_length=64)
    case = models.CharField("协调事项编号", max_length=40, blank=True, default="")

    class Meta:
        """One report of an office, measure and month."""

        db_table = "dispatch_progress"
        verbose_name = "举措进展"
        ordering = ["month", "measure", "office"]
        constraints = [models.UniqueConstraint(fields=["measure", "office", "month"], name="dispatch_progress_once")]

    def __str__(self) -> str:
        return f"{self.month} {self.measure} {self.office}"


class Meeting(ScopedModel):
    """A meeting of the command: when, who chaired, what was said. What it decided are items that name it as their origin."""

    id = models.CharField("编号", max_length=20, primary_key=True)
    title = models.CharField("会议", max_length=200)
    held_on = models.DateField("日期", db_index=True)
    chair = models.CharField("主持", max_length=60)
    words = models.TextField("纪要", blank=True, default="")

    class Meta:
        """The table of the contract."""

        db_table = "dispatch_meeting"
        verbose_name = "会议"
        ordering = ["-held_on", "id"]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Every desk role reads the minutes of the command; what was decided about others it sees only as their items allow."""
        return ~Q(pk__in=[]) if is_desk(scope) else Q(pk__in=[])


class Contact(ScopedModel):
    """Who keeps in touch with a key firm (联系服务): a leader and an officer, from a day to a day."""

    scope_unit, scope_party = "unit", "party"

    party = models.CharField("企业", max_length=64, db_index=True)
    unit = models.CharField("填报单位", max_length=32, db_index=True)
    leader = models.CharField("联系领导", max_length=60)
    officer = models.CharField("联络员", max_length=60)
    office = models.CharField("联络单位", max_length=32, db_index=True)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)

    class Meta:
        """One contact of a firm begins once."""

        db_table = "dispatch_contact"
        verbose_name = "联系人"
        ordering = ["party", "since"]
        constraints = [models.UniqueConstraint(fields=["party", "since"], name="dispatch_contact_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.officer}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The firms one sees, and those one's own office keeps in touch with."""
        return super().within(scope) | one_of("office", scope.offices)


class Visit(ScopedModel):
    """One visit to a firm: when, who, what was asked, what follows."""

    scope_unit, scope_party = "unit", "party"

    party = models.CharField("企业", max_length=64, db_index=True)
    unit = models.CharField("填报单位", max_length=32, db_index=True)
    office = models.CharField("走访单位", max_length=32, db_index=True)
    held_on = models.DateField("走访日期", db_index=True)
    visitor = models.CharField("走访人", max_length=60)
    words = models.TextField("情况")
    next_step = models.TextField("下一步", blank=True, default="")

    class Meta:
        """The table of the contract."""

        db_table = "dispatch_visit"
        verbose_name = "走访"
        ordering = ["-held_on", "id"]

    def __str__(self) -> str:
        return f"{self.party} {self.held_on}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The firms one sees, and one's own office's visits."""
        return super().within(scope) | one_of("office", scope.offices)


class Decision(ScopedModel):
    """What the command decided about a quarter's talks: whom, or none and why. A quarter without a row is undecided."""

    quarter = models.CharField("季度", max_length=7)
    subject = models.CharField("对象", max_length=32)
    outcome = models.CharField("结论", max_length=8)
    reason = models.TextField("理由", blank=True, default="")
    decided_on = models.DateField("日期")
    decided_by = models.CharField("决定人", max_length=64)

    class Meta:
        """One decision for a quarter and subject; the subject `none` says that nobody is talked to."""

        db_table = "dispatch_decision"
        verbose_name = "约谈决定"
        ordering = ["-quarter", "subject"]
        constraints = [models.UniqueConstraint(fields=["quarter", "subject"], name="dispatch_decision_once")]

    def __str__(self) -> str:
        return f"{self.quarter} {self.subject}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Those who see the whole city, and the office or county concerned."""
        return one_of("subject", scope.offices) | unit_wide(scope, "subject")


class Mode(ScopedModel):
    """Emergency mode as declared: its kind, legal basis, first and last day. It is in force between both days unless it ended earlier."""

    id = models.CharField("编号", max_length=20, primary_key=True)
    kind = models.CharField("类别", max_length=32)
    basis = models.CharField("法定依据", max_length=200)
    words = models.TextField("说明", blank=True, default="")
    first = models.DateField("起日", db_index=True)
    last = models.DateField("止日", db_index=True)
    ended_on = models.DateField("解除日期", null=True, blank=True)
    declared_by = models.CharField("宣布", max_length=64)
    cleared_on = models.DateField("个人信息删除日期", null=True, blank=True)
    case = models.CharField("事项编号", max_length=40, blank=True, default="")

    class Meta:
        """The table of the contract."""

        db_table = "dispatch_mode"
        verbose_name = "应急状态"
        ordering = ["-first", "id"]

    def __str__(self) -> str:
        return self.id

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Everyone with a business post knows whether emergency mode is on."""
        return ~Q(pk__in=[]) if scope.sees_level(2) else Q(pk__in=[])


class WhiteFirm(ScopedModel):
    """A firm on the white list of a mode."""

    scope_unit, scope_party = "unit", "party"

    mode = models.ForeignKey(Mode, verbose_name="应急状态", on_delete=models.PROTECT, db_column="mode_id")
    party = models.CharField("企业", max_length=64)
    unit = models.CharField("填报单位", max_length=32, db_index=True)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)
    document = models.CharField("文件", max_length=120, blank=True, default="")

    class Meta:
        """A firm once a mode."""

        db_table = "dispatch_white_firm"
        verbose_name = "白名单企业"
        ordering = ["mode", "unit", "party"]
        constraints = [models.UniqueConstraint(fields=["mode", "party"], name="dispatch_white_firm_once")]

    def __str__(self) -> str:
        return self.party


class VehiclePass(ScopedModel):
    """One vehicle, one pass, one route. `state`: applied, issued, refused, revoked. Plate, driver and telephone are encrypted and struck out after the mode."""

    scope_unit, scope_party = "unit", "party"

    number = models.CharField("证号", max_length=24, primary_key=True)
    mode = models.ForeignKey(Mode, verbose_name="应急状态", on_delete=models.PROTECT, db_column="mode_id")
    party = models.CharField("企业", max_length=64, db_index=True)
    unit = models.CharField("填报单位", max_length=32, db_index=True)
    goods = models.CharField("物资类别", max_length=32)
    route = models.CharField("线路", max_length=120)
    first = models.DateField("起日")
    last = models.DateField("止日")
    state = models.CharField("状态", max_length=12, db_index=True)
    applied_at = models.DateTimeField("申请时间")
    issued_at = models.DateTimeField("签发时间", null=True, blank=True)
    issuer = models.CharField("签发单位", max_length=32, blank=True, default="")
    plate_shown = models.CharField("车牌（脱敏）", max_length=16, blank=True, default="")
    plate_key = models.CharField("车牌检索值", max_length=80, blank=True, default="", db_index=True)
    plate_sealed = models.TextField("车牌（密文）", blank=True, default="")
    driver_sealed = models.TextField("驾驶员（密文）", blank=True, default="")
    phone_sealed = models.TextField("电话（密文）", blank=True, default="")
    test_until = models.DateTimeField("核酸有效至", null=True, blank=True)
    code = models.TextField("二维码", blank=True, default="")
    note = models.CharField("备注", max_length=200, blank=True, default="")

    class Meta:
        """The table of the contract."""

        db_table = "dispatch_pass"
        verbose_name = "车辆通行证"
        ordering = ["-applied_at", "number"]

    def __str__(self) -> str:
        return self.number


class Operation(ScopedModel):
    """How a firm runs on a day of emergency: open, closed loop or stopped; staff needed and in; days of supply as stock and daily use."""

    scope_unit, scope_party = "unit", "party"

    mode = models.ForeignKey(Mode, verbose_name="应急状态", on_delete=models.PROTECT, db_column="mode_id")
    party = models.CharField("企业", max_length=64)
    unit = models.CharField("填报单位", max_length=32, db_index=True)
    day = models.DateField("日期", db_index=True)
    running = models.CharField("生产方式", max_length=12)
    staff_needed = models.IntegerField("应到岗")
    staff_in = models.IntegerField("已到岗")
    supply = models.CharField("主要物资", max_length=40, blank=True, default="")
    supply_stock = models.BigIntegerField("库存（千克）", null=True, blank=True)
    supply_use = models.BigIntegerField("日用（千克）", null=True, blank=True)

    class Meta:
        """One row of a firm and day."""

        db_table = "dispatch_operation"
        verbose_name = "应急生产情况"
        ordering = ["-day", "unit", "party"]
        constraints = [models.UniqueConstraint(fields=["mode", "party", "day"], name="dispatch_operation_once")]

    def __str__(self) -> str:
        return f"{self.party} {self.day}"


def names_of(parties: set[str]) -> dict[str, str]:
    """The names of parties that the active scope sees; the others stay unnamed."""
    return {one.id: str(one) for one in Party.objects.filter(id__in=parties)}
