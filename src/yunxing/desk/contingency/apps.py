"""Who yields when coal, power or clean air is short: scenarios, plans, order sheets, alerts."""

from django.apps import AppConfig


class ContingencyConfig(AppConfig):
    """The app `contingency`; its tables begin with `contingency_`."""

    name = "yunxing.desk.contingency"
    label = "contingency"
    verbose_name = "应急推演"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The worker carries out what waits."""
        from yunxing.desk.contingency import services
        from yunxing.desk.people import chores

        chores.also(services.work)
