"""The registry, the forms in hand and the batches of accepted facts."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """The app `reporting`; its tables begin with `reporting_`."""

    name = "yunxing.desk.reporting"
    label = "reporting"
    verbose_name = "报送"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The to-do list and the handover learn of this room, and papers that leave are written down here."""
        from yunxing.desk import takeaway
        from yunxing.desk.reporting import paper_models, todo  # noqa: F401  # importing todo registers

        takeaway.papers_kept_by(paper_models.keep)
