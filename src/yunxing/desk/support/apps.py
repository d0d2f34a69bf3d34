"""Entitlements and the ledger."""

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """The app `support`; its tables begin with `support_`."""

    name = "yunxing.desk.support"
    label = "support"
    verbose_name = "支持"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The to-do list learns of this room."""
        from yunxing.desk.support import delivery_todo  # noqa: F401  # importing it registers
