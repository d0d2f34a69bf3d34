from yunxing.rules import condition, grant, policy


@policy("rule_with_an_if")
def rule(f, p):
    amount = p.cap if f.cost > p.cap else f.cost
    return grant(when=[condition("smart", f.is_smart)], amount=amount)
