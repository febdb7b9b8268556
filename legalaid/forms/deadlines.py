from django import forms

from accounts.models import User
from accounts.policy import Role
from organizations.scope import counties_of

CODES = (
    ("aid_decision", "作出是否给予援助的决定"),
    ("aid_assignment", "指派法律援助人员"),
    ("notice_assignment", "收到通知后指派律师"),
    ("engagement", "签订委托协议、首次会见"),
    ("supplement", "申请人补正材料"),
    ("pre_aid_papers", "先行援助补办手续"),
    ("replacement_decision", "决定是否更换承办人"),
    ("objection_decision", "审查异议"),
    ("objection_filing", "提出异议"),
    ("termination_notice", "送达终止决定"),
    ("file_submission", "提交结案材料"),
    ("file_review", "审查结案材料"),
    ("application_transfer", "转交申请"),
)


class DeadlineFilter(forms.Form):
    handler = forms.ModelChoiceField(label="经办人", required=False, queryset=User.objects.none(), empty_label="全部")
    code = forms.ChoiceField(label="事项", required=False, choices=[("", "全部"), *CODES])
    mine = forms.BooleanField(label="只看等我办的", required=False, widget=forms.Select(choices=[("", "否"), ("on", "是")]))

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        staff = User.objects.filter(posts__role__in=[Role.CENTRE, Role.DIRECTOR], posts__region__in=counties_of(user))
        self.fields["handler"].queryset = staff.distinct()
