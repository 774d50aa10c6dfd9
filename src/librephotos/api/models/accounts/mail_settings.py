"""By which mail server the site sends its mail."""

from __future__ import annotations

from django.db import models


class MailSettings(models.Model):
    """The one row of what an administrator says of outgoing mail.

    `secret` is the password of the mail server, which no answer holds.
    """

    class Provider(models.TextChoices):
        """Who runs the mail server: nobody, oneself, or one of those with a preset."""

        DISABLED = "disabled"
        SMTP = "smtp"
        SENDGRID = "sendgrid"
        MAILGUN = "mailgun"
        POSTMARK = "postmark"
        BREVO = "brevo"
        SMTP2GO = "smtp2go"
        SES = "ses"

    provider = models.CharField(
        max_length=16, choices=Provider.choices, default=Provider.DISABLED
    )
    from_email = models.EmailField(default="", blank=True)
    host = models.CharField(max_length=255, default="", blank=True)
    port = models.PositiveIntegerField(default=587)
    use_tls = models.BooleanField(default=True)
    use_ssl = models.BooleanField(default=False)
    username = models.CharField(max_length=255, default="", blank=True)
    secret = models.CharField(max_length=1024, default="", blank=True)

    class Meta:
        verbose_name_plural = "mail settings"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="mail_settings_once")
        ]

    def __str__(self) -> str:
        return "Mail settings"

    @classmethod
    def current(cls) -> MailSettings:
        """Return the settings in force; without a row, the defaults."""
        return cls.objects.filter(id=1).first() or cls(id=1)

    @classmethod
    def locked(cls) -> MailSettings:
        """Return the settings, held until the transaction ends."""
        return cls.objects.select_for_update().get_or_create(id=1)[0]

    @property
    def is_configured(self) -> bool:
        """Whether mail can be sent, as far as that is known here."""
        enabled = self.provider != self.Provider.DISABLED
        return enabled and bool(self.host and self.from_email)
