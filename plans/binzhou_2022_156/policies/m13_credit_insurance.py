from yunxing.rules import condition, floor_fen, grant, is_one_of, policy, rdiv, step


@policy("m13_credit_insurance")
def credit_insurance(f, p):
    """进一步提高出口信用保险覆盖面,引导小微外贸企业用好信保工具防范收汇风险 (156/13/4); the share is not published."""
    return grant(
        when=[
            condition("small", is_one_of(f.insurance_size, ["micro", "small"])),
            condition("exports", f.exports > 0),
            condition("insured", f.insured_amount > 0),
        ],
        amount=step("part", rdiv(f.premium * p.share, 1, floor_fen)),
    )
