"""系统对账: exports of other systems beside our cases. Z-CASE-9, D40, F36."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import allowed, fresh_login
from accounts.pages import page_of
from accounts.policy import may
from common import clock
from common.errors import Refused
from common.periods import Quarter
from legalaid.exports import provincial as papers
from legalaid.forms.provincial import ColumnsForm, FixForm, PlaceForm, ReasonForm, UploadForm
from legalaid.models import ReconciledRow, Reconciliation
from legalaid.rules.export_layout import guess
from legalaid.services import reconciling as services
from legalaid.services.other_systems import systems
from legalaid.services.reconciling_page import candidates_of, figures_now, lines_of, rows_of
from organizations.scope import county_or_404
from records.services.files import XLSX, file_response

Pile, State = ReconciledRow.Pile, Reconciliation.State
TABS = [("", "全部"), *Pile.choices, ("open", "待处理"), ("fixed", "已处理")]


def found_or_404(request, pk):
    rows = Reconciliation.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("county", "file", "uploaded_by", "centre_signed_by", "director_signed_by"), pk=pk
    )


@require_safe
@allowed("legalaid.view_provincial")
def provincial_lists(request):
    rows = Reconciliation.objects.visible_to(request.user).select_related("uploaded_by", "county")
    page = page_of(request, rows.order_by("-quarter", "system", "-pk"))
    for found in page:
        found.told, found.period = figures_now(found), Quarter.parse(found.quarter).label
    return render(request, "legalaid/provincial/lists.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.reconcile")
def provincial_list_new(request):
    quarter = Quarter.of(clock.today())
    initial = {"system": next(iter(systems())), "quarter": str(quarter.previous() if clock.today() != quarter.last else quarter)}
    form = UploadForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        upload, county = told.pop("file"), county_or_404(request.user)
        try:
            found = services.upload_export(county=county, upload=upload, by=request.user, **told)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else "file", str(error))
        else:
            if found.state == State.MAPPING:
                messages.info(request, "第一次遇到这种格式：请确认各列，以后同样的格式不用再确认。")
                return redirect("provincial-columns", found.pk)
            messages.success(request, "认得这种格式，已按上次确认的列读入并核对。")
            return redirect("provincial-list", found.pk)
    return render(request, "legalaid/provincial/list_new.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.reconcile")
def provincial_columns(request, pk):
    """Where the header is and what the columns hold: guessed, confirmed by a person."""
    found = found_or_404(request, pk)
    if not found.is_editable:
        messages.error(request, f"对账表{found.get_state_display()}，不能再改对应的列。")
        return redirect("provincial-list", pk)
    told = request.POST if request.method == "POST" else request.GET
    row, depth = told.get("row", ""), told.get("depth", "")
    try:
        sheets, sheet, header = services.header_of(
            found, sheet=told.get("sheet", "")[:31], row=int(row) if row.isdecimal() else None, depth=2 if depth == "2" else 1
        )
    except Refused as error:
        messages.error(request, str(error))
        return redirect("provincial-columns" if told else "provincial-list", pk)
    system, labels = services.system_of(found), services.labels_of(header)
    columns = found.columns if labels == found.labels else guess(header, system.fields)
    where = {"sheet": sheet.name[:31], "row": header.row, "depth": header.depth}
    form = ColumnsForm(request.POST or None, system=system, labels=labels, initial={**where, **columns})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_columns(pk=pk, **where, columns=form.columns, by=request.user)
        except Refused as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, "已读入并核对，同样的格式以后自动识别。")
            return redirect("provincial-list", pk)
    place = PlaceForm(initial=where, sheets=[each.name for each in sheets])
    context = {"found": found, "form": form, "place": place, "system": system, "guessed": len(columns)}
    return render(request, "legalaid/provincial/columns.html", context)


@require_safe
@allowed("legalaid.view_provincial")
def provincial_list(request, pk):
    """The piles of one reconciliation."""
    found = found_or_404(request, pk)
    pile = request.GET.get("pile", "")
    if pile not in dict(TABS):
        raise Http404("没有这一类。")
    figures = figures_now(found)
    page = page_of(request, rows_of(found, pile), per_page=50)
    is_open = found.state == State.OPEN
    may_reconcile = may(request.user, "legalaid.reconcile") and is_open
    context = {
        "found": found,
        "period": Quarter.parse(found.quarter).label,
        "system": services.system_of(found),
        "tabs": [(code, words, count_of(figures, code)) for code, words in TABS],
        "pile": pile,
        "figures": figures,
        "page": page,
        "lines": lines_of(found, page, request.user),
        "candidates": candidates_of(found) if may_reconcile and pile in ("", Pile.ONLY_THERE, "open") else [],
        "may_reconcile": may_reconcile,
        "why_not": services.why_not_signed(figures) if is_open else "",
        "may_sign": may(request.user, "legalaid.sign_reconciliation") and found.state == State.CENTRE_SIGNED,
        "fix_form": FixForm(),
        "reason_form": ReasonForm(),
    }
    return render(request, "legalaid/provincial/list.html", context)


def count_of(figures, code):
    if code == "":
        return sum(figures[pile] for pile in Pile.values)
    if code == "fixed":
        return sum(figures[fix] for fix in ReconciledRow.Fix.values)
    return figures[code]


def act(request, pk, service, done, **told):
    """Do one thing to a reconciliation in the reader's scope, say how it went, go back to where she was."""
    found_or_404(request, pk)
    try:
        result = service(pk=pk, by=request.user, **told)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done(result) if callable(done) else done)
    pile = request.POST.get("pile", "")
    response = redirect("provincial-list", pk)
    if pile in dict(TABS) and pile:
        response["Location"] += f"?pile={pile}"
    return response


