"""Make the whole city: one value that holds everything, from which registers, workbooks and the truth are read off."""

from __future__ import annotations

from dataclasses import dataclass

from yunxing.city.dynamics import Months, move
from yunxing.city.events import Plan, draw_plan
from yunxing.city.further import Further, add_further
from yunxing.city.ladder import Ladder, climb
from yunxing.city.population import Population, populate
from yunxing.city.projects import Works, build
from yunxing.city.recipes import Recipes
from yunxing.city.settings import Settings
from yunxing.city.sites import Coal, Quays, burn, load_ships
from yunxing.values.errors import BadInput

MOST_FIRMS = 999_999  # six digits of the running number


@dataclass(frozen=True, slots=True)
class City:
    """A synthetic city. The same settings, number of firms and seed give the same city, whatever months are asked for."""

    settings: Settings
    seed: int
    firms: int
    people: Population
    plan: Plan
    months: Months
    works: Works
    coal: Coal
    quays: Quays
    ladder: Ladder
    further: Further


NO_RECIPES = Recipes()


def make_city(settings: Settings, firms: int, seed: int, recipes: Recipes = NO_RECIPES) -> City:
    """The city of that seed with `firms` above-scale enterprises in the reference month; `recipes` make its further forms."""
    if not 1 <= firms <= MOST_FIRMS // 4:
        raise BadInput(f"The number of enterprises {firms} is not between 1 and {MOST_FIRMS // 4}.")
    if not 0 <= seed < 2**63:
        raise BadInput(f"The seed {seed} is not a whole number from 0 to 2^63.")
    people = populate(settings, firms, seed)
    plan = draw_plan(settings, people, firms, seed)
    months = move(settings, people, plan, seed)
    works, ladder = build(settings, people, plan, seed), climb(settings, people, months.output, seed)
    return City(
        settings,
        seed,
        firms,
        people,
        plan,
        months,
        works,
        burn(settings, plan, seed),
        load_ships(settings, seed),
        ladder,
        add_further(settings, people, works, ladder, recipes, seed),
    )
