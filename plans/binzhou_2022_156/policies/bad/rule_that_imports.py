import os

from yunxing.rules import condition, grant, policy


@policy("rule_that_imports")
def rule(f, p):
    return grant(when=[condition("smart", f.is_smart)], amount=p.cap)


HERE = os.sep
