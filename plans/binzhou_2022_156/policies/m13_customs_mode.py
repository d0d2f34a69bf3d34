from yunxing.rules import condition, grant, is_listed, policy


@policy("m13_customs_mode")
def customs_mode(f, p):
    """加快开展9610、9710、9810、1210等业务 (156/13/6)."""
    return grant(when=[condition("mode", is_listed(f.customs_mode, p.modes, on=f.declared_on))])
