"""Properties are judged by what they say, not by how long one example took on a busy machine."""

from hypothesis import settings

settings.register_profile("values", deadline=None)
settings.load_profile("values")
