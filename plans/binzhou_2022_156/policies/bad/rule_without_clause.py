from yunxing.rules import condition, grant, policy


@policy("rule_without_clause")
def rule(f, p):
    return grant(when=[condition("cheap", f.cost <= p.cap)], amount=p.cap)
