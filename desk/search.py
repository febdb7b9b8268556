"""What the desk itself gives to the search box: the pages of one's menu, and the sections of the handbook."""

from urllib.parse import quote

from django.urls import reverse

from accounts.menu import pages_for
from desk.services.handbook import sections, slug
from records.todo import SearchHit

MOST = 5


def search(user, text):
    """Pages whose name holds the words, then sections of the handbook by their heading: 补登 leads to both."""
    text = (text or "").strip()
    if not text:
        return
    for entry, page in [(entry, page) for entry, page in pages_for(user) if text in page["words"]][:MOST]:
        where = f"菜单“{entry}”里的“{page['words']}”" if entry != page["words"] else f"菜单“{entry}”"
        yield SearchHit("页面", page["words"], where, page["url"])
    for heading in [each for each in sections() if text in each][:MOST]:
        yield SearchHit("帮助", heading, "使用手册", f"{reverse('help')}#{quote(slug(heading, '-'))}")
