"""Django's own administration pages: accounts, settings, and jobs to look at."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import Throttled

from librephotos.api.http.throttling import LoginThrottle
from librephotos.api.models import (
    Job,
    JobStage,
    Photo,
    ScanDirectory,
    SiteSettings,
    User,
)
from librephotos.api.models.fields import path_to_text
from librephotos.api.pipeline.scanning.search_texts import request_search_texts
from librephotos.api.services.users import (
    DirectoryTaken,
    StaysActive,
    delete_user,
    free_directory,
    set_active,
)
from librephotos.api.storage.directories import NotScannable


class ThrottledLoginForm(AdminAuthenticationForm):
    """The sign-in form, as patient with wrong passwords as the API is."""

    def clean(self) -> dict[str, Any]:
        throttle = LoginThrottle(self.request, self.cleaned_data.get("username", ""))
        try:
            with throttle.attempt():
                return super().clean()
        except Throttled as error:
            raise ValidationError(str(error.detail)) from error


class ScanDirectoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A directory by its path as text."""

    path = forms.CharField()

    class Meta:
        model = ScanDirectory
        fields = ("path",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["path"] = path_to_text(self.instance.path)

    def clean_path(self) -> bytes:
        path = self.cleaned_data["path"]
        if path == self.initial.get("path"):  # its disk may be silent now
            return bytes(self.instance.path)
        try:
            return free_directory(path, self.instance.user_id)
        except (NotScannable, DirectoryTaken) as error:
            raise ValidationError(str(error)) from error


class ScanDirectoryInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ScanDirectory
    form = ScanDirectoryForm
    extra = 0


class HeldWhileChanged(admin.ModelAdmin):  # type: ignore[type-arg]
    """Holds a row from reading to writing it.

    Django writes all columns, and would set back what was changed in between.
    """

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        held = self.model._default_manager.select_for_update(no_key=True)
        return held.filter(pk=found.pk).first()


@admin.register(User)
class AccountAdmin(HeldWhileChanged, UserAdmin):  # type: ignore[type-arg]
    """Accounts with their scan directories; the pages of the API hold the rest.

    They are deleted one by one as over the API, so no superuser is.
    """

    inlines = (ScanDirectoryInline,)
    list_display = ("username", "email", "is_active", "is_superuser", "last_login")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        return {name: actions[name] for name in actions if name != "delete_selected"}

    def has_delete_permission(
        self, request: HttpRequest, obj: User | None = None
    ) -> bool:
        protected = obj is not None and obj.is_superuser
        return not protected and super().has_delete_permission(request, obj)

    def get_readonly_fields(
        self, request: HttpRequest, obj: User | None = None
    ) -> tuple[str, ...]:
        """Keep superusers from taking their own rights: one is left in any case."""
        own = obj is not None and obj.pk == request.user.pk
        rights = ("is_active", "is_staff", "is_superuser") if own else ()
        return (*super().get_readonly_fields(request, obj), *rights)

    def save_model(
        self, request: HttpRequest, obj: User, form: Any, change: bool
    ) -> None:
        active = obj.is_active
        if change:
            obj.is_active = bool(form.initial.get("is_active", active))
        super().save_model(request, obj, form, change)
        try:
            set_active(obj, active, by=cast(User, request.user))
        except StaysActive as error:  # since the form was shown
            messages.error(request, str(error))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Count the photos, of which the question would list every single one."""
        photos = Photo.objects.filter(owner__in=[user.pk for user in objs]).count()
        counts = {"accounts": len(objs), "photos": photos}
        return [str(user) for user in objs], counts, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        delete_user(obj)

    def user_change_password(self, *args: Any, **options: Any) -> HttpResponse:
        with transaction.atomic():  # as Django does for the other pages
            return super().user_change_password(*args, **options)

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        """Save the scan directories, of which search texts hold what lies below."""
        super().save_related(request, form, formsets, change)
        request_search_texts(form.instance.pk)


@admin.register(SiteSettings)
class SiteSettingsAdmin(HeldWhileChanged):
    """The one row of settings."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: SiteSettings | None = None
    ) -> bool:
        return False


class JobStageInline(admin.TabularInline):  # type: ignore[type-arg]
    model = JobStage
    can_delete = False
    extra = 0


@admin.register(Job)
class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Jobs, to look at."""

    inlines = (JobStageInline,)
    list_display = (
        "job_id",
        "kind",
        "started_by",
        "queued_at",
        "finished_at",
        "failed",
    )
    list_select_related = ("started_by",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Job | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Job | None = None
    ) -> bool:
        return False


admin.site.login_form = ThrottledLoginForm
admin.site.site_header = admin.site.site_title = "LibrePhotos"
