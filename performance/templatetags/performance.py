"""What the templates of reports need to show figures."""

from django import template

from performance.exports.progress_table import signed

register = template.Library()


@register.filter
def points(value):
    """Percentage points with their sign: +3.2, −1.1; — where there is no target."""
    return signed(value)
