"""Events and seals of cases take inserts only: the database itself refuses UPDATE and DELETE."""

from django.db import migrations

from yunxing.io.store.append_only import guard, means_for, release

GUARDED = {"casework_event": "case_id", "casework_seal": "root"}


def close(apps, schema_editor):
    means = means_for(schema_editor.connection.vendor, schema_editor.connection.settings_dict["ENGINE"])
    for table, column in GUARDED.items():
        for statement in guard(table, means, column):
            schema_editor.execute(statement, params=None)


def open_again(apps, schema_editor):
    means = means_for(schema_editor.connection.vendor, schema_editor.connection.settings_dict["ENGINE"])
    for table in GUARDED:
        for statement in release(table, means):
            schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("casework", "0003_carry_over")]
    operations = [migrations.RunPython(close, open_again)]
