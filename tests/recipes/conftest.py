"""The fixtures of `pack_cast`, for the tests of this folder."""

from pack_cast import attached, official, plan, template

__all__ = ["attached", "official", "plan", "template"]
