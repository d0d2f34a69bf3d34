"""Static files under names that carry their content's hash, and a desk that still opens where the front end was not built."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedNames(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """The manifest storage; a file that is not there keeps its plain name, so that a page without its script is still a page."""

    def stored_name(self, name: str) -> str:
        """The hashed name, or the plain one of a file that was not collected."""
        try:
            found: str = super().stored_name(name)
        except ValueError:
            return name
        return found
