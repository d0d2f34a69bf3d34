from yunxing.rules import between, choose, condition, grant, half_up_fen, least, policy, rdiv, step


@policy("m10_new_energy_bus")
def new_energy_bus(f, p):
    """最高补贴5.04万元/辆,公共领域最高补贴6.48万元/辆 (156/10/1)."""
    energy = step("energy", rdiv(choose(f.vehicle_public, p.by_kwh_public, p.by_kwh) * f.bus_kwh, 100, half_up_fen))
    top = step("top", choose(f.vehicle_public, p.cap_public, p.cap))
    adjusted = step("adjusted", rdiv(least(energy, top) * f.bus_factor_tenths, 10, half_up_fen))
    return grant(
        when=[
            condition("catalogue", f.in_vehicle_catalogue),
            condition("year", between(f.registered_on, p.first_day, p.last_day)),
            condition("length", f.bus_length_mm > p.longer_than),
        ],
        amount=least(adjusted, top),
    )
