"""The registry of parties and rosters, the workbooks that came in and the batches of facts they became.

`io.store.registry` and `io.store.submissions` read and write the same tables by SQL; names are part of docs/architecture.md. What is held of whom, and at which level, stands in
`engines/registry/parties.py`. An empty text and NULL never differ in meaning; only days and instants may be NULL.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yunxing.desk.reporting.adhoc_models import AdhocGap, AdhocItem, AdhocOpen, AdhocRequest, LeaderTable
from yunxing.desk.reporting.catalogue import catalogue, owned_rosters, too_sensitive
from yunxing.desk.reporting.intake_models import Intake
from yunxing.desk.reporting.paper_models import Paper
from yunxing.desk.reporting.report_models import Authority, Closing, Entry, EntryChange, Report, ReportEvent, State, Urging
from yunxing.desk.scoping import ScopedModel, is_desk
from yunxing.values.scope import ALL, Scope

__all__ = [
    "AdhocGap",
    "AdhocItem",
    "AdhocOpen",
    "AdhocRequest",
    "Authority",
    "Closing",
    "Entry",
    "EntryChange",
    "Import",
    "Intake",
    "LeaderTable",
    "Membership",
    "Paper",
    "Party",
    "Report",
    "ReportEvent",
    "State",
    "Submission",
    "Urging",
]


class Party(ScopedModel):
    """Of whom facts and lists speak: an enterprise (by its credit code), a project, a site, a bank, a course … The newest state of each.

    `folded` and `initials` are the name as it is compared and as it is searched by the first letters of its pinyin; the store makes both.
    """

    scope_unit, scope_party = "unit", "id"

    id = models.CharField("编号", max_length=64, primary_key=True)
    kind = models.CharField("类别", max_length=16)
    name = models.CharField("名称", max_length=200)
    short_name = models.CharField("简称", max_length=60, blank=True, default="")
    unit = models.CharField("填报单位", max_length=32, blank=True, default="", db_index=True)
    region = models.CharField("行政区划代码", max_length=16, blank=True, default="")
    industry = models.CharField("行业大类", max_length=8, blank=True, default="")
    size = models.CharField("规模", max_length=16, blank=True, default="")
    parent = models.CharField("上级", max_length=64, blank=True, default="")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    attributes = models.JSONField("其他属性", default=dict, blank=True)
    folded = models.CharField("检索名称", max_length=200, blank=True, default="", db_index=True)
    initials = models.CharField("拼音首字母", max_length=100, blank=True, default="", db_index=True)

    class Meta:
        """The table of the contract; the indexes serve pages that go on from the last row shown."""

        db_table = "reporting_party"
        verbose_name = "主体"
        ordering = ["id"]
        indexes = [
            # pages in the order of names, and searches, which look at every row of the index and at none of the table
            models.Index(fields=["kind", "name", "id", "unit", "folded", "initials"], name="reporting_party_search"),
            models.Index(fields=["kind", "unit", "name", "id"], name="reporting_party_by_unit"),
            models.Index(fields=["kind", "industry", "name", "id"], name="reporting_party_by_trade"),
            models.Index(fields=["parent"], name="reporting_party_parent"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """A unit sees its parties, an office the members of the rosters it keeps; kinds that are open (banks, courses) every desk role sees."""
        ways = super().within(scope)
        if (scope.units is ALL and scope.parties is ALL) or not is_desk(scope):
            return ways
        ways |= Q(kind__in=sorted(catalogue().open_kinds))
        owned = owned_rosters(scope)
        return ways | Q(pk__in=models.QuerySet(Membership).filter(roster__in=sorted(owned)).values("party")) if owned else ways


class Membership(ScopedModel):
    """A party on a roster (规上, 百户, 重点项目 …) from a day to a day, with the reason of the change."""

    roster = models.CharField("名录", max_length=32)
    party = models.CharField("主体", max_length=64, db_index=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    reason = models.CharField("原因", max_length=60, blank=True, default="")
    attributes = models.JSONField("成员信息", default=dict, blank=True)

    class Meta:
        """One membership begins once."""

        db_table = "reporting_membership"
        verbose_name = "名录成员"
        ordering = ["roster", "party", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["roster", "party", "valid_from"], name="reporting_membership_once")]
        indexes = [models.Index(fields=["roster", "party", "valid_from", "valid_to"], name="reporting_membership_day")]

    def __str__(self) -> str:
        return f"{self.roster} {self.party}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The memberships of the parties that the scope sees, on rosters of no higher level than it; an office sees the rosters it keeps."""
        seen = Q(party__in=Party.seen_by(scope).values("pk"))
        return seen & ~Q(roster__in=sorted(too_sensitive(scope)))


class RegistryChange(ScopedModel):
    """One act that changed the registry: an import, an edit, a merge or the undoing of one. Its rows name it when they begin and end."""

    id = models.CharField("变更编号", max_length=40, primary_key=True)
    at = models.DateTimeField("登记时间", db_index=True)
    person = models.CharField("登记人", max_length=150, blank=True, default="")
    act = models.CharField("方式", max_length=16)
    source = models.CharField("依据", max_length=255, blank=True, default="")
    source_day = models.DateField("依据日期", null=True, blank=True)
    note = models.CharField("说明", max_length=255, blank=True, default="")
    counts = models.JSONField("数量", default=dict, blank=True)
    undoes = models.CharField("撤销的变更", max_length=40, blank=True, default="", db_index=True)

    class Meta:
        """The newest last."""

        db_table = "reporting_change"
        verbose_name = "名录变更"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.id

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """Every desk role: it names a file and counts, no party."""
        return ~Q(pk__in=[]) if is_desk(scope) else Q(pk__in=[])


