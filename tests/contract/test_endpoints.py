"""Every endpoint that clients call is there, and works for somebody.

That it does is what the table of permissions is tried for: the row of an endpoint has
to name a caller who gets what is asked for, with real data.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.api.http.permission_rows import Row
from tests.contract.test_isolation import ROWS
from tests.support.named_tests import ROOT, not_tests

ENDPOINTS = [
    tuple(line.split())
    for line in (Path(__file__).parent / "endpoints.txt").read_text().splitlines()
]

LATER = (
    "/api/memories",
    "/api/stacks",
    "/api/duplicates",
    "/api/generateocr",
    "/api/auth/password",
    "/api/auth/sso",
    "/api/accounts/oidc",
)
"""What this server does not have yet."""

DEVELOPMENT = ("/api/silk",)
"""What is there in development alone."""

LIBRARY = "tests/api/library"
MEDIA = "tests/api/media"
OPERATIONS = "tests/api/operations"
TRIED_ELSEWHERE = {
    "POST /api/addface": (
        "tests/api/people/test_faces.py"
        "::test_a_box_is_drawn_in_shares_of_the_picture_as_clients_send_it"
    ),
    # Nobody has events yet.
    "DELETE /api/albums/auto/{id}": f"{LIBRARY}/test_events.py::test_nobody_has_events",
    "POST /api/auth/token/obtain": (
        "tests/api/accounts/test_auth.py::test_both_tokens_carry_all_claims"
    ),
    "POST /api/auth/token/refresh": (
        "tests/api/accounts/test_auth.py"
        "::test_refresh_gives_an_access_token_with_the_claims_of_the_sign_in"
    ),
    "POST /api/auth/token/blacklist": (
        "tests/api/accounts/test_auth.py::test_signing_out_ends_this_sign_in_alone"
    ),
    "GET /api/downloads/{uuid}{userid}": (
        f"{MEDIA}/test_downloads.py::test_a_selection_comes_as_an_archive"
    ),
    "GET /api/photos/download": (
        f"{MEDIA}/test_downloads.py::test_a_selection_comes_as_an_archive"
    ),
    "POST /api/email-config/test": (
        f"{OPERATIONS}/test_mail.py::test_a_test_mail_is_sent_to_whoever_asks"
    ),
    "GET /api/faces": (
        "tests/api/people/test_faces.py::test_faces_have_the_keys_that_clients_read"
    ),
    "GET /api/healthz/queue": (
        f"{OPERATIONS}/test_help.py"
        "::test_the_queue_is_well_while_a_worker_shows_signs_of_life"
    ),
    # Nobody has one, and so it is refused.
    "POST /api/nextcloud/scanphotos": (
        "tests/api/accounts/test_kept_for_clients.py::test_there_is_no_nextcloud"
    ),
    "POST /api/photo/share": (
        f"{LIBRARY}/test_links.py::test_a_photo_gets_a_link_another_one_and_none"
    ),
    "GET /api/photos/{hash}/file/{file_hash}": (
        "tests/api/pipeline/scanning/test_corrections.py"
        "::test_the_file_that_stands_for_a_photo_is_chosen"
    ),
    "POST /api/photos/{hash}/main-file": (
        "tests/api/pipeline/scanning/test_corrections.py"
        "::test_the_file_that_stands_for_a_photo_is_chosen"
    ),
    "POST /api/photos/{id}/metadata/revert/{edit}": (
        f"{LIBRARY}/test_corrections.py"
        "::test_words_stand_above_the_file_and_are_found_until_they_are_taken_back"
    ),
    "GET /api/photos/metadata/bulk": (
        f"{LIBRARY}/test_corrections.py::test_fields_of_many_at_once"
    ),
    "DELETE /api/photosedit/delete": (
        "tests/api/pipeline/scanning/test_erasing.py"
        "::test_all_files_of_a_photo_go_and_nothing_else"
    ),
    "DELETE /api/photosedit/duplicate/delete": (
        "tests/api/pipeline/scanning/test_erasing.py"
        "::test_one_of_two_equal_files_can_be_erased"
    ),
    "POST /api/photosedit/generateim2txt": (
        "tests/contract/test_things.py::test_captions_that_cannot_be_written"
    ),
    "POST /api/photosedit/rotate": (
        "tests/contract/test_correction_shapes.py::test_answers_about_corrections"
    ),
    "POST /api/photosedit/savecaption": (
        f"{LIBRARY}/test_photo_edits.py::test_a_caption_is_kept_and_found"
    ),
    "GET /api/public/albums/s/{slug}": (
        f"{LIBRARY}/test_links.py::test_an_album_gets_a_link_and_anybody_sees_it"
    ),
    "GET /api/public/albums/s/{slug}/photos/{id}": (
        "tests/contract/test_link_shapes.py::test_what_visitors_are_told_has_its_shape"
    ),
    "GET /api/public/photo/{slug}": (
        f"{LIBRARY}/test_links.py::test_a_photo_gets_a_link_another_one_and_none"
    ),
    "GET /api/public/photo/{slug}/media/{kind}": (
        f"{MEDIA}/test_linked_media.py"
        "::test_a_visitor_sees_everything_and_so_does_whoever_has_signed_in"
    ),
    # Nothing is written into files.
    "POST /api/savemetadata": (
        f"{LIBRARY}/test_corrections.py::test_files_are_not_written"
    ),
    "GET /api/serverlogs": (
        f"{OPERATIONS}/test_server_log.py::test_all_that_is_kept_is_saved_as_a_file"
    ),
    "GET /api/serverlogs/view": f"{OPERATIONS}/test_server_log.py::test_the_last_lines",
    # Nobody but the supervisor starts and ends them.
    "POST /api/services/{name}/start": (
        f"{OPERATIONS}/test_services.py::test_processes_of_others_are_left_alone"
    ),
    "POST /api/services/{name}/stop": (
        f"{OPERATIONS}/test_services.py::test_processes_of_others_are_left_alone"
    ),
    "GET /api/tags/{id}": (
        f"{LIBRARY}/test_user_tags.py::test_a_tag_is_made_given_found_and_taken"
    ),
    "PATCH /api/tags/{id}": (
        f"{LIBRARY}/test_user_tags.py::test_tags_are_renamed_merged_and_deleted"
    ),
    "DELETE /api/tags/{id}": (
        f"{LIBRARY}/test_user_tags.py::test_tags_are_renamed_merged_and_deleted"
    ),
    "POST /api/tags/{id}/add": (
        f"{LIBRARY}/test_user_tags.py::test_a_tag_is_made_given_found_and_taken"
    ),
    "POST /api/tags/{id}/remove": (
        f"{LIBRARY}/test_user_tags.py::test_a_tag_is_made_given_found_and_taken"
    ),
    "POST /api/tags/{id}/merge": (
        f"{LIBRARY}/test_user_tags.py::test_tags_are_renamed_merged_and_deleted"
    ),
    "POST /api/upload": f"{LIBRARY}/test_uploads.py::test_each_client_uploads",
    "POST /api/upload/complete": f"{LIBRARY}/test_uploads.py::test_each_client_uploads",
    "POST /api/useralbum/makepublic": (
        f"{LIBRARY}/test_links.py::test_an_album_gets_a_link_and_anybody_sees_it"
    ),
    "POST /api/useralbum/share": (
        f"{LIBRARY}/test_shares.py"
        "::test_an_album_is_shown_with_what_is_the_owners_in_it"
    ),
    "GET /media/thumbnails_big/{hash}": (
        f"{MEDIA}/test_media.py::test_a_preview_by_any_of_its_names"
    ),
    "GET /media/square_thumbnails/{hash}": (
        f"{MEDIA}/test_media.py"
        "::test_the_grid_of_a_video_moves_and_its_large_preview_does_not"
    ),
    "GET /media/square_thumbnails_small/{hash}": (
        f"{MEDIA}/test_media.py"
        "::test_the_grid_of_a_video_moves_and_its_large_preview_does_not"
    ),
    "GET /media/photos/{hash}": (
        f"{MEDIA}/test_media.py::test_an_original_is_sent_as_it_is"
    ),
    "GET /media/video/{hash}": (
        f"{MEDIA}/test_media.py::test_a_video_is_served_as_one_and_a_still_is_not"
    ),
    "GET /media/embedded_media/{hash}": (
        f"{MEDIA}/test_media.py::test_the_video_beside_a_live_photo"
    ),
    "GET /media/faces/{hash}_{n}.jpg": (
        "tests/api/people/test_faces.py"
        "::test_a_crop_is_served_to_others_if_faces_are_shared"
    ),
    "GET /media/avatars/{file}": (
        f"{MEDIA}/test_media.py"
        "::test_an_avatar_is_shown_to_everybody_who_is_signed_in"
    ),
    "GET /media/zip/{uuid}": (
        f"{MEDIA}/test_downloads.py::test_a_selection_comes_as_an_archive"
    ),
}
"""What needs more than the world of that table has, and the test that tries it."""


def segment(text: str) -> str:
    """Return a segment of an address, the same one for all placeholders."""
    return "*" if text[:1] in "{<" else text


def shape(path: str) -> tuple[str, ...]:
    """Return the segments of an address or of a route."""
    typed = re.sub(r"<[^>]*>", "<>", path)
    return tuple(segment(part) for part in typed.strip("/").split("/"))


def fits(route: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a route has an address, whose placeholders may stand for words."""
    if len(route) != len(path):
        return False
    return all(one == other or "*" == other for one, other in zip(route, path))


