"""Which reports the centre lists."""

from django import forms

from performance.models import Report


class ReportFilter(forms.Form):
    kind = forms.ChoiceField(label="种类", required=False, choices=[("", "全部"), *Report.Kind.choices])
    status = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *Report.Status.choices])
    year = forms.IntegerField(
        label="年度", required=False, min_value=2000, max_value=2200, error_messages={"invalid": "年度写四位数字，例如 2022。"}
    )

    def chosen(self, rows):
        """The rows that meet what was chosen; nothing wrong typed hides any."""
        wanted = self.cleaned_data if self.is_valid() else {}
        for name, field in (("kind", "kind"), ("status", "status"), ("year", "first__year")):
            if wanted.get(name):
                rows = rows.filter(**{field: wanted[name]})
        return rows
