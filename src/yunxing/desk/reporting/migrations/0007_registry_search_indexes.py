"""One index in which a search of the registry looks, and one in which the members of a day are found."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reporting', '0006_papers'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='party',
            name='reporting_party_by_name',
        ),
        migrations.AddIndex(
            model_name='party',
            index=models.Index(fields=['kind', 'name', 'id', 'unit', 'folded', 'initials'], name='reporting_party_search'),
        ),
        migrations.AddIndex(
            model_name='membership',
            index=models.Index(fields=['roster', 'party', 'valid_from', 'valid_to'], name='reporting_membership_day'),
        ),
    ]
