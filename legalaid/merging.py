"""What follows of cases when two records of one person become one (consultations.services.merging asks each floor above)."""

from legalaid.models import AidCase, Assignment, Specialty


def follow(*, keep, duplicate) -> dict[str, int]:
    """Cases and standing assignments become hers who is kept, so that she sees them and is paid; replaced ones stay as they were."""
    known = Specialty.objects.filter(practitioner=keep).values("field")
    Specialty.objects.filter(practitioner=duplicate).exclude(field__in=known).update(practitioner=keep)
    return {
        "案件": AidCase.objects.filter(lawyer=duplicate).update(lawyer=keep),
        "指派": Assignment.objects.standing().filter(lawyer=duplicate).update(lawyer=keep),
    }
