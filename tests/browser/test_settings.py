"""From an empty server to photos, and what people and administrators look after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import visitors_of
from tests.browser.layout import covered
from tests.browser.site import Site
from tests.browser.test_words import TOO_SMALL, TOO_WIDE
from tests.browser.visitor import BOTH_WIDTHS, DESK, PHONE, Visitor
from tests.support.pictures.images import encoded, photograph
from tests.support.server import PASSWORD, RunningServer, write_pictures

pytestmark = pytest.mark.browser
WIDER_BY = """
document.documentElement.scrollWidth - document.documentElement.clientWidth
"""
NEW_PASSWORD = "battery staple correct horse"
OWN = ("profile", "password", "preferences", "sharing", "library", "dates", "jobs")
ADMIN = ("users", "site", "jobs", "server", "mail", "log")


@pytest.fixture(scope="module")
def empty_site(folder: Path) -> Iterator[Site]:
    """A server that has nothing but folders to choose from."""
    root = folder / "to-choose"
    write_pictures(root / "holiday" / "beach", 6)
    (root / "work").mkdir()
    with RunningServer(
        folder / "empty-data", faces=False, LIBREPHOTOS_SCAN_ROOTS=str(root)
    ) as server:
        yield Site(server)


@pytest.fixture
def visit_empty(
    chromium: Browser, empty_site: Site
) -> Iterator[Callable[..., Visitor]]:
    """Open browser profiles at the site that is empty at first."""
    with visitors_of(chromium, empty_site) as visitor:
        yield visitor


def go(page: Page, address: str) -> None:
    """Go to an address as the page itself does."""
    page.evaluate(
        """to => {
          history.pushState({}, '', to);
          dispatchEvent(new PopStateEvent('popstate'));
        }""",
        address,
    )


def toast(visitor: Visitor, words: str | re.Pattern[str]) -> None:
    said = visitor.page.get_by_test_id("toast").filter(has_text=words)
    # The same words may stand there still, from before.
    expect(said.last).to_be_visible()


def test_first_steps_then_everything_else(
    visit_empty: Callable[..., Visitor], empty_site: Site, folder: Path
) -> None:
    """One walk, since each part needs what the one before has made."""
    admin = visit_empty(**DESK)
    admin.enter()
    first_steps(admin)
    accounts(admin)
    own_settings(admin, folder)
    dates(admin)
    activity(admin)
    site_and_log(admin)
    mail(admin)
    every_page_is_accessible(admin)
    child = visit_empty(**PHONE, color_scheme="dark")
    ordinary_user(child)
    every_page_fits(child, [f"/settings/{part}" for part in OWN])
    phone = visit_empty(**PHONE)
    phone.enter("/admin/users")
    every_page_fits(phone, [f"/admin/{part}" for part in ADMIN])


def first_steps(admin: Visitor) -> None:
    page = admin.page
    admin.press("First steps")
    expect(page).to_have_title("First steps – LibrePhotos")
    scan = page.get_by_role("main").get_by_role("button", name="Scan now")
    expect(scan).to_be_disabled()
    admin.inspect("settings-first-steps", BOTH_WIDTHS)
    admin.press("Add a folder")
    dialog = page.get_by_role("dialog", name="Choose a folder")
    expect(dialog.get_by_test_id("folder-here")).to_contain_text("to-choose")
    dialog.get_by_role("button", name="holiday").click()
    expect(dialog.get_by_role("button", name="beach")).to_be_visible()
    admin.inspect("settings-folder", BOTH_WIDTHS)
    dialog.get_by_role("button", name="Take this folder").click()
    expect(page.get_by_test_id("folders")).to_contain_text("/to-choose/holiday")
    admin.press("Upload")
    expect(page.get_by_role("button", name="Choose files")).to_be_visible()
    admin.press("Close")
    scan.click()
    expect(page.get_by_test_id("first-progress")).to_contain_text("Scan")
    admin.inspect("settings-first-scan", BOTH_WIDTHS)
    page.get_by_role("link", name="To your photos", exact=True).click()
    expect(admin.tiles).to_have_count(6)


def accounts(admin: Visitor) -> None:
    page = admin.page
    admin.choose_of_account("Administration")
    expect(page).to_have_title("Accounts – LibrePhotos")
    admin.press("Add an account")
    form = page.get_by_test_id("new-user-form")
    admin.expect_complaint("status of 400")
    form.get_by_label("User name").fill("anna")
    form.get_by_label("Password").fill("short")
    form.get_by_role("button", name="Make the account").click()
    expect(form.get_by_text("too short")).to_be_visible()
    admin.inspect("settings-new-account", BOTH_WIDTHS)
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Make the account").click()
    toast(admin, "anna has an account now.")
    admin.press("Edit anna")
    edited = page.get_by_test_id("user-form")
    edited.get_by_label("First name").fill("Anna")
    edited.get_by_role("button", name="Add a folder").click()
    dialog = page.get_by_role("dialog", name="Choose a folder")
    dialog.get_by_role("button", name="holiday").click()
    dialog.get_by_role("button", name="Take this folder").click()
    toast(admin, "another account")
    edited.get_by_role("button", name="Save").click()
    expect(page.get_by_test_id("users")).to_contain_text("Anna")
    admin.press("Edit anna")
    switch = page.get_by_role("switch", name="May sign in")
    switch.click()
    expect(switch).not_to_be_checked()
    expect(page.get_by_text("Deactivated")).to_be_visible()
    admin.inspect("settings-account", BOTH_WIDTHS)
    switch.click()
    expect(switch).to_be_checked()
    # Another one, who is gone again.
    page.get_by_test_id("user-form").get_by_role("button", name="Cancel").click()
    admin.press("Add an account")
    form.get_by_label("User name").fill("bob")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="Make the account").click()
    admin.press("Edit bob")
    admin.press("Delete the account")
    question = page.get_by_role("dialog", name="Delete the account bob?")
    expect(question).to_be_visible()
    admin.inspect("settings-delete-account", BOTH_WIDTHS)
    question.get_by_role("button", name="Delete the account").click()
    toast(admin, "The account bob was deleted.")
    expect(page.get_by_role("button", name="Edit bob")).to_have_count(0)


def own_settings(admin: Visitor, folder: Path) -> None:
    page = admin.page
    admin.choose_of_account("Settings")
    expect(page).to_have_title("Profile – LibrePhotos")
    page.get_by_label("First name").fill("Ada")
    page.get_by_role("button", name="Save", exact=True).click()
    toast(admin, "Saved")
    expect(page.get_by_role("button", name="Account: Ada")).to_be_visible()
    picture = folder / "me.png"
    picture.write_bytes(encoded(photograph(), "PNG"))
    with page.expect_response("**/media/avatars/**"):
        page.locator("input[type=file]").set_input_files(picture)
    toast(admin, "Your picture was changed.")
    go(page, "/settings/preferences")
    size = page.get_by_label("Size of the photos")
    with page.expect_response("**/api/user/*/"):
        size.select_option("Small")
    page.reload()
    expect(size).to_have_value("2")
    skip = page.get_by_role("switch", name="Leave RAW files out")
    skip.focus()
    page.keyboard.press("Space")
    expect(skip).to_be_checked()
    go(page, "/settings/password")
    form = page.get_by_test_id("password-form")
    form.get_by_label("Your current password").fill("wrong")
    form.get_by_label("New password").fill(NEW_PASSWORD)
    form.get_by_label("Password again").fill(NEW_PASSWORD)
    form.get_by_role("button", name="Change the password").click()
    expect(form.get_by_text("This is not your current password.")).to_be_visible()
    admin.inspect("settings-wrong-password", BOTH_WIDTHS)
    admin.expect_complaint("status of 401")
    form.get_by_label("Your current password").fill(PASSWORD)
    form.get_by_role("button", name="Change the password").click()
    expect(page.get_by_label("New password")).to_have_value("")
    admin.press("Account: Ada")
    page.keyboard.press("Escape")
    # Back to what the other parts sign in with.
    form.get_by_label("Your current password").fill(NEW_PASSWORD)
    form.get_by_label("New password").fill(PASSWORD)
    form.get_by_label("Password again").fill(PASSWORD)
    form.get_by_role("button", name="Change the password").click()
    expect(page.get_by_label("New password")).to_have_value("")


def dates(admin: Visitor) -> None:
    page = admin.page
    go(page, "/settings/dates")
    rules = page.get_by_test_id("date-rules").get_by_role("listitem")
    expect(rules.first).to_contain_text("What you have entered")
    page.get_by_label("Add a rule").select_option("When the file was changed, in UTC")
    last = "Move up: When the file was changed, in UTC"
    for _ in range(8):
        admin.press(last)
    expect(rules.first).to_contain_text("When the file was changed")
    admin.press("See what would change")
    preview = page.get_by_test_id("date-preview")
    expect(preview).to_contain_text("6 of 6 photos would have another date.")
    expect(preview).to_contain_text("No date")
    admin.inspect("settings-preview", BOTH_WIDTHS)
    admin.press("Save and apply")
    toast(admin, "All photos get their dates anew.")
    page.reload()
    expect(rules.first).to_contain_text("When the file was changed")
    admin.press("As they were at first")
    expect(rules.first).to_contain_text("What you have entered")


def activity(admin: Visitor) -> None:
    page = admin.page
    go(page, "/settings/library")
    admin.press("Read all files again")
    go(page, "/settings/jobs")
    job = page.get_by_test_id("job").first
    expect(job).to_contain_text("Scan photos", ignore_case=True)
    expect(job.get_by_test_id("job-standing")).to_have_text("Done")
    go(page, "/admin/jobs")
    expect(page.get_by_test_id("job").first).to_contain_text("admin")


def site_and_log(admin: Visitor) -> None:
    page = admin.page
    go(page, "/admin/site")
    switch = page.get_by_role("switch", name="Anybody may make an account")
    switch.click()
    expect(switch).to_be_checked()
    page.get_by_label("Parts of paths").fill("@eaDir")
    page.get_by_role("button", name="Save", exact=True).click()
    toast(admin, "Saved")
    go(page, "/admin/server")
    expect(page.get_by_test_id("server-facts")).to_contain_text("Processor cores")
    expect(page.get_by_test_id("workers")).to_have_text("At work.")
    go(page, "/admin/log")
    log = page.get_by_test_id("log")
    expect(log).to_contain_text("The web server starts")
    with page.expect_download() as download:
        admin.press("Save the log")
    assert "The web server starts" in download.value.path().read_text()
    page.get_by_label("Show", exact=True).select_option("Errors")
    expect(page.get_by_text("The web server starts")).to_have_count(0)


def mail(admin: Visitor) -> None:
    page = admin.page
    go(page, "/admin/mail")
    form = page.get_by_test_id("mail-form")
    form.get_by_label("Provider").select_option("SendGrid")
    expect(form.get_by_label("Mail server")).to_have_value("smtp.sendgrid.net")
    form.get_by_label("Provider").select_option("Another mail server")
    form.get_by_label("Mail server").fill("127.0.0.1")
    form.get_by_label("Sender").fill("photos@example.org")
    form.get_by_label("Port").fill("22")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("Mail is sent through one of the ports")).to_be_visible()
    admin.inspect("settings-mail-refused", BOTH_WIDTHS)
    form.get_by_label("Port").fill("1025")
    form.get_by_label("Password or key").fill("a secret")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_label(re.compile("leave empty to keep"))).to_have_value("")
    admin.press("Send a test mail")
    outcome = page.get_by_test_id("mail-outcome")
    expect(outcome).to_contain_text(re.compile("account has none|Nothing listens"))
    admin.inspect("settings-mail-outcome", BOTH_WIDTHS)


def ordinary_user(child: Visitor) -> None:
    """Somebody who looks after nothing but what is theirs."""
    page = child.page
    child.enter("/settings/library", "anna")
    expect(page.get_by_text("The administrator of this server")).to_be_visible()
    expect(page.get_by_role("button", name="Add a folder")).to_have_count(0)
    child.account.click()
    expect(page.get_by_role("menuitem", name="Settings")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Administration")).to_have_count(0)
    page.keyboard.press("Escape")
    for address in ("/admin/users", "/first-steps"):
        go(page, address)
        expect(page.get_by_role("heading", name="There is nothing here")).to_have_count(
            2
        )
    # A new address needs the password, unless one has just signed in.
    go(page, "/settings/profile")
    page.get_by_label("E-mail").fill("anna@example.org")
    page.get_by_role("button", name="Save", exact=True).click()
    toast(child, "Saved")


def part_of(address: str) -> str:
    """The name of a page of settings in the names of pictures."""
    return address.strip("/").replace("/", "-")


def every_page_is_accessible(admin: Visitor) -> None:
    """At a desk; on a phone that is looked at with whether the page fits."""
    for part in (*(f"/settings/{p}" for p in OWN), *(f"/admin/{p}" for p in ADMIN)):
        go(admin.page, part)
        current = admin.page.locator(f"a[href$='{part}'][aria-current=page]")
        expect(current).to_be_visible()
        admin.wait_until("() => document.querySelector('[aria-busy=true]') === null")
        admin.inspect(part_of(part))


def every_page_fits(visitor: Visitor, addresses: list[str]) -> None:
    for address in addresses:
        go(visitor.page, address)
        part = address.split("/")[-1]
        expect(
            visitor.page.locator(f"a[href$='/{part}'][aria-current=page]")
        ).to_be_visible()
        assert visitor.page.evaluate(WIDER_BY) == 0, address
        assert visitor.page.evaluate(TOO_WIDE) == [], address
        assert visitor.page.evaluate(TOO_SMALL) == [], address
        # The pages stand in a row that is moved sideways.
        row = ("/settings/", "/admin/")
        found = [
            each
            for each in covered(visitor.page)
            if not any(address in each for address in row)
        ]
        assert found == [], address
        visitor.inspect(f"{part_of(address)}-finger")
