from yunxing.rules import condition, grant, is_one_of, least, negate, policy


@policy("m20_events")
def events(f, p):
    """支持举办高级研修培训、高端论坛、创新创业大赛等高端活动,给予每场最高20万元补贴 (156/20/5)."""
    return grant(
        when=[
            condition("kind", is_one_of(f.event_kind, ["seminar", "forum", "contest"])),
            condition("approved", f.event_approved),
            condition("single", negate(f.event_claimed_elsewhere)),
        ],
        amount=least(f.event_cost, p.cap),
    )
