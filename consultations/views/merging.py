"""Making one of two records of the same person: her shifts and consultations move, which is why the page is on this floor."""

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import allowed, fresh_login
from common.errors import Refused
from consultations.services.merging import merge_practitioners
from organizations.forms.inputs import one_of, passage
from organizations.models import Practitioner


class MergeForm(forms.Form):
    duplicate = one_of("要并入的重复记录", Practitioner.objects.none(), missing="没有选择重复记录：请选择。")
    reason = passage("合并理由", missing="没有填写合并理由：请写明为什么是同一人。")

    def __init__(self, *args, keep, user, **kwargs):
        super().__init__(*args, **kwargs)
        people = Practitioner.objects.visible_to(user).current().exclude(pk=keep.pk)
        alike = people.filter(Q(name=keep.name) | Q(initials=keep.initials))
        self.fields["duplicate"].queryset = alike
        self.fields["duplicate"].label_from_instance = lambda person: f"{person.name}　{person.masked_id_number}"


@require_http_methods(["GET", "POST"])
@allowed("organizations.merge_people")
@fresh_login
def person_merge(request, pk):
    keep = get_object_or_404(Practitioner.objects.visible_to(request.user).current(), pk=pk)
    form = MergeForm(request.POST or None, keep=keep, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            merge_practitioners(keep=keep, by=request.user, **form.cleaned_data)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, f"已合并到{keep}。")
            return redirect("person", pk=keep.pk)
    facts = {"person": keep, "form": form, "has_candidates": form.fields["duplicate"].queryset.exists()}
    return render(request, "organizations/person_merge.html", facts)
