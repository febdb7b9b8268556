"""Searching and loading a plan, and the draft of the next year's."""

from django import forms

from accounts.fields import DayField
from programmes.rules import terms as values
from programmes.rules.plan_file import DatedTerm, PlanFile
from programmes.rules.vocabulary import Key, label_of, spec_of

LARGEST = 1024 * 1024
# What follows from the targets is not typed.
DERIVED = ("consultation.total", "case.total")


class PlanSearch(forms.Form):
    q = forms.CharField(label="查找", required=False, max_length=40, widget=forms.TextInput(attrs={"type": "search"}))


class PlanFileForm(forms.Form):
    file = forms.FileField(
        label="方案文件（.toml）",
        help_text="每个数值写明条款、单位和从哪天起；已载入的值不改，改变标准时另加一个较晚日期的值。",
        error_messages={"required": "没有选择文件：请选择一个 .toml 方案文件。", "empty": "这个文件是空的，请另选一个。"},
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError("文件超过 1 MB，不像是方案文件，请检查。")
        return file


class DraftForm(forms.Form):
    """The draft's name, its targets and the value of each term, each field of the kind its key has."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label="方案名称", max_length=100, error_messages={"required": "没有填写方案名称：请填写。"})
    document_no = forms.CharField(label="文号", max_length=60, required=False)

    def __init__(self, *args, plan: PlanFile, **kwargs):
        super().__init__(*args, **kwargs)
        self.keys: dict[str, str] = {}
        for unit in plan.units:
            self._add(
                f"unit:{unit.name}", forms.CharField(label=f"{unit.name}（人次）", initial=unit.consultations, max_length=7)
            )
        for body in plan.organizations:
            if body.cases is not None:
                self._add(
                    f"organization:{body.name}", forms.CharField(label=f"{body.name}（件）", initial=body.cases, max_length=7)
                )
        for term in plan.terms:
            if term.key not in DERIVED:
                self._add(term.key, field_of(term))

    def _add(self, key: str, field: forms.Field) -> None:
        name = f"v{len(self.keys)}"
        self.keys[name] = key
        field.error_messages["required"] = f"没有填写{field.label}：请填写。"
        self.fields[name] = field

    @property
    def changed(self) -> dict[str, str]:
        """What was typed, by the key of the plan file."""
        return {key: as_text(self.cleaned_data[name]) for name, key in self.keys.items()}

    def target_fields(self):
        return [self[name] for name, key in self.keys.items() if ":" in key]

    def term_fields(self):
        return [self[name] for name, key in self.keys.items() if ":" not in key and not key.startswith("reading.")]

    def reading_fields(self):
        return [self[name] for name, key in self.keys.items() if key.startswith("reading.")]


def field_of(term: DatedTerm) -> forms.Field:
    """The form field for one term of the draft."""
    spec: Key = spec_of(term.key)
    code = f"{term.reading_code} " if term.key.startswith("reading.") else ""
    label = f"{code}{label_of(term.key)}" + (f"（{term.unit}）" if term.unit else "")
    hint = f"方案 {term.clause}" + (f"；{term.why}" if term.why else "")
    common = {"label": label, "help_text": hint, "initial": term.value}
    if term.kind == values.LIST and spec.choices:
        return forms.MultipleChoiceField(
            **common | {"initial": term.value.split(values.LIST_SEPARATOR)},
            choices=list(spec.choices.items()),
            widget=forms.CheckboxSelectMultiple,
        )
    if term.kind == values.BOOL:
        words = spec.choices or {"true": "是", "false": "否"}
        return forms.ChoiceField(**common, choices=list(words.items()))
    if spec.choices:
        return forms.ChoiceField(**common, choices=list(spec.choices.items()))
    if term.kind == values.DATE:
        return DayField(**common)
    return forms.CharField(**common, max_length=200)


def as_text(value) -> str:
    """A cleaned value as the plan file stores it."""
    if isinstance(value, list):
        return values.LIST_SEPARATOR.join(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
