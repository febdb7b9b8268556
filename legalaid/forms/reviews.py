"""What people choose and type about quality evaluation."""

from django import forms

from accounts.fields import DayField
from legalaid.models import Rectification, ReviewBatch
from legalaid.models.quality import Kind

REASON = forms.Textarea(attrs={"rows": 3})


class BatchFilter(forms.Form):
    kind = forms.ChoiceField(label="评查方式", required=False, choices=[("", "全部"), *Kind.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *ReviewBatch.State.choices])


class DrawForm(forms.Form):
    """Which files are drawn, by what chance; the draw is then shown and confirmed or made void."""

    kind = forms.ChoiceField(
        label="评查方式",
        choices=Kind.choices,
        widget=forms.RadioSelect,
        initial=Kind.ADMIN_CHECK,
        help_text="行政评查由业务股评分；同行评估、市级抽查由评查专家评分",
        error_messages={"required": "没有选择评查方式：请选择。"},
    )
    title = forms.CharField(
        label="名称",
        max_length=100,
        help_text="例如 2022年第三季度案件质量评查",
        error_messages={"required": "没有填写名称：请填写，例如 2022年第三季度案件质量评查。"},
    )
    first = DayField(label="归档日期从", error_messages={"required": "没有填写归档日期从哪天起：请填写。"})
    last = DayField(label="归档日期到", error_messages={"required": "没有填写归档日期到哪天止：请填写。"})
    due_on = DayField(label="评分截止日期", error_messages={"required": "没有填写评分截止日期：请填写。"})
    only_unverified = forms.BooleanField(
        label="只抽未核验的案件", required=False, initial=True, help_text="标注前每件都要核验；复评已核验的案件时取消"
    )
    method = forms.ChoiceField(
        label="抽取办法", choices=ReviewBatch.Method.choices, widget=forms.RadioSelect, initial=ReviewBatch.Method.ALL,
        error_messages={"required": "没有选择抽取办法：请选择。"},
    )  # fmt: skip
    percent = forms.IntegerField(
        label="抽取比例（%）",
        min_value=1,
        max_value=100,
        initial=10,
        required=False,
        help_text="分层抽样时填写；件数向上取整，每层至少一件",
        error_messages={
            "invalid": "抽取比例应是整数：例如 10。",
            "min_value": "抽取比例不能小于 1。",
            "max_value": "抽取比例不能大于 100。",
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "maxlength": "3"}),
    )
    strata = forms.MultipleChoiceField(
        label="分层依据",
        required=False,
        choices=[("type", "案件类型"), ("group", "主要群体"), ("office", "承办机构")],
        initial=["type"],
        widget=forms.CheckboxSelectMultiple,
    )
    seed = forms.CharField(
        label="随机种子",
        required=False,
        max_length=40,
        help_text="不填由系统产生；也可填当场摇出的数字。每次抽样都留记录",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("method") == ReviewBatch.Method.SAMPLE and not cleaned.get("percent") and "percent" not in self.errors:
            self.add_error("percent", "没有填写抽取比例：分层抽样请填 1 到 100 的整数。")
        cleaned["percent"] = cleaned.get("percent") or 100
        return cleaned


class DealForm(forms.Form):
    """The people among whom the free seats of a round are dealt."""

    round = forms.IntegerField(min_value=1, max_value=2, widget=forms.HiddenInput)
    reviewers = forms.MultipleChoiceField(
        label="评查人",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "没有选择评查人：请至少勾选一人。",
            "invalid_choice": "所选的人没有本轮评查的岗位：请从名单里选择。",
        },
    )

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.fields["reviewers"].choices = [(user.pk, user.name) for user in people]


class SeatForm(forms.Form):
    """One reviewer for one free seat; who must stand aside is not offered."""

    reviewer = forms.ChoiceField(
        label="评查人",
        error_messages={
            "required": "没有选择评查人：请选择。",
            "invalid_choice": "这个人没有本轮评查的岗位或应当回避：请从名单里选择。",
        },
    )

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.fields["reviewer"].choices = [("", "请选择"), *((user.pk, user.name) for user in people)]


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=REASON,
        error_messages={"required": "没有写原因：请写明为什么回避或换人。"},
    )


class SheetForm(forms.Form):
    """The rubric as a form: one number an item, the vetoes, an opinion. What is wrong is told by the service."""

    def __init__(self, *args, rubric, **options):
        super().__init__(*args, **options)
        self.rubric = rubric
        for item in rubric.items:
            self.fields[f"p_{item.code}"] = forms.CharField(
                label=f"{item.words}（{item.points} 分）",
                required=False,
                max_length=8,
                help_text=item.guide,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )
        self.fields["vetoes"] = forms.MultipleChoiceField(
            label="否决项",
            required=False,
            choices=[(veto.code, veto.words) for veto in rubric.vetoes],
            widget=forms.CheckboxSelectMultiple,
            help_text="勾选任何一项，等次即为不合格",
        )
        self.fields["opinion"] = forms.CharField(
            label="评查意见",
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 5}),
            help_text="优点、问题和依据；评为不合格的必须写",
        )

    @property
    def sections(self):
        """(words, points, bound fields) of each part of the rubric."""
        return [
            (words, sum(item.points for item in items), [self[f"p_{item.code}"] for item in items])
            for words, items in self.rubric.sections
        ]

    @property
    def typed(self):
        return {item.code: self.cleaned_data.get(f"p_{item.code}", "") for item in self.rubric.items}

    @classmethod
    def initial_of(cls, review):
        points = {f"p_{code}": value for code, value in review.points.items()}
        return {**points, "vetoes": review.vetoes, "opinion": review.opinion}

    def tell(self, faults):
        """Put the service's faults beside their fields."""
        for code, words in faults.items():
            self.add_error(code if code in self.fields else f"p_{code}", words)


class FixFilter(forms.Form):
    STATES = [("", "全部"), ("late", "已逾期"), *Rectification.State.choices]

    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    since = DayField(label="提出日期从", required=False, help_text="")
    until = DayField(label="到", required=False, help_text="")


class OpenFixForm(forms.Form):
    problem = forms.CharField(
        label="问题",
        max_length=1000,
        widget=REASON,
        help_text="写明要补正什么；不要写受援人的姓名、证件号码",
        error_messages={"required": "没有写问题：请写明要整改什么。"},
    )
    due_on = DayField(label="整改期限", error_messages={"required": "没有填写整改期限：请填写。"})


class DoFixForm(forms.Form):
    measure = forms.CharField(
        label="整改措施", max_length=1000, widget=REASON, error_messages={"required": "没有写整改措施：请写明做了什么。"}
    )
    file = forms.FileField(
        label="证明材料",
        help_text="补正后材料的照片或 PDF，不超过 5 MB",
        error_messages={"required": "没有上传证明材料：请上传补正后的材料照片或 PDF。"},
    )


class ConfirmFixForm(forms.Form):
    remark = forms.CharField(label="复核意见", max_length=300, required=False, widget=REASON, help_text="退回的必须写明还缺什么")
