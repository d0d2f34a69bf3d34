"""The command room: closed months, signals, bulletins."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """The app `room`; its tables begin with `room_`."""

    name = "yunxing.desk.room"
    label = "room"
    verbose_name = "指挥室"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The to-do list and the handover learn of this room."""
        from yunxing.desk.room import standing_work  # noqa: F401  # importing it registers
