from yunxing.rules import condition, grant, greatest, policy


@policy("m20_three_exemptions")
def three_exemptions(f, p):
    """在享受“三免”政策基础上 (156/20/5): neither the three nor their term are published, so a tenant needs data."""
    return grant(when=[condition("tenant", f.park_tenant)], amount=greatest(0, p.relief - f.exempted_before))
