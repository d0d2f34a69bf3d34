"""One large and one small synthetic city, made once a run."""

from pathlib import Path

import pytest

from yunxing.city.make import City, make_city
from yunxing.city.settings import Settings, settings_of
from yunxing.engines.facts.form import Form
from yunxing.packs.city import city_tables, load_city
from yunxing.packs.forms import load_forms

PACK = Path(__file__).resolve().parents[2] / "plans" / "binzhou_2022_156"


@pytest.fixture(scope="session")
def settings() -> Settings:
    return settings_of(city_tables(load_city(PACK)))


@pytest.fixture(scope="session")
def forms() -> dict[str, Form]:
    return load_forms(PACK)


@pytest.fixture(scope="session")
def city(settings: Settings) -> City:
    """The default city of 2,019 enterprises."""
    return make_city(settings, settings.firms, 156)


@pytest.fixture(scope="session")
def town(settings: Settings) -> City:
    """A city of 90 enterprises, for what must hold at any size."""
    return make_city(settings, 90, 5)
