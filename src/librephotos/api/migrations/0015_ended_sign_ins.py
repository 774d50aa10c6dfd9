from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0014_previews_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="ended_sign_ins",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
    ]
