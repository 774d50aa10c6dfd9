"""Holes that published servers of this kind had, and the test of each of them here.

Who finds a hole adds it, with a test that fails while it is open.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from librephotos.api.models import File, Job, Photo, SiteSettings, User
from librephotos.api.pipeline.scanning.delete_missing import delete_missing
from librephotos.api.pipeline.work import jobs
from tests.conftest import CORPUS
from tests.contract.library import Library
from tests.factories import UserFactory
from tests.support.named_tests import not_tests

MATRIX = (
    "tests/contract/test_isolation.py::test_no_route_tells_or_changes_what_is_private",
    "tests/api/http/test_permissions.py::test_each_caller_gets_the_status_of_the_table",
)
ALIKE = "tests/api/http/test_private_ids.py::test_private_and_unknown_answer_alike"
BULK = (
    "tests/contract/test_isolation.py"
    "::test_no_bulk_action_becomes_anybodys_by_a_query_parameter"
)
LIBRARY = "tests/api/library"
PEOPLE = "tests/api/people"
MEDIA = "tests/api/media"
ACCOUNTS = "tests/api/accounts"
OPERATIONS = "tests/api/operations"

SNAPSHOT = {
    "`photosedit/share/`": (
        f"{LIBRARY}/test_shares.py"
        "::test_only_ones_own_photos_are_shared_and_with_whom_there_is",
    ),
    "`POST /api/user/` while registration is on": (
        f"{ACCOUNTS}/test_users.py::test_signing_up_makes_an_ordinary_account",
        f"{ACCOUNTS}/test_manage_users.py"
        "::test_superusers_make_superusers_and_nobody_else_does",
    ),
    "`upload/`, `upload/complete/`": (
        f"{LIBRARY}/test_uploads.py::test_the_account_is_that_of_the_token",
    ),
    "`photosedit/duplicate/delete/`": (
        "tests/api/pipeline/scanning/test_erasing.py"
        "::test_nobody_erases_what_is_somebody_elses",
    ),
    "`albums/user/{id}/` PATCH, DELETE": (
        f"{LIBRARY}/test_shares.py::test_a_viewer_changes_nothing_but_their_mark",
    ),
    "`albums/user/edit/`": (
        f"{LIBRARY}/test_user_albums.py"
        "::test_photos_of_others_are_refused_and_nothing_is_made",
    ),
    "`photos/` list": (
        f"{LIBRARY}/test_photos.py::test_the_flat_list_holds_ones_own_photos_only",
    ),
    "`albums/person/`": (
        f"{PEOPLE}/test_people.py::test_the_albums_of_all_people",
        *MATRIX,
    ),
    "`persons/{id}/` PATCH `cover_photo`": (
        f"{PEOPLE}/test_people.py::test_a_cover_is_a_face_of_the_person",
        ALIKE,
    ),
    "`exists/{hash}`": (
        f"{LIBRARY}/test_photos.py::test_whether_a_file_is_there_already",
        ALIKE,
    ),
    "`deletemissingphotos`": (
        "tests/contract/test_known_holes.py"
        "::test_forgetting_missing_photos_leaves_those_of_others",
    ),
    "`/api/downloads/...`": (
        f"{MEDIA}/test_downloads.py::test_only_who_asked_gets_it",
    ),
    "`jobs/`": (
        f"{OPERATIONS}/test_jobs.py::test_everybody_sees_their_own_jobs_and_staff_all",
        f"{OPERATIONS}/test_jobs.py::test_nobody_touches_the_jobs_of_others",
    ),
    "`dirtree/`": (f"{ACCOUNTS}/test_dirtree.py::test_nothing_outside_is_shown",),
    "`GET /api/user/`": (
        f"{ACCOUNTS}/test_users.py"
        "::test_another_account_has_all_keys_but_neutral_values",
    ),
    "`sitesettings` GET": (
        f"{OPERATIONS}/test_site_settings.py::test_defaults_are_open_to_everybody",
        "tests/contract/test_known_holes.py::test_the_key_of_the_map_is_for_staff",
    ),
    "Download status": (
        f"{MEDIA}/test_downloads.py::test_nothing_readable_is_a_failure",
    ),
    "`labelfaces`, `recentlyadded`, `clusterfaces`, `albums/date/{id}`": (
        "tests/contract/test_known_holes.py::test_nothing_to_work_on_is_no_failure",
    ),
}
"""Defects of the server of 2024, as the published list names them."""

NEWEST = {
    "shared and public albums": (
        f"{MEDIA}/test_linked_media.py"
        "::test_an_album_vouches_for_its_owners_photos_alone",
        f"{LIBRARY}/test_shares.py"
        "::test_an_album_is_shown_with_what_is_the_owners_in_it",
    ),
    "public album, single-photo link": (
        f"{LIBRARY}/test_links.py::test_each_switch_shows_its_own_and_nothing_else",
        "tests/media/stripping/test_stripping.py"
        "::test_metadata_that_came_through_would_be_noticed",
    ),
    "`faces/…` media": (
        f"{PEOPLE}/test_faces.py::test_a_crop_is_served_to_others_if_faces_are_shared",
        f"{MEDIA}/test_linked_media.py"
        "::test_by_the_hash_one_has_what_all_links_to_a_photo_allow",
    ),
    "public photo link (mid-2026)": (
        f"{MEDIA}/test_linked_media.py::test_a_photo_link_opens_no_hash_and_tells_none",
    ),
    "links": (
        f"{LIBRARY}/test_links.py"
        "::test_a_link_that_is_there_stays_and_each_new_one_is_another",
        f"{LIBRARY}/test_links.py::test_a_photo_gets_a_link_another_one_and_none",
    ),
    "`public` flag": (
        f"{MEDIA}/test_media.py"
        "::test_a_public_photo_that_is_hidden_or_trashed_is_private",
    ),
    "`embedded_media`": (
        f"{MEDIA}/test_media.py"
        "::test_the_video_of_a_private_motion_photo_is_not_there_for_others",
    ),
    "`rqavailable/`": (
        f"{OPERATIONS}/test_jobs.py"
        "::test_the_queue_is_free_until_a_job_waits_and_shows_it_once_it_runs",
        *MATRIX,
    ),
    "`photos/{id}/albums/`, metadata, media, folders": (ALIKE,),
    "`photosedit/share/`, several write calls": (*MATRIX, BULK),
    "select-all query": (BULK,),
    "media without proxy": (
        f"{MEDIA}/test_media.py::test_no_path_leads_anywhere_else",
    ),
    "`/api/downloads/…`": (f"{MEDIA}/test_downloads.py::test_only_who_asked_gets_it",),
    "`sitesettings`": (
        "tests/contract/test_known_holes.py::test_the_key_of_the_map_is_for_staff",
    ),
    "rules": (
        f"{ACCOUNTS}/test_date_rules.py"
        "::test_what_cannot_be_run_is_refused_with_a_sentence",
        "tests/api/pipeline/scanning/test_dates.py"
        "::test_a_slow_expression_ends_and_its_photos_are_dated",
    ),
    "Nextcloud": (f"{ACCOUNTS}/test_kept_for_clients.py::test_there_is_no_nextcloud",),
    "password reset": (
        "tests/contract/test_known_holes.py::test_what_is_not_there_yet_has_no_holes",
        "tests/web/test_callers.py::test_a_forwarded_host_is_not_believed",
    ),
    "SSO": (
        "tests/contract/test_known_holes.py::test_what_is_not_there_yet_has_no_holes",
    ),
    "cookies": (
        f"{ACCOUNTS}/test_auth.py::test_signing_in_sets_the_cookie_for_images",
        f"{ACCOUNTS}/test_auth.py::test_the_cookie_opens_no_endpoint_of_the_api",
        f"{MEDIA}/test_downloads.py"
        "::test_no_page_of_another_site_gives_it_up_with_the_cookie",
        f"{LIBRARY}/test_uploads.py"
        "::test_the_cookie_from_the_pages_of_this_site_alone",
    ),
    "login": (
        f"{ACCOUNTS}/test_auth.py::test_guessing_is_slowed_down_for_one_name_only",
        f"{ACCOUNTS}/test_auth.py"
        "::test_an_address_that_tries_many_names_is_slowed_down",
    ),
    "first setup": (
        f"{ACCOUNTS}/test_users.py::test_the_first_account_is_the_administrator",
        f"{ACCOUNTS}/test_auth.py"
        "::test_only_one_of_two_simultaneous_first_administrators_is_made",
        "tests/server/test_serve.py::test_generated_password_is_shown_once",
    ),
    "scan directories": (
        f"{ACCOUNTS}/test_scan_directories.py::test_two_accounts_share_no_directory",
    ),
    "auto-created directories": (
        "tests/contract/test_known_holes.py::test_who_signs_up_gets_no_folder",
    ),
    "`metadata/bulk`": (
        f"{LIBRARY}/test_corrections.py"
        "::test_nobody_reads_or_changes_the_fields_of_others",
        f"{LIBRARY}/test_corrections.py::test_what_cannot_be_is_refused",
    ),
    "`savemetadata/`": (f"{LIBRARY}/test_corrections.py::test_files_are_not_written",),
    "job status of zips": (
        f"{MEDIA}/test_downloads.py::test_nothing_readable_is_a_failure",
    ),
    "`duplicates/{id}/revert`": (
        "tests/contract/test_known_holes.py::test_what_is_not_there_yet_has_no_holes",
    ),
    "stack detection": (
        "tests/contract/test_known_holes.py::test_what_is_not_there_yet_has_no_holes",
    ),
    "`services/{name}/stop/`": (
        f"{OPERATIONS}/test_services.py::test_processes_of_others_are_left_alone",
    ),
    "missing keys, malformed ids (36 characters with four hyphens), detached files,"
    " foreign cursor ids": (
        "tests/contract/test_schemathesis.py::test_no_request_makes_the_server_fail",
        "tests/contract/test_known_holes.py::test_a_name_that_looks_like_an_id_is_none",
        "tests/api/sync/test_photo_feed.py::test_what_is_no_cursor_is_refused",
    ),
    "`albums/thing/{id}/`, `albums/place/{id}/`": (
        f"{LIBRARY}/test_places.py::test_a_place_without_own_photos_is_404",
        f"{LIBRARY}/test_things.py::test_things_of_others_are_neither_listed_nor_shown",
    ),
    "debugging on": (
        "tests/contract/test_known_holes.py::test_a_refusal_explains_no_sign_in",
    ),
}
"""Defects of the servers of 2025 and 2026, as the published list names them."""

ELSEWHERE = {
    "images of one account shown after switching user": (
        "tests/browser/entrance/test_sign_in.py"
        "::test_the_cache_shows_nothing_without_the_cookie",
        "tests/browser/entrance/test_sign_in.py"
        "::test_other_user_sees_nothing_of_the_first",
    ),
    "`/api/user/` over-shares": (
        f"{ACCOUNTS}/test_users.py"
        "::test_another_account_has_all_keys_but_neutral_values",
        f"{ACCOUNTS}/test_users.py"
        "::test_anonymous_callers_see_a_profile_of_those_who_share",
    ),
    "public page shows internal path, edit form": (
        f"{LIBRARY}/test_photos.py"
        "::test_others_see_a_public_photo_without_anything_private",
        "tests/contract/test_isolation.py"
        "::test_a_public_page_does_not_tell_in_which_folders_its_photos_lie",
    ),
    '"auth confusion, because of multiple token types"': (
        f"{ACCOUNTS}/test_auth.py::test_a_refresh_token_gives_no_access",
        f"{ACCOUNTS}/test_auth.py::test_an_access_token_does_not_refresh",
        f"{ACCOUNTS}/test_auth.py::test_the_token_of_the_cookie_is_no_access_token",
    ),
    "**unauthenticated upload + path traversal** = write anywhere": (
        f"{LIBRARY}/test_uploads.py::test_nobody_and_somebody_elses",
        f"{LIBRARY}/test_uploads.py::test_no_name_leads_out_of_the_folder",
        f"{LIBRARY}/test_uploads.py::test_no_link_is_followed",
        f"{LIBRARY}/test_uploads.py::test_what_is_no_photo_is_dropped",
    ),
    "JWT valid after logout": (
        f"{ACCOUNTS}/test_auth.py::test_signing_out_ends_this_sign_in_alone",
        "tests/contract/test_isolation.py"
        "::test_a_token_that_does_not_hold_opens_nothing",
    ),
    "**IDOR + stored XSS ⇒ admin takeover**": (
        f"{LIBRARY}/test_uploads.py::test_the_account_is_that_of_the_token",
        f"{MEDIA}/test_media.py::test_what_a_browser_might_run_is_for_saving_only",
    ),
    "**CVE-2026-57943** (CWE-639): share any photo to yourself; also strip others'"
    " shares": (
        f"{LIBRARY}/test_shares.py"
        "::test_only_ones_own_photos_are_shared_and_with_whom_there_is",
        *MATRIX,
    ),
    "`?public=1` makes DELETE on public albums anonymous; job API unscoped; user"
    " profile API": (
        *MATRIX,
        f"{OPERATIONS}/test_jobs.py::test_nobody_touches_the_jobs_of_others",
    ),
    "**fix was incomplete ×3**: `hide`, `makepublic`, `setdeleted` with `select_all` +"
    " `query.public=true`": (BULK,),
    "**same class again** outside that file: album edit serializer, select-all zip ⇒"
    " others' originals (GHSA-phvg-g65q-rhq3)": (
        f"{LIBRARY}/test_user_albums.py"
        "::test_photos_of_others_are_refused_and_nothing_is_made",
        f"{MEDIA}/test_downloads.py::test_a_photo_of_somebody_else_is_no_photo",
        f"{LIBRARY}/test_selection.py::test_what_is_somebody_elses_selects_nothing",
    ),
    "revoked link comes back identical": (
        f"{LIBRARY}/test_links.py"
        "::test_a_link_that_is_there_stays_and_each_new_one_is_another",
    ),
}
"""Incidents that were published, as the list of them names them."""


def first_cells(table: str) -> set[str]:
    """Return the first column of a table in Markdown, without its head."""
    rows = [
        re.split(r" (?<!\\)\| ", row)[0].removeprefix("| ")
        for row in table.splitlines()
        if row.startswith("| ")
    ]
    return set(rows[1:])


def test_each_test_that_is_named_is_there() -> None:
    tables = (SNAPSHOT, NEWEST, ELSEWHERE)
    named = [name for table in tables for names in table.values() for name in names]
    assert all(names for table in tables for names in table.values())
    assert not_tests(named) == set()


def test_no_published_defect_is_missing(contract: str) -> None:
    snapshot = contract[contract.index("## 25. ") : contract.index("## 26. ")]
    newest = contract[contract.index("### 26.33 ") : contract.index("### 26.34 ")]
    assert SNAPSHOT.keys() == first_cells(snapshot)
    assert NEWEST.keys() == first_cells(newest)


def test_no_incident_is_missing() -> None:
    published = CORPUS.parent / "users.md"
    if not published.exists():
        pytest.skip("needs the list of published incidents beside this project")
    text = published.read_text()
    text = text[text.index("## 2. ") :]
    table = text[text.index("| when |") : text.index("No CVE id")]
    rows = [row.split(" | ") for row in table.splitlines()[2:] if row.startswith("| ")]
    assert len(rows) > 10
    assert ELSEWHERE.keys() == {row[1] for row in rows}


def test_forgetting_missing_photos_leaves_those_of_others(library: Library) -> None:
    library.job.delete()  # a scan, which it would wait for
    own, foreign = library.photos["image"], library.foreign["private"]
    File.objects.filter(photo__in=(own, foreign)).update(
        missing_since=datetime.now(UTC)
    )
    delete_missing(jobs.start(Job.Kind.DELETE_MISSING_PHOTOS, user=library.owner).pk)
    assert not Photo.objects.filter(pk=own.pk).exists()
    assert Photo.objects.filter(pk=foreign.pk).exists()


def test_the_key_of_the_map_is_for_staff(library: Library, client_of: Any) -> None:
    SiteSettings.current()
    SiteSettings.objects.update(map_api_key="secret")
    for caller in (None, library.owner):
        answer = client_of(caller).get("/api/sitesettings").json()
        assert answer["map_api_key"] == ""
    told = client_of(library.admin).get("/api/sitesettings").json()
    assert told["map_api_key"] == "secret"


def test_nothing_to_work_on_is_no_failure(db: None, client_of: Any) -> None:
    client = client_of(UserFactory())
    for path in ("photos/recentlyadded/", "clusterfaces"):
        assert client.get(f"/api/{path}").status_code == 200
    assert client.get("/api/albums/date/737000").status_code == 404
    body = {"person_name": "Anna", "face_ids": []}
    answer = client.post("/api/labelfaces", body, format="json")
    assert answer.status_code in (200, 400)


def test_what_is_not_there_yet_has_no_holes(db: None, client_of: Any) -> None:
    """Whoever adds one of these adds the tests of its row, too."""
    clients = (
        client_of(),
        client_of(UserFactory()),
        client_of(UserFactory(admin=True)),
    )
    for client in clients:
        for path in (
            "auth/password/reset/",
            "auth/sso/finish",
            "accounts/oidc/x/login/callback",
            "duplicates/1/revert/",
            "stacks/detect/",
        ):
            assert client.post(f"/api/{path}", {}, format="json").status_code == 404
            assert client.get(f"/api/{path}").status_code == 404


def test_who_signs_up_gets_no_folder(library: Library, client_of: Any) -> None:
    """Not even with the setting, whose folders others' photos may lie in already."""
    SiteSettings.current()
    SiteSettings.objects.update(
        allow_registration=True, auto_create_user_directory=True
    )
    (library.root / "grace").mkdir()
    body = {
        "username": "grace",
        "password": "a long sentence of mine",
        "email": "",
        "first_name": "",
        "last_name": "",
        "scan_directory": str(library.root / "grace"),
    }
    assert client_of().post("/api/user/", body, format="json").status_code == 201
    assert not User.objects.get(username="grace").scan_directories.exists()


def test_a_name_that_looks_like_an_id_is_none(library: Library, client_of: Any) -> None:
    client = client_of(library.owner)
    for name in ("zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz", "-" * 36, "0" * 33):
        for path in ("photos/{}/", "photos/{}/summary/", "photos/{}/metadata"):
            answer = client.get(f"/api/{path.format(name)}")
            assert answer.status_code == 404, (name, path)
        assert client.get(f"/media/thumbnails_big/{name}").status_code == 404
    assert client.get("/api/photos/download").status_code == 400
    detached = library.photos["bare"]
    File.objects.filter(photo=detached).delete()
    assert client.get(f"/api/photos/{detached.pk}/").status_code in (200, 404)


def test_a_refusal_explains_no_sign_in(library: Library, settings: Any) -> None:
    settings.DEBUG = True
    for path in ("user/", "sitesettings"):
        answer = APIClient().post(f"/api/{path}", {}, format="json")
        assert answer.status_code in (401, 403)
        assert len(answer.json()["errors"]) == 1
