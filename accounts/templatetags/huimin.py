"""What templates say again and again: icons, amounts, masks, states, error summaries, page parts."""

from functools import lru_cache
from urllib.parse import urlencode

import lucide
from django import template
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe

from accounts import access, audit
from accounts.menu import menu_for
from accounts.policy import may as policy_allows
from common import clock, id_numbers, money

register = template.Library()

# State words of the whole program: tone and sign. A word that is not here is grey.
STATES = {
    **dict.fromkeys(
        (
            "已通过",
            "已确认",
            "已接收",
            "已支付",
            "已发布",
            "已公布",
            "已结账",
            "已完成",
            "完成",
            "正常",
            "有效",
            "启用",
            "已归档",
            "属实已扣",
            "已登记",
            "满意",
            "非常满意",
            "基本满意",
            "在库",
            "已到岗",
            "已审定",
            "已核实",
            "已对平",
            "给予援助",
            "结案审查合格",
            "质量核验合格",
            "优秀",
            "良好",
            "合格",
            "已核定",
            "已提交",
            "已整改",
        ),
        ("ok", "circle-check"),
    ),
    **dict.fromkeys(
        (
            "待办",
            "待审核",
            "待确认",
            "待接收",
            "待核实",
            "待处理",
            "待审定",
            "待复核",
            "待审批",
            "待支付",
            "未结",
            "暂缓",
            "即将到期",
            "替班",
            "待补登",
            "缺项",
            "有空档",
            "迟到",
            "早退",
            "待评分",
            "待核定",
            "待整改",
            "待确认抽样",
            "待补正",
            "材料待补",
            "收到通知",
            "本人拒绝辩护",
            "退卷补正",
        ),
        ("warn", "clock"),
    ),
    **dict.fromkeys(
        (
            "已退回",
            "已逾期",
            "属实",
            "不满意",
            "缺勤",
            "停发",
            "失败",
            "退汇",
            "已冲销",
            "锁定",
            "不合格",
            "不在岗",
            "虚假值班",
            "被投诉",
            "有错误",
            "不予援助",
            "终止援助",
        ),
        ("bad", "triangle-alert"),
    ),
    **dict.fromkeys(
        (
            "办理中",
            "核算中",
            "处理中",
            "草稿",
            "已核算",
            "已复核",
            "已审核",
            "已审批",
            "已排班",
            "进行中",
            "今天",
            "重开",
            "已收申请",
            "已受理",
            "审查中",
            "异地协作中",
            "已指派",
            "已签委托",
            "已首次会见",
            "已同意辩护",
            "承办中",
            "已结案",
            "已交卷",
            "评查中",
            "第一轮评分",
            "第二轮评分",
        ),
        ("info", "circle-dot"),
    ),
    **dict.fromkeys(
        ("未开始", "停用", "不属实", "已撤销", "已取消", "未评价", "演示", "不计补贴", "出库"), ("mute", "circle-dashed")
    ),
}
TONE_ICONS = {"ok": "circle-check", "warn": "clock", "bad": "triangle-alert", "info": "circle-dot", "mute": "circle-dashed"}
BAR_FILLS = {"info": "#1556a3", "ok": "#23834c", "warn": "#c77700", "bad": "#c5362a"}


# --- signs and figures ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _svg(name):
    return lucide._render_icon(name, None).replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


@register.simple_tag
def icon(name, extra=""):
    """An icon of the Lucide set, inlined; it takes the colour and size of the text. IconDoesNotExist for a wrong name."""
    name = str(name)
    svg = _svg(name)
    head, _, rest = svg.partition('class="')
    if rest:
        _, _, rest = rest.partition('"')
        svg = f'{head}class="icon {escape(extra)}"{rest}'
    else:
        svg = svg.replace("<svg ", f'<svg class="icon {escape(extra)}" ', 1)
    return mark_safe(svg)  # noqa: S308 - the package's own drawing; `extra` is escaped


