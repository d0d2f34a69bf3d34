"""Factors (要素): quotas and earmarked money on the ledger, acts with four eyes, obligations, auctions."""

from django.apps import AppConfig


class FactorsConfig(AppConfig):
    """The app `factors`; its tables begin with `factors_`."""

    name = "yunxing.desk.factors"
    label = "factors"
    verbose_name = "要素"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what is owed."""
        from yunxing.desk.factors import todo  # noqa: F401  # its import registers the provider
