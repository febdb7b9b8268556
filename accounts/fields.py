"""Form fields that read what people here type: 2022-9-26, 20220926, 2022年9月26日, full-width digits, ¥1,200."""

from django import forms
from django.core.exceptions import ValidationError

from common import clock, dates, money
from common.periods import YearMonth


class DayField(forms.Field):
    """A day; the page adds a 今天 button, but to a day that is never today. Cleaned to a date, or None where not required."""

    widget = forms.TextInput
    default_error_messages = {"required": "没有填写日期：请填写，例如 2022-9-26。"}

    def __init__(self, *, has_today=True, **options):
        options.setdefault("help_text", "例如 2022-9-26")
        self.has_today = has_today
        super().__init__(**options)

    def widget_attrs(self, widget):
        return {"autocomplete": "off", "inputmode": "text", "maxlength": "20"}

    def get_bound_field(self, form, field_name):
        if self.has_today:
            self.widget.attrs["data-today"] = clock.today().isoformat()
        return super().get_bound_field(form, field_name)

    def prepare_value(self, value):
        return value.isoformat() if hasattr(value, "isoformat") else value

    def to_python(self, value):
        return _read(dates.parse_day, value)

    def has_changed(self, initial, data):
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class ClockField(forms.Field):
    """A time of day, cleaned to a time of whole minutes."""

    widget = forms.TextInput
    default_error_messages = {"required": "没有填写时间：请填写，例如 8:30。"}

    def __init__(self, **options):
        options.setdefault("help_text", "例如 8:30")
        super().__init__(**options)

    def widget_attrs(self, widget):
        return {"autocomplete": "off", "maxlength": "10"}

    def prepare_value(self, value):
        return value.strftime("%H:%M") if hasattr(value, "strftime") else value

    def to_python(self, value):
        return _read(dates.parse_time, value)


class MonthField(forms.Field):
    """A month, cleaned to a YearMonth."""

    widget = forms.TextInput
    default_error_messages = {"required": "没有填写月份：请填写，例如 2022-03。"}

    def __init__(self, **options):
        options.setdefault("help_text", "例如 2022-03")
        super().__init__(**options)

    def to_python(self, value):
        return _read(YearMonth.parse, value)


class AmountField(forms.Field):
    """An amount in yuan, cleaned to a Decimal of two places. Only positive ones unless `negative`."""

    widget = forms.TextInput
    default_error_messages = {"required": "没有填写金额：请填写数字，例如 1200.00。"}

    def __init__(self, *, negative=False, **options):
        options.setdefault("help_text", "单位：元，例如 1200.00")
        self.negative = negative
        super().__init__(**options)

    def widget_attrs(self, widget):
        return {"autocomplete": "off", "inputmode": "decimal", "maxlength": "20"}

    def to_python(self, value):
        return _read(lambda text: money.parse_yuan(text, negative=self.negative), value)


def _read(reader, value):
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return reader(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error
