import datetime
from decimal import Decimal

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from accounts.fields import AmountField, ClockField, DayField, MonthField
from accounts.pages import chips_of, page_of
from accounts.templatetags import huimin
from common.periods import YearMonth


def render(text, **context):
    return Template("{% load huimin %}" + text).render(Context(context))


def test_amounts_have_thousands_and_a_true_minus():
    assert huimin.yuan(Decimal("1234.5")) == "1,234.50"
    assert huimin.yuan(Decimal("-50")) == "−50.00"
    assert huimin.yuan(None) == "—"
    assert huimin.yuan(Decimal(0)) == "0.00"
    assert huimin.deduct(Decimal("-0.01")) == "neg"
    assert huimin.deduct(Decimal(0)) == ""


def test_a_bar_is_drawn_without_style_and_stays_within_its_frame():
    drawn = str(huimin.bar(140, "bad", tick=100, label='<"x">'))
    assert 'width="100.00"' in drawn
    assert "style" not in drawn
    assert "<&quot;" not in drawn
    assert "&lt;&quot;x&quot;&gt;" in drawn


def test_a_state_is_a_word_a_sign_and_a_colour():
    drawn = str(huimin.status_tag("已逾期"))
    assert "tag-bad" in drawn
    assert "<svg" in drawn
    assert "已逾期" in drawn
    assert "&lt;b&gt;" in str(huimin.status_tag("<b>", "warn"))


def test_a_wrong_icon_is_an_error_and_not_a_gap():
    with pytest.raises(Exception, match="does not exist"):
        huimin.icon("no-such-icon")
    assert 'aria-hidden="true"' in huimin.icon("house")


@pytest.mark.parametrize(
    ("days", "words", "tone"),
    [(-2, "逾期 2 天", "bad"), (0, "今天到期", "bad"), (4, "还剩 4 天", "warn"), (30, "10月26日前", "info")],
)
def test_a_deadline_says_what_is_left(monkeypatch, days, words, tone):
    monkeypatch.setenv("TODAY", "2022-09-26")
    drawn = str(huimin.due_tag(datetime.date(2022, 9, 26) + datetime.timedelta(days=days)))
    assert words in drawn
    assert f"tag-{tone}" in drawn


class Sample(forms.Form):
    day = DayField(label="日期")
    amount = AmountField(label="金额", required=False)
    choice = forms.ChoiceField(label="方式", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    state = forms.MultipleChoiceField(label="群体", required=False, choices=[("x", "农民"), ("y", "妇女")])


def test_the_error_summary_counts_links_and_says_what_the_field_says(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-09-26")
    form = Sample({"day": "昨天", "amount": "1.234"})
    text = render("{% error_summary form %}", form=form)
    assert "没有保存，有 3 处需要修改" in text
    assert 'href="#id_day"' in text
    assert 'href="#id_choice_0"' in text
    assert str(form.errors["amount"][0]) in text
    assert render("{% error_summary form %}", form=Sample()) == ""


@pytest.mark.parametrize("text", ["2022-9-26", "2022/9/26", "20220926", "2022年9月26日", "２０２２－９－２６"])
def test_a_day_is_read_however_it_is_typed(text):
    assert DayField().clean(text) == datetime.date(2022, 9, 26)


def test_times_months_and_amounts_are_read_too():
    assert ClockField().clean("８：３０") == datetime.time(8, 30)
    assert MonthField().clean("2022-03") == YearMonth(2022, 3)
    assert AmountField().clean("¥1,200") == Decimal("1200.00")
    assert AmountField(required=False).clean("  ") is None
    with pytest.raises(forms.ValidationError, match="小于 0"):
        AmountField().clean("-3")
    assert AmountField(negative=True).clean("-3") == Decimal("-3.00")
    with pytest.raises(forms.ValidationError, match="没有填写金额"):
        AmountField().clean("")


def test_chips_say_the_condition_and_lead_to_the_list_without_it(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-09-26")
    request = RequestFactory().get("/list/", {"day": "2022-9-1", "choice": "b", "state": ["x", "y"], "page": "3"})
    chips = {chip.words: chip.url for chip in chips_of(request, Sample(request.GET))}
    assert set(chips) == {"日期：2022-09-01", "方式：乙", "群体：农民、妇女"}
    assert "choice" not in chips["方式：乙"]
    assert "page" not in chips["方式：乙"]
    assert chips["群体：农民、妇女"].count("state") == 0


def test_pages_survive_nonsense():
    for asked, number in (("x", 1), ("-1", 3), ("99", 3), ("2", 2)):
        page = page_of(RequestFactory().get("/", {"page": asked}), list(range(45)))
        assert page.number == number
    assert page.total_words == "45"


def test_what_a_page_captures_is_escaped_once():
    text = "{% capture as words %}{{ name }} <b>{% endcapture %}[{{ words }}]"
    assert render(text, name="<i>") == "[&lt;i&gt; <b>]"
