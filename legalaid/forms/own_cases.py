"""What an undertaker types on a phone: a day, a few words, photographs."""

from django import forms

from accounts.fields import DayField
from common import clock
from legalaid.models import CaseNote
from legalaid.rules import materials

PICTURES = "image/jpeg,image/png,application/pdf"
WHAT_COUNTS = "照片（JPG、PNG）或者 PDF，每个不超过 5 MB"


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files of one field, cleaned to a list."""

    widget = ManyFilesInput

    def clean(self, data, initial=None):
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(each, initial) for each in files if each] or super().clean(None, initial) or []


class PhotosForm(forms.Form):
    """The camera for one page, the album or the disk for several."""

    photo = forms.FileField(
        label="拍照",
        required=False,
        help_text="手机上直接打开相机，拍一页",
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    photos = ManyFilesField(
        label="从相册或者文件里选",
        required=False,
        help_text=f"可以一次选几页，按次序排列；{WHAT_COUNTS}",
        widget=ManyFilesInput(attrs={"accept": PICTURES}),
    )

    @property
    def uploads(self):
        """In the order of the pages: the camera's first."""
        return [each for each in (self.cleaned_data.get("photo"), *self.cleaned_data.get("photos", ())) if each]


class NoteForm(PhotosForm):
    """What was done today, on one screen."""

    kind = forms.ChoiceField(
        label="事项",
        choices=CaseNote.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "没有选择事项：请选择。"},
    )
    day = DayField(label="日期")
    content = forms.CharField(
        label="内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "没有填写内容：请写明做了什么。"},
    )

    field_order = ("kind", "day", "content", "photo", "photos")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["day"].initial = clock.today()


class PagesForm(PhotosForm):
    """Papers of the file."""

    kind = forms.ChoiceField(label="材料种类", error_messages={"required": "没有选择材料种类：请选择。"})
    title = forms.CharField(
        label="名称",
        required=False,
        max_length=60,
        help_text="不写的用材料种类作名称",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    day = DayField(label="材料日期", required=False)

    field_order = ("kind", "title", "day", "photo", "photos")

    def __init__(self, *args, wanted=(), **options):
        super().__init__(*args, **options)
        missing = [(item.code, item.words) for item in wanted if item.code in materials.KINDS]
        codes = {code for code, _words in missing}
        rest = [choice for choice in materials.KINDS.items() if choice[0] not in codes]
        self.fields["kind"].choices = [("还缺的", missing), ("其他材料", rest)] if missing else rest


class StepForm(PhotosForm):
    """A step of one's own: the day it happened, what there is to say, the paper."""

    day = DayField(label="日期")
    words = forms.CharField(label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    field_order = ("day", "words", "photo", "photos", "version")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["day"].initial = clock.today()


class WhyForm(forms.Form):
    """A reason, and nothing else."""

    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "没有写明原因：请填写。"},
    )
