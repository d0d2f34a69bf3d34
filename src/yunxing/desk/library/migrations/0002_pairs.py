"""The pairs of exact search: an FTS5 table on SQLite, plain rows elsewhere."""

from django.db import migrations

from yunxing.io.store.searchindex import create


def make(apps, schema_editor):
    for statement in create(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE library_pairs", params=None)


class Migration(migrations.Migration):
    dependencies = [("library", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
