from yunxing.rules import condition, floor_fen, grant, greatest, is_listed, listed_value, policy, rdiv, step


@policy("m13_tariff_gain")
def tariff_gain(f, p):
    """聚焦RCEP生效首年对日关税降为零的2070种出口商品和1372种进口商品 (156/13/5): value × (MFN − RCEP)."""
    full = step("full", rdiv(f.rcep_value * listed_value(f.import_hs, p.mfn), 1, floor_fen))
    reduced = step("reduced", rdiv(f.rcep_value * listed_value(f.import_hs, p.rcep, on=f.rcep_on), 1, floor_fen))
    return grant(
        when=[
            condition("origin", f.from_japan),
            condition("listed", is_listed(f.import_hs, p.rcep, on=f.rcep_on)),
            condition("proof", f.has_origin_proof),
        ],
        amount=step("gain", greatest(0, full - reduced)),
    )
