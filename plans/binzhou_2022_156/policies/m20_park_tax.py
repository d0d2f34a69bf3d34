from yunxing.rules import condition, floor_fen, grant, policy, rdiv, step


@policy("m20_park_tax")
def park_tax(f, p):
    """入驻机构在享受“三免”政策基础上,达到一定标准的还可享受最高95%税收奖补 (156/20/5); a ceiling share is rounded down."""
    return grant(
        when=[
            condition("tenant", f.park_tenant),
            condition("three", f.three_exemptions),
            condition("standard", f.meets_park_standard),
        ],
        amount=step("part", rdiv(f.local_tax * p.share, 1, floor_fen)),
    )
