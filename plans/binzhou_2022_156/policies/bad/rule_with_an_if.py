from yunxing.rules import condition, grant, policy


@policy("rule_with_an_if")
def rule(f, p):
    amount = min(f.cost, p.cap)
    return grant(when=[condition("smart", f.is_smart)], amount=amount)
