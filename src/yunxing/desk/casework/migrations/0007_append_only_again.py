"""SQLite makes a table anew when a column is altered, and its triggers go with the old one: events and seals are closed again after 0005."""

from django.db import migrations

from yunxing.io.store.append_only import guard, means_for, release

GUARDED = {"casework_event": "case_id", "casework_seal": "root"}


def close(apps, schema_editor):
    means = means_for(schema_editor.connection.vendor, schema_editor.connection.settings_dict["ENGINE"])
    for table, column in GUARDED.items():
        for statement in [*release(table, means), *guard(table, means, column)]:
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("casework", "0006_attachments_views")]
    operations = [migrations.RunPython(close, migrations.RunPython.noop)]
