"""Official texts and their clauses."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """The app `library`; its tables begin with `library_`."""

    name = "yunxing.desk.library"
    label = "library"
    verbose_name = "文库"
    default_auto_field = "django.db.models.BigAutoField"
