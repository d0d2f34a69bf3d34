"""Accounts, units, dated posts, the journal and the outbox."""

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The app `people`; its tables begin with `people_`."""

    name = "yunxing.desk.people"
    label = "people"
    verbose_name = "人员与岗位"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the recording of sign-ins, which needs the models loaded."""
        import_module("yunxing.desk.people.signals")
