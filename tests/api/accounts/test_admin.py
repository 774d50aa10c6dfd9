"""Django's own administration pages."""

from __future__ import annotations

import os

import pytest
from django.test import Client

from librephotos.api.models import Photo, PhotoDay, SiteSettings, ThrottleHistory, User
from tests.factories import PASSWORD, FileFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db
SITE = "/api/django-admin"


@pytest.fixture
def admin_site():
    """A browser signed in as a superuser."""
    browser = Client()
    browser.force_login(UserFactory(admin=True))
    return browser


@pytest.mark.parametrize("model", ["user", "sitesettings", "job"])
def test_lists_and_pages(admin_site, model):
    job = JobFactory()
    site = SiteSettings.current()
    row = {"user": job.started_by, "sitesettings": site, "job": job}[model]
    assert admin_site.get(f"{SITE}/api/{model}/").status_code == 200
    assert admin_site.get(f"{SITE}/api/{model}/{row.pk}/change/").status_code == 200


def test_jobs_and_the_row_of_settings_are_neither_added_nor_deleted(admin_site):
    job, site = JobFactory(), SiteSettings.current()
    for page in (
        "job/add",
        f"job/{job.pk}/delete",
        "sitesettings/add",
        f"sitesettings/{site.pk}/delete",
    ):
        assert admin_site.get(f"{SITE}/api/{page}/").status_code == 403
    changed = admin_site.post(f"{SITE}/api/job/{job.pk}/change/", {"kind": 2})
    assert changed.status_code == 403


def form_of(page):
    """Return what a browser would send back for a page's forms."""
    sent = {}
    formsets = [inline.formset for inline in page.context["inline_admin_formsets"]]
    form = page.context["adminform"].form
    for part in [form, *(f for s in formsets for f in [s.management_form, *s.forms])]:
        for field in part:
            value = field.value()
            if value is not None and value is not False:
                sent[field.html_name] = value
    for field in ("last_login", "date_joined"):
        moment = form[field].value()
        sent[f"{field}_0"] = f"{moment:%Y-%m-%d}" if moment else ""
        sent[f"{field}_1"] = f"{moment:%H:%M:%S}" if moment else ""
    return {key: value for key, value in sent.items() if value != []}


def test_a_scan_directory_lies_in_a_scan_root(admin_site, tmp_path, settings):
    (tmp_path / "pictures").mkdir()
    settings.SCAN_ROOTS = [tmp_path]
    user = UserFactory()
    user.scan_directories.create(path=os.fsencode(tmp_path))
    address = f"{SITE}/api/user/{user.pk}/change/"
    form = form_of(admin_site.get(address))
    assert form["scan_directories-0-path"] == str(tmp_path)

    form["scan_directories-0-path"] = "/etc"
    refused = admin_site.post(address, form)
    assert refused.status_code == 200
    assert "There is no directory" in refused.content.decode()

    form["scan_directories-0-path"] = str(tmp_path / "pictures")
    assert admin_site.post(address, form).status_code == 302
    assert [row.path for row in user.scan_directories.all()] == [
        os.fsencode(tmp_path / "pictures")
    ]


def test_a_directory_of_another_account_is_refused(admin_site, tmp_path, settings):
    (tmp_path / "theirs" / "deep").mkdir(parents=True)
    settings.SCAN_ROOTS = [tmp_path]
    theirs = os.fsencode(tmp_path / "theirs")
    UserFactory().scan_directories.create(path=theirs)
    user = UserFactory()
    address = f"{SITE}/api/user/{user.pk}/change/"
    form = form_of(admin_site.get(address))
    for path in (tmp_path, tmp_path / "theirs", tmp_path / "theirs" / "deep"):
        form["scan_directories-0-path"] = str(path)
        form["scan_directories-TOTAL_FORMS"] = 1
        refused = admin_site.post(address, form)
        assert refused.status_code == 200
        assert "another account" in refused.content.decode()
    assert not user.scan_directories.exists()


def test_an_account_is_changed_while_its_scan_directory_is_away(
    admin_site, tmp_path, settings
):
    settings.SCAN_ROOTS = [tmp_path]
    user = UserFactory()
    user.scan_directories.create(path=os.fsencode(tmp_path / "away"))
    address = f"{SITE}/api/user/{user.pk}/change/"
    form = form_of(admin_site.get(address))
    del form["is_active"]
    assert admin_site.post(address, form).status_code == 302
    user.refresh_from_db()
    assert not user.is_active


def test_an_account_is_deleted_with_all_that_belongs_to_it(admin_site):
    photo = FileFactory().photo
    JobFactory(started_by=photo.owner)
    address = f"{SITE}/api/user/{photo.owner.pk}/delete/"
    question = admin_site.get(address).content.decode()
    assert "Photos: 1" in question
    assert admin_site.post(address, {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=photo.owner.pk).exists()
    assert not Photo.objects.filter(pk=photo.pk).exists()
    assert not PhotoDay.objects.filter(owner_id=photo.owner.pk).exists()


def test_no_superuser_is_deleted_and_nobody_together_with_others(admin_site):
    admin, user = UserFactory(admin=True), UserFactory()
    address = f"{SITE}/api/user/{admin.pk}/delete/"
    assert admin_site.post(address, {"post": "yes"}).status_code == 403
    form = {"action": "delete_selected", "_selected_action": user.pk, "post": "yes"}
    admin_site.post(f"{SITE}/api/user/", form)
    assert User.objects.filter(pk__in=[admin.pk, user.pk]).count() == 2


def test_signing_in_is_throttled(settings):
    rates = {"DEFAULT_THROTTLE_RATES": {"login": "2/min"}}
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, **rates}
    admin = UserFactory(admin=True)
    browser = Client()

    def sign_in(password):
        form = {"username": admin.username, "password": password}
        return browser.post(f"{SITE}/login/", form)

    assert [sign_in("wrong").status_code for _ in range(2)] == [200, 200]
    refused = sign_in(PASSWORD)
    assert "Request was throttled" in refused.content.decode()
    ThrottleHistory.objects.all().delete()
    assert sign_in(PASSWORD).status_code == 302


def test_not_for_ordinary_users():
    browser = Client()
    browser.force_login(UserFactory())
    answer = browser.get(f"{SITE}/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{SITE}/login/")


def test_deactivating_ends_what_the_api_ends(admin_site):
    job = JobFactory(running=True)
    address = f"{SITE}/api/user/{job.started_by_id}/change/"
    form = form_of(admin_site.get(address))
    del form["is_active"]
    assert admin_site.post(address, form).status_code == 302
    user = User.objects.get(pk=job.started_by_id)
    assert (user.is_active, user.ended_sign_ins) == (False, 1)
    again = form_of(admin_site.get(address)) | {"is_active": "on"}
    assert admin_site.post(address, again).status_code == 302
    user.refresh_from_db()
    assert (user.is_active, user.ended_sign_ins) == (True, 1)


def test_superusers_keep_their_own_rights(admin_site):
    own = User.objects.get(is_superuser=True)
    address = f"{SITE}/api/user/{own.pk}/change/"
    form = form_of(admin_site.get(address))
    assert not {"is_active", "is_staff", "is_superuser"} & set(form)
    form["first_name"] = "Ada"
    assert admin_site.post(address, form).status_code == 302
    own.refresh_from_db()
    assert (own.first_name, own.is_active, own.is_superuser) == ("Ada", True, True)
