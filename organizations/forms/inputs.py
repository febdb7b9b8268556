"""The fields these forms are made of, each with the sentence that is said when it is left out."""

from django import forms


def line(label, *, missing="", length=100, help_text="", **attrs):
    """One line of text; required where `missing` says what is missing."""
    return forms.CharField(
        label=label,
        max_length=length,
        required=bool(missing),
        help_text=help_text,
        error_messages={"required": missing, "max_length": f"{label}超过 {length} 个字：请缩短。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )


def passage(label, *, missing="", length=200, help_text=""):
    """A few lines of text."""
    return forms.CharField(
        label=label,
        max_length=length,
        required=bool(missing),
        help_text=help_text,
        error_messages={"required": missing, "max_length": f"{label}超过 {length} 个字：请缩短。"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def choice(label, choices, *, missing="", empty="请选择", help_text="", **options):
    return forms.ChoiceField(
        label=label,
        choices=[("", empty), *choices],
        required=bool(missing),
        help_text=help_text,
        error_messages={"required": missing, "invalid_choice": f"{label}不在可选范围内：请重新选择。"},
        **options,
    )


def one_of(label, queryset, *, missing="", empty="请选择", help_text=""):
    """A row of a queryset."""
    return forms.ModelChoiceField(
        label=label,
        queryset=queryset,
        required=bool(missing),
        empty_label=empty,
        help_text=help_text,
        error_messages={"required": missing, "invalid_choice": f"{label}不在可选范围内：请重新选择。"},
    )


def number(label, *, missing="", least=0, most=999, help_text=""):
    return forms.IntegerField(
        label=label,
        required=bool(missing),
        min_value=least,
        max_value=most,
        help_text=help_text,
        error_messages={
            "required": missing,
            "invalid": f"{label}应为整数：请填写数字。",
            "min_value": f"{label}不能小于 {least}：请改正。",
            "max_value": f"{label}不能大于 {most}：请改正。",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def paper(label, *, missing="", help_text="PDF 或照片，不超过 5 MB"):
    return forms.FileField(
        label=label,
        required=bool(missing),
        help_text=help_text,
        error_messages={"required": missing, "empty": "文件是空的：请重新选择文件。", "invalid": "没有收到文件：请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


def search(label):
    return forms.CharField(label=label, required=False, max_length=50, widget=forms.TextInput(attrs={"type": "search"}))
