"""Settings of the whole server over HTTP."""

from __future__ import annotations

import pytest

from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
PATH = "/api/sitesettings"
DEFAULTS = {
    "allow_registration": False,
    "allow_upload": True,
    "delete_originals": False,
    "skip_patterns": "",
    "heavyweight_process": None,
    "map_api_provider": "photon",
    "map_api_key": "",
    "map_tile_provider": "none",
    "captioning_model": "im2txt",
    "caption_automatically": False,
    "llm_model": "None",
    "tagging_model": "places365",
    "semantic_search_model": "siglip2-base-patch16-224",
    "ocr_model": "none",
    "face_recognition_model": "HOG",
    "nextcloud_enabled": False,
    "auto_create_user_directory": False,
    "email_configured": False,
    "face_recognition_enabled": False,
}


def changed(answer):
    """Return the settings in the answer to a change, which names missing models too."""
    assert answer.status_code == 200
    body = answer.json()
    assert isinstance(body.pop("missing_models"), list)
    return body


def test_defaults_are_open_to_everybody(client_of):
    assert client_of().get(PATH).json() == DEFAULTS


def test_defaults_come_from_the_environment(client_of, settings):
    settings.ALLOW_UPLOAD = False
    settings.SKIP_PATTERNS = ".thumbs,@eaDir"
    shown = client_of().get(PATH).json()
    assert (shown["allow_upload"], shown["skip_patterns"]) == (False, ".thumbs,@eaDir")


def test_mail_is_configured_by_naming_a_host(client_of, settings):
    settings.EMAIL_HOST = "mail.example.org"
    assert client_of().get(PATH).json()["email_configured"] is True
    settings.EMAIL_HOST = ""
    assert client_of().get(PATH).json()["email_configured"] is False


def test_it_is_told_whether_faces_are_looked_for(client_of, settings):
    for enabled in (True, False):
        settings.FACE_RECOGNITION = enabled
        answer = client_of(UserFactory()).get(PATH).json()
        assert answer["face_recognition_enabled"] is enabled


@pytest.mark.parametrize(
    "changes",
    [
        {"map_tile_provider": "osm"},
        {"tagging_model": "siglip2"},
        {"semantic_search_model": "none"},
        {"ocr_model": "none"},
        {"face_recognition_model": "CNN"},
        {"nextcloud_enabled": True},
        {"auto_create_user_directory": True},
        {"heavyweight_process": 0},
    ],
)
def test_each_newer_setting_is_kept(client_of, changes):
    client = client_of(UserFactory(staff=True))
    assert client.post(PATH, changes, format="json").status_code == 200
    assert client.get(PATH).json() == {**DEFAULTS, **changes}


def test_all_that_was_read_can_be_sent_back(client_of):
    client = client_of(UserFactory(staff=True))
    answer = client.post(PATH, client.get(PATH).json(), format="json")
    assert changed(answer) == DEFAULTS


def test_an_administrator_changes_some(client_of):
    client = client_of(UserFactory(staff=True))
    changes = {"map_api_key": "key", "heavyweight_process": 2, "skip_patterns": "a"}
    answer = client.post(PATH, changes, format="json")
    assert changed(answer) == {**DEFAULTS, **changes}
    assert client.get(PATH).json() == {**DEFAULTS, **changes}
    hidden = {**DEFAULTS, **changes, "map_api_key": ""}
    assert client_of().get(PATH).json() == hidden
    assert client_of(UserFactory()).get(PATH).json() == hidden


@pytest.mark.parametrize(
    "changes, field",
    [
        ({}, "non_field_errors"),
        ({"unknown": 1}, "non_field_errors"),
        ([], "non_field_errors"),
        ({"allow_upload": "perhaps"}, "allow_upload"),
        ({"email_configured": True}, "non_field_errors"),
        ({"heavyweight_process": -1}, "heavyweight_process"),
        ({"heavyweight_process": 10**6}, "heavyweight_process"),
        ({"tagging_model": "oracle"}, "tagging_model"),
        ({"semantic_search_model": "oracle"}, "semantic_search_model"),
        ({"ocr_model": "oracle"}, "ocr_model"),
        ({"face_recognition_model": "DNA"}, "face_recognition_model"),
        ({"map_tile_provider": "x" * 65}, "map_tile_provider"),
        ({"nextcloud_enabled": None}, "nextcloud_enabled"),
        ({"map_api_provider": "atlas"}, "map_api_provider"),
        ({"captioning_model": "oracle"}, "captioning_model"),
        ({"llm_model": "oracle"}, "llm_model"),
    ],
)
def test_refused_changes(client_of, changes, field):
    answer = client_of(UserFactory(staff=True)).post(PATH, changes, format="json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_others_change_nothing(client_of):
    changes = {"allow_registration": True}
    assert client_of().post(PATH, changes, format="json").status_code == 401
    refused = client_of(UserFactory()).post(PATH, changes, format="json")
    assert refused.status_code == 403
    assert client_of().get(PATH).json() == DEFAULTS
