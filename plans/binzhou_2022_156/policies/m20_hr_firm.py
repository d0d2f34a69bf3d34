from yunxing.rules import between, condition, grant, is_one_of, least, negate, policy


@policy("m20_hr_firm")
def hr_firm(f, p):
    """对新引进的人力资源服务全球100强、大中华区50强企业,给予最高50万元资助 (156/20/5)."""
    return grant(
        when=[
            condition("ranked", is_one_of(f.hr_ranking, ["global100", "china50"])),
            condition("recent", between(f.ranking_year, f.hr_claim_year - 1, f.hr_claim_year)),
            condition("new", f.newly_arrived),
            condition("first", negate(f.hr_aid_before)),
        ],
        amount=least(f.hr_cost, p.cap),
    )
