"""Issuing papers, putting a new version in their place, making them void."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts import audit
from common import clock
from common.errors import Refused
from records.models import IssuedPaper
from records.services.files import keep_file
from records.services.numbers import next_number


class PaperRefused(Refused):
    """A paper that cannot be issued or made void."""


@transaction.atomic
def issue_paper(
    *, kind: str, title: str, content, by, on=None, number: str = "", file_name: str = "", issued_on: date | None = None
) -> IssuedPaper:
    """Number and keep one paper about the row ``on``.

    ``content`` is the file's bytes, or a function that is given the number and makes them. Without ``number`` the next one
    of ``kind`` in the year is taken, written ``kind-2022-0001``. Raises PaperRefused where the number is in force already.
    """
    day = issued_on or clock.today()
    number = number or f"{kind}-{day.year}-{next_number(series=f'paper.{kind}', year=day.year):04d}"
    if IssuedPaper.objects.filter(kind=kind, number=number).exists():
        raise PaperRefused(f"文号 {number} 已经用过：请换一个文号，或重新签发原文书。")
    return _issue(kind=kind, number=number, version=1, title=title, content=content, by=by, on=on, name=file_name, day=day)


@transaction.atomic
def reissue_paper(*, paper: IssuedPaper, content, by, reason: str, title: str = "") -> IssuedPaper:
    """Make a paper void and issue its next version under the same number."""
    paper = void_paper(paper=paper, by=by, reason=reason)
    return _issue(
        kind=paper.kind,
        number=paper.number,
        version=paper.version + 1,
        title=title or paper.title,
        content=content,
        by=by,
        on=(paper.for_model, paper.for_id),
        name=paper.file.name,
        day=clock.today(),
    )


@transaction.atomic
def void_paper(*, paper: IssuedPaper, by, reason: str) -> IssuedPaper:
    """Make a paper void, once, with a reason."""
    if not reason.strip():
        raise PaperRefused("没有填写作废原因：请说明为什么作废。", field="reason")
    paper = IssuedPaper.objects.select_for_update().get(pk=paper.pk)
    if paper.state != IssuedPaper.State.ISSUED:
        raise PaperRefused(f"{paper} 已经作废，不能再次作废。")
    paper.state, paper.void_reason = IssuedPaper.State.VOID, reason.strip()[:300]
    paper.voided_at, paper.voided_by = timezone.now(), by
    paper.save()
    audit.record(by=by, action="records.void_paper", on=paper, reason=reason)
    return paper


def _issue(*, kind, number, version, title, content, by, on, name, day) -> IssuedPaper:
    made = content(number) if callable(content) else content
    stored = keep_file(content=made, name=name or f"{title}_{number}.pdf", purpose=f"paper.{kind}", by=by)
    for_model, for_id = on if isinstance(on, tuple) else (on._meta.label, on.pk) if on is not None else ("", None)
    paper = IssuedPaper.objects.create(
        kind=kind,
        number=number,
        year=day.year,
        title=title,
        version=version,
        file=stored,
        issued_by=by,
        issued_on=day,
        for_model=for_model,
        for_id=for_id,
    )
    audit.record(by=by, action="records.issue_paper", on=paper, after={"number": number, "sha256": stored.sha256})
    return paper
