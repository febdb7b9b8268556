"""States of this floor as tags."""

from django import template

from accounts.templatetags.huimin import status_tag
from common import clock

register = template.Library()

STAY_TONES = {"在库": "ok", "待批准": "warn", "未到入库日": "info", "出库": "mute", "未批准": "bad"}
POST_TONES = {"在任": "ok", "受托": "info", "待确认": "warn", "未到任": "info", "已离任": "mute"}
ACCOUNT_TONES = {"使用中": "ok", "待确认": "warn", "未确认": "bad", "已停用": "mute"}


@register.simple_tag
def stay_tag(stay):
    """The state of a stay in the pool today."""
    word = stay.state_on(clock.today())
    return status_tag(word, STAY_TONES[word])


@register.simple_tag
def post_tag(post):
    """The state of a post today."""
    word = post.state_on(clock.today())
    return status_tag(word, POST_TONES[word])


@register.simple_tag
def account_tag(account):
    """The state of an account."""
    word = account.get_state_display()
    return status_tag(word, ACCOUNT_TONES[word])
