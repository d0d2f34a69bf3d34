"""Pipelines, activities, promised papers, the command and emergency mode."""

from django.apps import AppConfig


class DispatchConfig(AppConfig):
    """The app `dispatch`; its tables begin with `dispatch_`."""

    name = "yunxing.desk.dispatch"
    label = "dispatch"
    verbose_name = "调度"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The plan's pages learn of the figures counted here."""
        from yunxing.desk.dispatch import figures  # noqa: F401  # importing it registers
