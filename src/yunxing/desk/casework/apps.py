"""Cases and their clocks."""

from importlib import import_module

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """The app `casework`; its tables begin with `casework_`."""

    name = "yunxing.desk.casework"
    label = "casework"
    verbose_name = "事项"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what people owe and hold of cases, and feed the outbox; all need the models loaded."""
        import_module("yunxing.desk.casework.standing_work")
        notices = import_module("yunxing.desk.casework.notices")
        outbox = import_module("yunxing.desk.people.outbox")
        outbox.fed_by(notices.deliver_notices)
        outbox.each_minute(notices.sweep)