@register.simple_tag
def bar(percent, tone="info", tick=None, label=""):
    """A bar of 0–100 per cent with an optional tick (time passed, a target). Tones: info, ok, warn, bad."""
    width = max(0.0, min(100.0, float(percent or 0)))
    mark = ""
    if tick is not None and tick != "":
        place = max(0.5, min(99.5, float(tick)))
        mark = format_html('<rect x="{}" y="0" width="0.9" height="14" fill="#10233d"></rect>', f"{place - 0.45:.2f}")
    return format_html(
        '<svg class="bar" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect x="0" y="2" width="100" height="10" fill="#e3e8f0"></rect>'
        '<rect x="0" y="2" width="{}" height="10" fill="{}"></rect>{}</svg>',
        label or f"{width:.1f}%",
        f"{width:.2f}",
        BAR_FILLS[tone],
        mark,
    )


@register.filter
def yuan(amount):
    """1,234.00, with a true minus; — where there is no amount."""
    return "—" if amount is None or amount == "" else money.yuan(amount)


@register.filter
def deduct(amount):
    """The class of an amount that takes away: red, and beside it the minus of `yuan`."""
    return "neg" if amount is not None and amount != "" and amount < 0 else ""


@register.filter
def percent(value):
    """71.2%; — where there is none."""
    return "—" if value is None or value == "" else f"{float(value):.1f}%"


@register.filter
def mask_id(text):
    return id_numbers.mask_id_number(text) if text else "—"


@register.filter
def mask_phone(text):
    return id_numbers.mask_phone(text) if text else "—"


@register.filter
def mask_account(text):
    return id_numbers.mask_account(text) if text else "—"


@register.filter
def mask_name(text):
    return id_numbers.mask_name(text) if text else "—"


