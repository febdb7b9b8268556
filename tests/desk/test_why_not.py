"""A button that cannot be pressed says why, in words that belong to it."""

import re
from pathlib import Path

from django.conf import settings

BUTTON = re.compile(r"<button[^>]*\bdisabled\b[^>]*>")


def test_every_disabled_button_names_the_words_that_say_why():
    found = {}
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for button in BUTTON.findall(text):
            told = re.search(r'aria-describedby="([\w-]+)"', button)
            found[path.name] = bool(told) and f'id="{told[1]}"' in text
    assert found == {"close.html": True, "detail.html": True}
