"""Ranges for exclusion constraints: dated rows of one person never overlap."""

from django.db import models
from django.db.models import F, Func, Value


class DateSpan(Func):
    """daterange(since, until) with both ends included, for exclusion constraints."""

    function = "daterange"
    output_field = models.Field()

    def __init__(self, since="since", until="until"):
        super().__init__(F(since), F(until), Value("[]"))


class Single(Func):
    """int8range of one key: lets the built-in gist operators compare keys without an extension."""

    function = "int8range"
    output_field = models.Field()

    def __init__(self, field):
        super().__init__(F(field), F(field), Value("[]"))
