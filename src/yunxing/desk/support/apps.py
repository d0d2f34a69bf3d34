"""Entitlements and the ledger."""

from importlib import import_module

from django.apps import AppConfig


class SupportConfig(AppConfig):
    """The app `support`; its tables begin with `support_`."""

    name = "yunxing.desk.support"
    label = "support"
    verbose_name = "支持"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What time does to the ledger runs with the outbox's other work of each minute; the to-do list learns of offers."""
        outbox = import_module("yunxing.desk.people.outbox")
        outbox.each_minute(import_module("yunxing.desk.support.sweeping").sweep)
        import_module("yunxing.desk.support.delivery_todo")  # importing it registers
