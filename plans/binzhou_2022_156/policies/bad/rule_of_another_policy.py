from yunxing.rules import condition, grant, policy


@policy("elsewhere")
def rule(f, p):
    return grant(when=[condition("smart", f.is_smart)], amount=p.cap)
