"""Outgoing mail, and the filter of the timeline as the object that clients send."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("api", "0022_downloads"),
    ]

    operations = [
        migrations.CreateModel(
            name="MailSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("disabled", "Disabled"),
                            ("smtp", "Smtp"),
                            ("sendgrid", "Sendgrid"),
                            ("mailgun", "Mailgun"),
                            ("postmark", "Postmark"),
                            ("brevo", "Brevo"),
                            ("smtp2go", "Smtp2Go"),
                            ("ses", "Ses"),
                        ],
                        default="disabled",
                        max_length=16,
                    ),
                ),
                (
                    "from_email",
                    models.EmailField(blank=True, default="", max_length=254),
                ),
                ("host", models.CharField(blank=True, default="", max_length=255)),
                ("port", models.PositiveIntegerField(default=587)),
                ("use_tls", models.BooleanField(default=True)),
                ("use_ssl", models.BooleanField(default=False)),
                ("username", models.CharField(blank=True, default="", max_length=255)),
                ("secret", models.CharField(blank=True, default="", max_length=1024)),
            ],
            options={
                "verbose_name_plural": "mail settings",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="mail_settings_once"
                    )
                ],
            },
        ),
        # A text until now, which nobody has ever sent and nothing read.
        migrations.RemoveField(model_name="user", name="default_timeline_filter"),
        migrations.AddField(
            model_name="user",
            name="default_timeline_filter",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
