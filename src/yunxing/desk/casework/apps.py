"""Cases and their clocks."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """The app `casework`; its tables begin with `casework_`."""

    name = "yunxing.desk.casework"
    label = "casework"
    verbose_name = "事项"
    default_auto_field = "django.db.models.BigAutoField"
