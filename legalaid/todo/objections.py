"""Objections and complaints that wait for the bureau or the director."""

from django.urls import reverse

from accounts.policy import Role, may
from legalaid.models import CaseDeadline, Complaint, Objection
from records.todo import TodoItem


def todo_items(user):
    if may(user, "legalaid.decide_objection"):
        rows = list(Objection.objects.visible_to(user).open().select_related("case").order_by("filed_on"))
        limits = CaseDeadline.objects.open().filter(code="objection_decision", case__in=[row.case_id for row in rows])
        due = dict(limits.values_list("case_id", "due_on"))
        for row in rows:
            title = f"审查异议：{row.get_about_display()}"
            yield TodoItem(title, row.case.number, reverse("objection", args=[row.pk]), due_on=due.get(row.case_id), icon="scale")
    if may(user, "legalaid.answer_complaint"):
        complaints = Complaint.objects.visible_to(user).open().select_related("case")
        # About the agency the bureau answers, about a person the director does.
        about = Complaint.About.AGENCY if Role.LEADER in user.roles else Complaint.About.PERSON
        for row in complaints.filter(about=about):
            title = f"调查投诉：{row.get_about_display()}"
            yield TodoItem(title, row.case.number, reverse("complaint", args=[row.pk]), icon="flag")