class Believed(ScopedModel):
    """What two tables of history share: from when to when a row was believed, and the changes by which that began and ended."""

    known_from = models.DateTimeField("知悉起")
    known_to = models.DateTimeField("知悉止", null=True, blank=True)
    opened = models.CharField("由何变更", max_length=40, db_index=True)
    closed = models.CharField("被何变更", max_length=40, blank=True, default="", db_index=True)

    class Meta:
        """No table of its own."""

        abstract = True


class PartyState(Believed):
    """A party's state from a day to a day, as it was believed between two instants. Rows are added and ended, never altered."""

    scope_unit, scope_party = "unit", "party"

    party = models.CharField("主体", max_length=64)
    kind = models.CharField("类别", max_length=16)
    name = models.CharField("名称", max_length=200)
    short_name = models.CharField("简称", max_length=60, blank=True, default="")
    unit = models.CharField("填报单位", max_length=32, blank=True, default="")
    region = models.CharField("行政区划代码", max_length=16, blank=True, default="")
    industry = models.CharField("行业大类", max_length=8, blank=True, default="")
    size = models.CharField("规模", max_length=16, blank=True, default="")
    parent = models.CharField("上级", max_length=64, blank=True, default="")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    attributes = models.JSONField("其他属性", default=dict, blank=True)
    from_day = models.DateField("生效起")
    to_day = models.DateField("生效止", null=True, blank=True)

    class Meta:
        """Found by party."""

        db_table = "reporting_party_state"
        verbose_name = "主体历史"
        ordering = ["party", "known_from", "from_day"]
        indexes = [models.Index(fields=["party", "known_to"], name="reporting_state_party")]

    def __str__(self) -> str:
        return f"{self.party} {self.from_day}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The history of the parties that the scope sees now."""
        return Q(party__in=Party.seen_by(scope).values("pk"))


class MemberState(Believed):
    """A membership as it was believed between two instants."""

    roster = models.CharField("名录", max_length=32)
    party = models.CharField("主体", max_length=64, db_index=True)
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True, blank=True)
    reason = models.CharField("原因", max_length=60, blank=True, default="")
    attributes = models.JSONField("成员信息", default=dict, blank=True)

    class Meta:
        """Found by roster."""

        db_table = "reporting_member_state"
        verbose_name = "名录成员历史"
        ordering = ["roster", "party", "known_from", "valid_from"]
        indexes = [models.Index(fields=["roster", "known_to"], name="reporting_member_roster")]

    def __str__(self) -> str:
        return f"{self.roster} {self.party}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """As the memberships themselves."""
        return Q(party__in=Party.seen_by(scope).values("pk")) & ~Q(roster__in=sorted(too_sensitive(scope)))


class PartyAlias(Believed):
    """An id that a merge gave up, and the party it now means."""

    alias = models.CharField("原编号", max_length=64, db_index=True)
    party = models.CharField("现编号", max_length=64, db_index=True)

    class Meta:
        """Found by either id."""

        db_table = "reporting_alias"
        verbose_name = "主体别名"
        ordering = ["alias", "known_from"]

    def __str__(self) -> str:
        return f"{self.alias} → {self.party}"

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """The aliases of the parties that the scope sees."""
        return Q(party__in=Party.seen_by(scope).values("pk"))


class Submission(ScopedModel):
    """One workbook that came in, known by the digest of its bytes; `problems` is JSON text nobody queries."""

    scope_unit = "unit"

    digest = models.CharField("文件摘要", max_length=80, primary_key=True)
    file_name = models.CharField("文件名", max_length=255)
    form = models.CharField("报表", max_length=32)
    unit = models.CharField("填报单位", max_length=32, blank=True, default="")
    period = models.CharField("报告期", max_length=16, db_index=True)
    received = models.DateTimeField("收到时间")
    state = models.CharField("状态", max_length=16)
    parties = models.IntegerField("行数", default=0)
    added = models.IntegerField("新增", default=0)
    revised = models.IntegerField("更新", default=0)
    unchanged = models.IntegerField("不变", default=0)
    blocked = models.IntegerField("错误", default=0)
    held = models.IntegerField("挂起", default=0)
    warned = models.IntegerField("需说明", default=0)
    problems = models.TextField("问题", blank=True, default="[]")
    annotated = models.CharField("标注文件摘要", max_length=80, blank=True, default="")
    batch = models.CharField("批次", max_length=80, blank=True, default="", db_index=True)

    class Meta:
        """The table of the contract."""

        db_table = "reporting_submission"
        verbose_name = "报送文件"
        ordering = ["period", "form", "unit"]

    def __str__(self) -> str:
        return self.file_name


class Import(ScopedModel):
    """One batch of accepted facts; it may be undone until `undo_until`."""

    batch = models.CharField("批次", max_length=80, primary_key=True)
    form = models.CharField("报表", max_length=32)
    period = models.CharField("月份", max_length=16)
    facts = models.IntegerField("事实数")
    imported = models.DateTimeField("导入时间")
    undo_until = models.DateTimeField("可撤销至")
    undone = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        """The table of the contract."""

        db_table = "reporting_import"
        verbose_name = "导入批次"
        ordering = ["imported"]

    def __str__(self) -> str:
        return self.batch

    @classmethod
    def within(cls, scope: Scope) -> Q:
        """A batch holds the facts of every unit, so only those see it who see all of them."""
        return ~Q(pk__in=[]) if scope.units is ALL and scope.parties is ALL else Q(pk__in=[])
