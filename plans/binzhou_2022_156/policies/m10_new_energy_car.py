from yunxing.rules import all_of, any_of, band, between, choose, condition, grant, half_up_fen, is_one_of, least, negate, policy, rdiv, step


@policy("m10_new_energy_car")
def new_energy_car(f, p):
    """贯彻落实国家新能源汽车推广应用财政补贴政策 (156/10/1): the lower of range and battery, times the coefficients."""
    electric = is_one_of(f.car_drive, ["BEV"])
    by_range = choose(f.vehicle_public, band(f.car_range, p.by_range_public), band(f.car_range, p.by_range))
    hybrid = choose(f.vehicle_public, p.phev_public, p.phev)
    standard = step("standard", choose(electric, by_range, hybrid))
    energy = step("energy", rdiv(choose(f.vehicle_public, p.by_kwh_public, p.by_kwh) * f.car_kwh, 100, half_up_fen))
    one = step("one", least(standard, energy))
    full = rdiv(one * band(f.car_density, p.density_factor) * f.car_energy_tenths, 10, half_up_fen)
    adjusted = step("adjusted", choose(electric, full, hybrid))
    private = any_of(f.vehicle_public, f.vehicle_private_use)
    return grant(
        when=[
            condition("catalogue", f.in_vehicle_catalogue),
            condition("year", between(f.registered_on, p.first_day, p.last_day)),
            condition("price", any_of(f.battery_swap, f.car_price <= p.highest_price)),
            condition("range", any_of(all_of(electric, f.car_range >= 300), all_of(negate(electric), f.car_range >= p.shortest_phev))),
            condition("density", any_of(negate(electric), f.car_density >= 125)),
        ],
        amount=choose(private, adjusted, rdiv(adjusted * p.for_hire, 1, half_up_fen)),
    )
