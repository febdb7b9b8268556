"""How somebody walks through the pages in a browser: who it is, on what day, what is clicked, what the page then says."""

import re
from datetime import date

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from records.services import remember_day
from tests.accounts.test_browser import SMALL_TEXT, TOO_WIDE

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}

# Parts of a page that come by themselves have come.
WHOLE = """() => !document.querySelector('.htmx-request') && [...document.querySelectorAll('[hx-trigger=load]')].every(
  part => !part.querySelector(`:scope > a[href="${part.getAttribute('hx-get')}"]`))"""


def faults(page):
    """What is wrong with the page as it stands."""
    found = [f"axe {item['id']}" for item in Axe().run(page).response["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found += page.evaluate(TOO_WIDE)[:3] or ["sideways scroll"]
    found += page.evaluate(SMALL_TEXT)[:3]
    words = page.evaluate("document.querySelector('main').innerText")
    found += [f"raw word {word}" for word in ("None", "undefined", "null", "NaN", "{{", "{%") if word in words.split()]
    if page.locator("h1").count() != 1:
        found.append("not one h1")
    return found


class Walk:
    """Somebody's way through the pages: whom it is, on what day, what is clicked and filled in."""

    def __init__(self, page, base, sign_in):
        self.page, self.base, self.enter = page, base, sign_in
        self.looked_at, self.taken = {}, {}

    def on(self, month, day):
        remember_day(day=date(2022, month, day))
        return self

    def as_(self, login, path, *, size=DESK):
        self.page.set_viewport_size(size)
        self.enter(login, path)

    def go(self, path):
        assert self.page.goto(self.base + path).ok, path

    def status(self, path):
        """What the server answers, without a page that the console would complain of."""
        return self.page.request.get(self.base + path, max_redirects=0).status

    def follow(self, words):
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=words).first.click()

    def press(self, words, *, says=""):
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=words, exact=True).click()
        if says:
            expect(self.page.locator("main")).to_contain_text(says)

    def fill(self, **fields):
        """By the field's name: text into a field, a list's words, a file to upload."""
        for name, value in fields.items():
            box = self.page.locator(f"main [name={name}]").first
            if isinstance(value, dict):
                box.set_input_files(value)
            elif box.evaluate("box => box.tagName") == "SELECT":
                box.select_option(label=value)
            else:
                box.fill(value)

    def tick(self, *words):
        """Boxes and buttons by the beginning of their words; some chips have the digit of their key before them."""
        for each in words:
            self.page.locator("main label").filter(has_text=re.compile(rf"^[\s\d]*{re.escape(each)}")).first.click()

    def look(self):
        """What is wrong with this page, on a desk or on a telephone as it is now; told at the end."""
        self.page.wait_for_function(WHOLE)
        if found := faults(self.page):
            self.looked_at[self.page.url] = found

    def todo(self, words):
        """What waits is on the list of work, and leads there."""
        self.go("/todo/")
        self.follow(words)

    def shows(self, *words):
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each)

    def take(self, name, words):
        """A paper that is made on demand, behind a link or a button."""
        made = self.page.locator("main a, main button").filter(has_text=re.compile(rf"^\s*{re.escape(words)}\s*$")).first
        if address := made.get_attribute("href"):
            self.taken[name] = self.page.request.get(self.base + address).body()
            return
        with self.page.expect_download() as download:
            made.click()
        self.taken[name] = download.value.path().read_bytes()