@require_POST
@allowed("legalaid.reconcile")
def provincial_again(request, pk):
    return act(request, pk, services.compare_again, "已按现在的案件数据重新核对。")


@require_POST
@allowed("legalaid.reconcile")
def provincial_pair(request, pk, line):
    case = request.POST.get("case", "")
    if not case.isdecimal():
        messages.error(request, "没有选择案件：请选择是本系统的哪一件。")
        return redirect("provincial-list", pk)
    return act(request, pk, services.pair_row, "已对上，按两边的数据逐格核对。", row_id=line, case_id=int(case))


@require_POST
@allowed("legalaid.reconcile")
def provincial_part(request, pk, line):
    return act(request, pk, services.part_row, "已取消对应，以后核对不再建议这一对。", row_id=line)


@require_POST
@allowed("legalaid.reconcile")
def provincial_take(request, pk, line):
    return act(request, pk, services.take_theirs, lambda names: f"已采用对方的{'、'.join(names)}。", row_id=line)


@require_POST
@allowed("legalaid.reconcile")
def provincial_fix(request, pk):
    """Say of the ticked rows what is to be mended where."""
    rows = [int(row) for row in request.POST.getlist("row") if row.isdecimal()]
    told = {"fix": request.POST.get("fix", ""), "note": request.POST.get("note", "")}
    return act(request, pk, services.note_fix, lambda count: f"已登记 {count} 行的处理意见。", row_ids=rows, **told)


@require_POST
@allowed("legalaid.reconcile")
def provincial_sign(request, pk):
    return act(request, pk, services.sign_by_centre, "已签字，数字固定，等主任签字。")


@require_POST
@allowed("legalaid.sign_reconciliation")
@fresh_login
def provincial_approve(request, pk):
    return act(request, pk, services.sign_by_director, "已签字，本季度对账完成。")


@require_POST
@allowed("legalaid.sign_reconciliation")
def provincial_return(request, pk):
    return act(request, pk, services.return_to_centre, "已退回经办人。", reason=request.POST.get("reason", ""))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("legalaid.view_provincial")
def provincial_void(request, pk):
    """作废: its own page that says what follows."""
    found, form = found_or_404(request, pk), ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.void(pk=pk, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已作废，可以重新上传这个季度的导出文件。")
            return redirect("provincial-lists")
    return render(request, "legalaid/provincial/list_void.html", {"form": form, "found": found})


@require_POST
@allowed("legalaid.reconcile")
@fresh_login
def provincial_file(request, pk):
    """The kept export, which holds whole ID numbers: password again, and written down."""
    found = found_or_404(request, pk)
    audit.record(by=request.user, action="legalaid.download_export", on=found, after={"文件": found.file.name})
    return file_response(found.file)


def give(request, found, make, suffix, mime):
    try:
        content = make(found, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
        return redirect("provincial-list", found.pk)
    name = papers.name_of(found, suffix)
    audit.record(by=request.user, action="legalaid.reconcile", on=found, after={"导出": name})
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@allowed("legalaid.view_provincial")
def provincial_xlsx(request, pk):
    return give(request, found_or_404(request, pk), papers.workbook, ".xlsx", XLSX)


@require_safe
@allowed("legalaid.view_provincial")
def provincial_pdf(request, pk):
    return give(request, found_or_404(request, pk), papers.pdf, ".pdf", "application/pdf")
