from yunxing.rules import condition, grant, greatest, is_one_of, least, policy, step


@policy("m18_listing_stages")
def listing_stages(f, p):
    """对境内拟上市企业实施分阶段补助300万元 (156/18/3); the split over stages is not published, so the amount needs data."""
    left = step("left", p.total - f.aid_before)
    due = step("due", greatest(0, p.reached - f.aid_before))
    return grant(
        when=[
            condition("domestic", f.plans_domestic_listing),
            condition("under_way", is_one_of(f.stage, ["tutoring", "accepted", "passed", "listed"])),
        ],
        amount=least(due, left),
    )
