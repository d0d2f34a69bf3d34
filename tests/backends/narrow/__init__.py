"""A PostgreSQL that can do only what its old relatives can (design: ecosystem 1.1). Django backend `backends.narrow`; base.py says what is off."""
