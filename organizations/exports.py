"""Papers of the pool (F27 of domain.md 6) and the list of people, as workbook and PDF. ID numbers are masked in all of them."""

from io import BytesIO

from django.http import FileResponse, Http404

from common import clock
from common.id_numbers import mask_id_number, mask_phone
from common.pdf import render_pdf
from common.workbooks.writing import Column, Sheet, file_name, write_workbook
from organizations import rules
from organizations.models import PoolEntry, Practitioner, Region
from organizations.services.people import proofs_of
from records.services import installation

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 20_000


def people_sheet(people, *, by) -> Sheet:
    """The chosen people, as the list page shows them."""
    day = clock.today()
    columns = [
        Column("序号", "int", 6),
        Column("姓名", width=10),
        Column("人员类别", width=20),
        Column("公职人员", width=9),
        Column("身份证号", width=21),
        Column("联系电话", width=14),
        Column("所属单位", width=28),
        Column("执业证号", width=20),
        Column("法律职业资格证号", width=20),
        Column("从业年限", "int", 9),
        Column("入库状态", width=10),
        Column("入库日期", "date", 12),
        Column("出库日期", "date", 12),
    ]
    rows = [
        [number, person.name, person.get_kind_display(), _yes(person.is_public_now), mask_id_number(person.id_number),
         mask_phone(person.phone), str(person.firm_now or ""), person.practice_certificate_no, person.qualification_no,
         person.service_years, *_stay_cells(person.latest_stay, day)]
        for number, person in enumerate(people.with_present(day)[:MOST_ROWS], 1)
    ]  # fmt: skip
    return Sheet(
        title="服务人员名单", columns=columns, rows=rows, heading=[f"截至 {day}，共 {len(rows)} 人"], unit="", footer=_footer(by)
    )


def _stay_cells(stay, day):
    return [stay.state_on(day), stay.since, stay.until] if stay else ["", None, None]


def pool_list(user) -> Sheet:
    """值班人员库名册: everybody admitted today, with proof and who admitted. Z-DUTY-3."""
    day = clock.today()
    stays = PoolEntry.objects.visible_to(user).admitted_on(day).filter(practitioner__merged_into=None)
    return _stays_sheet("值班人员库名册", stays, user, signatures=["制表人：　　　　　　复核人：　　　　　　负责人："])


def admission_sheet(user) -> Sheet:
    """入库审批表: everybody who waits for the leader."""
    stays = PoolEntry.objects.visible_to(user).to_decide()
    signatures = ["业务股意见：　　　　　　　　　　局领导审批：　　　　　　　　　　日期：　　年　　月　　日"]
    return _stays_sheet("值班人员入库审批表", stays, user, signatures=signatures)


def _stays_sheet(title, stays, user, *, signatures) -> Sheet:
    day = clock.today()
    stays = (
        stays.select_related("county", "decided_by", "entered_by")
        .prefetch_related("stations")
        .order_by("practitioner__name", "pk")
    )
    stays = list(stays[:MOST_ROWS])
    people = {
        row.pk: row for row in Practitioner.objects.filter(pk__in={stay.practitioner_id for stay in stays}).with_present(day)
    }
    counties = {stay.county for stay in stays} or set(Region.objects.counties().visible_to(user)[:2])
    place = str(next(iter(counties))) if len(counties) == 1 else ""
    columns = [
        Column("序号", "int", 6), *([] if place else [Column("县", width=10)]), Column("姓名", width=10),
        Column("人员类别", width=18), Column("公职人员", width=9), Column("身份证号", width=20), Column("所属单位", width=24),
        Column("资格证明", width=26), Column("可值班站点", width=22), Column("入库日期", "date", 11), Column("出库日期", "date", 11),
        Column("提出人", width=9), Column("批准人", width=9),
    ]  # fmt: skip
    rows = []
    for number, stay in enumerate(stays, 1):
        person = people[stay.practitioner_id]
        rows.append([
            number, *([] if place else [str(stay.county)]), person.name, person.get_kind_display(), _yes(person.is_public_now),
            mask_id_number(person.id_number), str(person.firm_now or ""), proof_words(person),
            "、".join(station.short_name for station in stay.stations.all()) or "全部站点", stay.since, stay.until,
            str(stay.entered_by), str(stay.decided_by or ("名册导入" if stay.state == "admitted" else "")),
        ])  # fmt: skip
    heading = [f"截至 {day}，共 {len(rows)} 人"]
    return Sheet(
        title=place + title,
        columns=columns,
        rows=rows,
        heading=heading,
        signatures=signatures,
        unit="",
        footer=_footer(user),
        name=title,
    )


