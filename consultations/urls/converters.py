"""Parts of an address that are more than text."""

from common.periods import YearMonth


class MonthConverter:
    """2022-03; anything else is no address of ours."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value):
        return YearMonth.parse(value)

    def to_url(self, value):
        return str(value)
