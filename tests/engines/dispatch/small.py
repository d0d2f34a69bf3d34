"""A small pipeline made by hand, with everything a pipeline can have."""

from fractions import Fraction

from yunxing.engines.dispatch.definition import Field, Guard, Limit, Pipeline, Slips, Stage, Step, Tier, Variant

FIELDS = (
    Field("kind", "类别", "Kind", "choice", 2, options=("甲", "乙"), at="open"),
    Field("area", "面积", "Area", "count", 2, "平方米"),
    Field("done_area", "已处置", "Done", "count", 2, "平方米", at="closed"),
    Field("money", "金额", "Money", "money", 3),
    Field("day", "日期", "Day", "date", 2),
    Field("fit", "合格", "Fit", "flag", 1),
    Field("words", "说明", "Words", "text", 1),
)
SMALL = Pipeline(
    id="small",
    version=1,
    kind="pipeline",
    title="小库",
    title_en="Small",
    clause="15/1a",
    owner="NRP",
    subject="parcel",
    stages=(
        Stage("listed", "上账", "Listed", weight=Fraction(0)),
        Stage("open", "办理", "Open", weight=Fraction(1, 2), by=("county", "office")),
        Stage("closed", "办结", "Closed", evidence="办结单", weight=Fraction(1)),
        Stage("paused", "暂停", "Paused", aside=True),
        Stage("dropped", "撤销", "Dropped", aside=True),
    ),
    steps=(
        Step("to_open", "办理", "Open", ("listed",), "open", ("county", "office")),
        Step("to_closed", "办结", "Close", ("open",), "closed", ("office",), ("evidence",)),
        Step("pause", "暂停", "Pause", ("open",), "paused", ("office",), ("reason", "evidence"), pauses=("solve",)),
        Step("resume", "恢复", "Resume", ("paused",), "open", ("office",), resumes=("solve",)),
        Step("drop", "撤销", "Drop", ("listed", "open"), "dropped", ("office",), ("reason",)),
    ),
    ends=("closed", "dropped"),
    good=("closed",),
    fields=FIELDS,
    guards=(
        Guard("closed", "done_area", "le", None, "area", "15/1a", "处置 {found}，大于 {wanted}", "{found} is more than {wanted}"),
        Guard("closed", "outstanding", "eq", 0, "", "17/2b", "尚有 {found} 项", "{found} are open"),
    ),
    limits=(
        Limit(
            "solve",
            "办结时限",
            "Solve",
            30,
            "room",
            ("open",),
            ("closed", "dropped"),
            (Variant("kind", "甲", 20), Variant("fit", True, 45)),
        ),
    ),
    pause_reasons=("听证", "鉴定"),
    tiers=(Tier(1, "镇街", "town"), Tier(10, "县", "county"), Tier(50, "市专员", "city"), Tier(100, "市领导", "leader")),
    tier_fact="area",
    slips=Slips(0, 30, 60, "room"),
)
