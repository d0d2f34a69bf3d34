"""Rules of a password beyond the framework's own."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class ThreeClassesValidator:
    """At least three of four classes: lower case, upper case, digits, other marks (ecosystem 1.2)."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002  # the framework passes it
        """Raise `ValidationError` when fewer than three classes occur."""
        classes = [
            any(one.islower() for one in password),
            any(one.isupper() for one in password),
            any(one.isdigit() for one in password),
            any(not one.isalnum() for one in password),
        ]
        if sum(classes) < 3:
            raise ValidationError(self.get_help_text(), code="password_classes")

    def get_help_text(self) -> str:
        """The rule, for the form."""
        return _("密码须包含大写字母、小写字母、数字、符号中的至少三类。")
