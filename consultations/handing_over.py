"""The clerk's tablet in a citizen's hands: while it is handed over, her session opens nothing but the public pages.

She gets it back with the digits she chose when she handed it over. Five wrong ones end the session.
"""

from django.shortcuts import redirect

from common.encryption import keyed_index

KEY = "handed_over"
TRIES = 5
OPEN = frozenset({"rating-back", "font", "public-font", "health", "favicon"})
PUBLIC = ("public-rate", "public-complaint")
# What a visitor leaves in the session: the code she typed, what the page of thanks tells, number and code of her complaint.
CODE, RATED, COMPLAINED = "rating_code", "rated", "complained"


def hand_over(request, *, pin: str, consultation: int) -> None:
    request.session[KEY] = {"pin": sealed(request, pin), "consultation": consultation, "tries": 0}


def is_handed_over(request) -> bool:
    return KEY in request.session


def take_back(request, pin: str) -> bool:
    """Whether the digits are right; then the session is the clerk's again, and nothing of the visitor is left in it."""
    state = request.session[KEY]
    if sealed(request, pin) == state["pin"]:
        for name in (KEY, CODE, RATED, COMPLAINED):
            request.session.pop(name, None)
        return True
    request.session[KEY] = {**state, "tries": state["tries"] + 1}
    return False


def tries_left(request) -> int:
    return TRIES - request.session[KEY]["tries"]


def sealed(request, pin: str) -> str:
    return keyed_index(f"screen-pin:{request.user.pk}:{pin}")


class HandedOverMiddleware:
    """Keeps a handed-over session to the public rating pages; everything else leads to the page that gives it back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or not is_handed_over(request):
            return None
        name = request.resolver_match.url_name or ""
        if name in OPEN or name.startswith(PUBLIC):
            return None
        return redirect("rating-back")
