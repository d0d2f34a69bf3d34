from yunxing.rules import any_of, choose, condition, days_between, grant, half_up_fen, is_one_of, negate, policy, rdiv, step


@policy("m23_late_interest")
def late_interest(f, p):
    """持续深入开展清理拖欠中小企业账款工作 (156/23/3): principal × 0.05 % × days overdue, or the agreed rate of a year over 365."""
    days = step("days", days_between(f.pay_by, f.as_of))
    by_law = rdiv(f.owed * days * p.daily, 1, half_up_fen)
    by_contract = rdiv(f.owed * days * f.agreed_rate, 3650000, half_up_fen)
    return grant(
        when=[
            condition("sme", is_one_of(f.creditor_size, ["micro", "small", "medium"])),
            condition("debtor", is_one_of(f.debtor_kind, ["public", "large"])),
            condition("overdue", f.pay_by < f.as_of),
            condition("law", f.signed_on >= p.effective),
            condition("floor", any_of(negate(f.agreed_interest), f.agreed_rate >= p.lpr_1y.at(f.signed_on) * 10000)),
        ],
        amount=step("interest", choose(f.agreed_interest, by_contract, by_law)),
    )
