from yunxing.rules import condition, days_between, grant, greatest, half_up_fen, least, negate, policy, rdiv, step


@policy("m02_loan_interest")
def loan_interest(f, p):
    """贷款贴息按银行最新一期的贷款市场报价利率(LPR)的35%、最高2000万元确定 (156/2/4)."""
    days = step("days", days_between(f.loan_from, least(f.loan_to, f.as_of)))
    rate = p.lpr_1y.at(f.notice_on) * p.share
    discount = step("discount", rdiv(f.loan_principal * days * rate, 360, half_up_fen))
    left = step("left", greatest(0, p.ceiling - f.earlier_discounts))
    return grant(
        when=[
            condition("renovation", f.is_technical_renovation),
            condition("major", f.in_major_list),
            condition("started", f.loan_from <= f.as_of),
            condition("single", negate(f.has_other_support)),
        ],
        amount=least(discount, f.interest_paid, left),
    )