def rows_of(method: str, path: str) -> list[Row]:
    """Return the rows of the table of permissions for an endpoint."""
    return [
        row
        for row in ROWS
        if row.method == method.lower() and fits(shape(row.route), shape(path))
    ]


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_each_endpoint_works_for_somebody(method: str, path: str) -> None:
    if path.startswith(DEVELOPMENT):
        return
    rows = rows_of(method, path)
    if path.startswith(LATER):
        assert rows == [], "it is there by now: take it out of LATER"
        return
    assert rows, "no route has this method"
    statuses = {status for row in rows for status in row[2:6]}
    works = any(200 <= status < 300 for status in statuses)
    # Neither forgotten nor left in the list when the table tries it.
    assert works != (f"{method} {path}" in TRIED_ELSEWHERE)


@pytest.mark.parametrize(("endpoint", "test"), TRIED_ELSEWHERE.items())
def test_what_is_tried_elsewhere_is(endpoint: str, test: str) -> None:
    method, path = endpoint.split()
    assert (method, path) in ENDPOINTS
    assert not_tests([test]) == set()
    words = [word for word in path.split("/") if "{" not in word]
    assert words[-1] in (ROOT / test.partition("::")[0]).read_text()


def test_the_list_has_every_endpoint_of_the_contract(contract: str) -> None:
    tables = (
        contract[contract.index("### 1.1") : contract.index("\n## 2. ")],
        contract[contract.index("### 26.2 ") : contract.index("### 26.3 ")],
    )
    listed = {shape(path) for _, path in ENDPOINTS}
    for table in tables:
        for cells in re.findall(r"^\| [A-Z, ]+ \| (.+?) \|", table, re.M):
            for path in re.findall(r"`(/(?:api|media)/[^`?]+)", cells):
                known = [at for at in listed if at[: len(shape(path))] == shape(path)]
                assert known or "…" in path, path
