"""One map and N lists for each industrial chain; what happens if a firm stops."""

from django.apps import AppConfig


class ChainConfig(AppConfig):
    """The app `chain`; it has no tables of its own: the chains are lists of the registry and data of the pack."""

    name = "yunxing.desk.chain"
    label = "chain"
    verbose_name = "产业链图谱"
