"""Who is brought together with whom: needs, offers, rounds of matching, contacts and refusals, the watch over credit."""

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    """The app `matching`; its tables begin with `matching_`."""

    name = "yunxing.desk.matching"
    label = "matching"
    verbose_name = "供需对接"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The worker carries out the rounds that wait."""
        from yunxing.desk.matching import services
        from yunxing.desk.people import chores

        chores.also(services.work)