def proof_words(person) -> str:
    """What proves a person's kind, in one line."""
    parts = []
    if person.practice_certificate_no:
        parts.append(f"执业证 {person.practice_certificate_no}")
    if person.qualification_no:
        parts.append(f"资格证 {person.qualification_no}")
    if person.service_years is not None:
        parts.append(f"从业 {person.service_years} 年")
    if person.retired_from:
        parts.append(f"{person.retired_from}退休")
    return "；".join(parts)


def admission_of(stay, *, by):
    """入库审批表 of one person."""
    person = Practitioner.objects.with_present(clock.today()).get(pk=stay.practitioner_id)
    facts = {
        "title": f"{stay.county}值班人员入库审批表",
        "stay": stay,
        "stations": list(stay.stations.all()),
        "doubts": rules.doubtful_proofs(proofs_of(person, has_organization=person.firm_now is not None), clock.today()),
    }
    return _letter("print/organizations/admission.html", person, facts, by, f"入库审批表_{person}")


def statement(person, *, by):
    """非公职身份承诺书, for the person to sign. Z-DUTY-2, plan 四（一）3."""
    person = Practitioner.objects.with_present(clock.today()).get(pk=person.pk)
    return _letter("print/organizations/statement.html", person, {"title": "非公职人员承诺书"}, by, f"非公职人员承诺书_{person}")


def account_form(person, *, by):
    """收款账户确认书: the payee writes bank and number herself and signs, so that no full number leaves the system."""
    person = Practitioner.objects.with_present(clock.today()).get(pk=person.pk)
    facts = {"title": "收款账户确认书", "boxes": range(19)}
    return _letter("print/organizations/account_form.html", person, facts, by, f"收款账户确认书_{person}")


def workbook(sheet: Sheet, *, name: str) -> FileResponse:
    """A sheet as an .xlsx attachment."""
    stream = BytesIO()
    write_workbook([sheet], stream)
    stream.seek(0)
    return FileResponse(stream, as_attachment=True, filename=file_name(name, str(clock.today())), content_type=XLSX)


def paper(sheet: Sheet, suffix: str, *, by) -> FileResponse:
    """A sheet as `xlsx` or `pdf`. Http404 for anything else."""
    if suffix == "xlsx":
        return workbook(sheet, name=sheet.title)
    if suffix != "pdf":
        raise Http404
    facts = {"title": sheet.title, "period": "　".join(sheet.heading), "sheet": sheet, "lines": _lines(sheet), **_printed(by)}
    return _pdf("print/organizations/list.html", facts, sheet.title)


NARROW = 12


def _lines(sheet):
    """The rows for a page: each cell as text with its class; what is short stays on one line."""
    css = ["c" if column.width <= NARROW else "" for column in sheet.columns]
    return [[("" if cell is None else str(cell), kind) for cell, kind in zip(row, css, strict=True)] for row in sheet.rows]


def _letter(template, person, facts, by, name):
    return _pdf(
        template, {"person": person, "proofs": proof_words(person), "today": clock.today(), **facts, **_printed(by)}, name
    )


def _pdf(template, facts, name):
    content = BytesIO(render_pdf(template, facts))
    named = file_name(name, str(clock.today()), suffix=".pdf")
    return FileResponse(content, as_attachment=True, filename=named, content_type="application/pdf")


def _printed(by):
    return {"printed_at": clock.now(), "printed_by": str(by), "is_demo": installation().is_demo}


def _footer(by):
    return f"{by} 于 {clock.now():%Y-%m-%d %H:%M} 导出"


def _yes(value):
    return "是" if value else "否"