@register.filter
def browser(agent):
    """A browser's name for people: Edge（Windows）."""
    names = (
        ("Edg", "Edge"),
        ("MicroMessenger", "微信"),
        ("QQBrowser", "QQ 浏览器"),
        ("Firefox", "火狐"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (("Windows", "Windows"), ("Android", "安卓"), ("iPhone", "iPhone"), ("Mac OS", "Mac"), ("Linux", "Linux"))
    name = next((words for sign, words in names if sign in agent), "其他浏览器")
    system = next((words for sign, words in systems if sign in agent), "")
    return f"{name}（{system}）" if system else name


@register.filter
def day_words(day):
    """9月26日 星期一, for prose and calendars."""
    return f"{day.month}月{day.day}日 星期{'一二三四五六日'[day.weekday()]}" if day else "—"


@register.filter
def get(mapping, key):
    """mapping[key], or nothing: for tables whose columns are data."""
    return mapping.get(key) if mapping else None


@register.simple_tag
def status_tag(word, tone="", sign=""):
    """A state as word, sign and colour. Give `tone` (ok, warn, bad, info, mute) for words STATES does not know."""
    known_tone, known_sign = STATES.get(str(word), ("mute", "circle-dashed"))
    tone = tone or known_tone
    sign = sign or (known_sign if tone == known_tone else TONE_ICONS[tone])
    return format_html('<span class="tag tag-{}">{}{}</span>', tone, icon(sign), word)


@register.simple_tag
def due_tag(day):
    """What is left until a day: 还剩 4 天, 今天到期, 逾期 2 天; far ones as 10月8日前."""
    if not day:
        return ""
    left = (day - clock.today()).days
    if left < 0:
        return status_tag(f"逾期 {-left} 天", "bad")
    if left == 0:
        return status_tag("今天到期", "bad")
    if left <= 7:
        return status_tag(f"还剩 {left} 天", "warn")
    return status_tag(f"{day.month}月{day.day}日前", "info", "calendar-days")


# --- the frame --------------------------------------------------------------------------------------------------------


@register.tag
def capture(parser, token):
    """{% capture as name %}…{% endcapture %}: keeps what the blocks inside make, to use it twice or ask whether it is empty."""
    name = token.split_contents()[-1]
    nodes = parser.parse(("endcapture",))
    parser.delete_first_token()
    return _Capture(nodes, name)


class _Capture(template.Node):
    def __init__(self, nodelist, name):
        self.nodelist, self.name = nodelist, name

    def render(self, context):
        # At the top of the context, so that it outlives the blocks.
        context.dicts[0][self.name] = mark_safe(self.nodelist.render(context).strip())  # each part was escaped when it was made
        return ""


@register.simple_tag(takes_context=True)
def saved_filters(context):
    """The reader's saved filters of this list."""
    request = context["request"]
    return list(request.user.saved_filters.filter(path=request.path)) if request.user.is_authenticated else []


@register.simple_tag(takes_context=True)
def main_menu(context):
    # A request that was refused at the door has no user yet, and its page is drawn all the same.
    user = getattr(context.get("request"), "user", None)
    return menu_for(user, context["request"].path) if user is not None and user.is_authenticated else []


@register.simple_tag(takes_context=True)
def is_large(context):
    """Whether this reader asked for large type: her own setting, or the cookie where nobody is signed in."""
    request = context.get("request")
    if request is None:
        return False
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return user.font_large
    return request.COOKIES.get("large") == "1"


@register.simple_tag(takes_context=True)
def office_name(context):
    """Where the reader works: the organisation, station or region of her first post."""
    posts = context["request"].user.posts_in_force
    if not posts:
        return ""
    post = posts[0]
    return str(post.station or post.organization or post.region)


@register.simple_tag(takes_context=True)
def role_names(context):
    seen = dict.fromkeys(post.get_role_display() for post in context["request"].user.posts_in_force)
    return "、".join(seen)


@register.simple_tag
def business_day():
    return clock.today()


@register.simple_tag
def crumb(words, url_name=None, *args, **kwargs):
    """One step of the path to this page. 工作台 before it and the page itself after it come by themselves."""
    if not url_name:
        return format_html('<li class="breadcrumb-item">{}</li>', words)
    address = url_name if str(url_name).startswith("/") else reverse(url_name, args=args, kwargs=kwargs)
    return format_html('<li class="breadcrumb-item"><a href="{}">{}</a></li>', address, words)


@register.simple_tag
def url_if(name, *args, **kwargs):
    """The address of a URL name, or nothing where no app serves it (yet)."""
    try:
        return reverse(name, args=args, kwargs=kwargs)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def may(context, action):
    """Whether the reader's posts allow the action: {% may "subsidies.pay" as may_pay %}."""
    return policy_allows(context["request"].user, action)


@register.simple_tag(takes_context=True)
def may_open(context, path):
    """Whether an address of this system opens for the reader: {% may_open row.url as opens %}."""
    return access.may_open(context["request"].user, path)


# --- forms and lists --------------------------------------------------------------------------------------------------


@register.simple_tag
def error_summary(*forms, heading="没有保存"):
    """What keeps these forms (or formsets) from being saved: takes the focus, links to each field, says what it says.

    `heading` for a form that saves nothing: 没有查到.
    """
    lines = [line for form in forms if form is not None for line in _errors(form)]
    if not lines:
        return ""
    return get_template("includes/error_summary.html").render({"lines": lines, "heading": heading})


def _errors(form):
    if hasattr(form, "forms"):  # a formset
        yield from (("", error) for error in form.non_form_errors() if form.is_bound)
        for each in form.forms:
            yield from _errors(each)
        return
    if not form.is_bound:
        return
    yield from (("", error) for error in form.non_field_errors())
    for field in form:
        yield from ((_anchor(field), error) for error in field.errors)


def _anchor(field):
    widget = field.field.widget
    many = getattr(widget, "input_type", "") in ("radio", "checkbox") and hasattr(widget, "choices")
    return f"{field.auto_id}_0" if many else field.id_for_label or field.auto_id


@register.filter
def as_filter_widget(field):
    """A field of a filter bar with Bootstrap's classes."""
    is_choice = hasattr(field.field.widget, "choices")
    return field.as_widget(attrs={"class": "form-select" if is_choice else "form-control"})


@register.simple_tag(takes_context=True)
def with_query(context, **changes):
    """The address of this page with some of its query changed; None takes a key away. Page 1 is the default."""
    query = context["request"].GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = value
    return "?" + urlencode(list(query.lists()), doseq=True)


@register.simple_tag
def sort_heading(words, key, current, base="?"):
    """A column heading that sorts: `current` is key or -key as the view reads it from ?sort=."""
    down = current == f"-{key}"
    arrow = " ↓" if down else " ↑" if current == key else ""
    follow = key if down else f"-{key}"
    join = "" if base.endswith(("?", "&")) else "&"
    return format_html('<a href="{}{}sort={}">{}{}</a>', base, join, follow, words, arrow)


@register.filter
def join_words(items, separator="、"):
    return format_html_join(separator, "{}", ((item,) for item in items or ()))


@register.filter
def action_words(action):
    return audit.words_of(action)
