"""Sheet 咨询登记: consultation records. contract.md 3; Z-CON-1, Z-CON-4, domain.md 4.5."""

from common.free_text import mask_numbers
from common.initials import initials
from common.workbooks import tables
from common.workbooks.tables import Column, Row, Table
from consultations.imports.shifts import SHIFT_KEY, DutyBook
from consultations.models import Consultation
from consultations.models.searching import phone_key, tail_key
from consultations.rules.records import ANONYMOUS, missing_items
from records.importing import twice_in_file

GROUP_WORDS = {label: value for value, label in Consultation.Group.choices} | {"无": ""}
RECORDS = Table(
    "咨询登记",
    (
        Column("登记编号", tables.text(60)),
        *SHIFT_KEY,
        Column("时间", tables.time_of_day),
        Column("咨询方式", tables.one_of({label: value for value, label in Consultation.Channel.choices}), is_required=True),
        Column("咨询人", tables.text(50), is_required=True),
        Column("联系电话", tables.digits_text, default="", mask=tables.masked_digits),
        Column("特殊群体", tables.several_of(GROUP_WORDS), default=()),
        Column("咨询类别", tables.one_of({label: value for value, label in Consultation.Matter.choices}), is_required=True),
        Column("咨询内容", tables.text(4000), is_required=True),
        Column("答复意见", tables.text(4000), is_required=True),
        Column("处理方式", tables.one_of({label: value for value, label in Consultation.Outcome.choices}), is_required=True),
        Column("满意度", tables.one_of({label: value for value, label in Consultation.Rating.choices}), default=""),
    ),
)


def import_records(book: DutyBook, rows: list[Row]) -> None:
    """Add or change consultation records. Key: 登记编号, or without it the whole row."""
    run = book.run
    book.load([row["日期"] for row in rows])
    numbered = [row for row in rows if row["登记编号"]]
    twice_in_file(run, numbered, lambda row: row["登记编号"])
    stored = Consultation.objects.filter(number__in=[r["登记编号"] for r in numbered]).select_related("own_rating")
    known = {item.number: item for item in stored}
    unnumbered = unnumbered_records(book, rows) if len(numbered) < len(rows) else {}
    new = []
    for row in rows:
        values = values_of(book, row)
        if values is None:
            continue
        item = known.get(row["登记编号"]) if row["登记编号"] else unnumbered.get(whole_row(values))
        if item and hasattr(item, "own_rating"):
            keep_own_rating(run, row, values, item.own_rating)
        if item and all(getattr(item, name) == value for name, value in values.items()):
            run.count(row)
        elif book.touch(row, row["日期"], values["station"].pk):
            if item is None:
                item = Consultation(
                    number=row["登记编号"], recorded_by=run.by, recorded_at=run.at, **values, **derived(book, values)
                )
                new.append(item)
                if not row["登记编号"]:
                    unnumbered[whole_row(values)] = item
                run.count(row, is_new=True)
            else:
                run.update(item, **values, **derived(book, values))
                run.count(row, is_changed=True, words=f"{item}")
    if not run.errors:
        run.added(Consultation.objects.bulk_create(new, batch_size=1000))


def keep_own_rating(run, row: Row, values: dict, rating) -> None:
    """What the person herself said by code or screen stays: a blank cell leaves it, another word is an error."""
    if values["rating"] not in ("", rating.word):
        run.wrong(row, "满意度", f"咨询人已经自己评价“{rating.get_word_display()}”，不能改写：请删去或者改成一致。")
    values["rating"] = rating.word


def values_of(book: DutyBook, row: Row) -> dict | None:
    """The record's own columns; None where the row cannot be placed."""
    station, person = book.directory.station(book.run, row), book.directory.person(book.run, row)
    if station is None or person is None:
        return None
    return {
        "station": station,
        "practitioner": person,
        "day": row["日期"],
        "time": row["时间"],
        "channel": row["咨询方式"],
        "client_name": row["咨询人"],
        "client_phone": row["联系电话"],
        "groups": [group for group in row["特殊群体"] if group],
        "matter": row["咨询类别"],
        "question": mask_numbers(row["咨询内容"]).text,
        "answer": mask_numbers(row["答复意见"]).text,
        "outcome": row["处理方式"],
        "rating": row["满意度"],
    }


def derived(book: DutyBook, values: dict) -> dict:
    """What follows from the columns: the shift it was given on, what is missing, the index to find a phone by."""
    shift = book.shifts.get((values["day"], values["station"].pk, values["practitioner"].pk))
    return {
        "shift": shift,
        "missing": missing_items(values),
        "client_phone_index": phone_key(values["client_phone"]),
        "client_phone_tail": tail_key("phone", values["client_phone"]),
        "client_initials": "" if values["client_name"] == ANONYMOUS else initials(values["client_name"])[:50],
    }


def whole_row(values: dict) -> tuple:
    return tuple(tuple(value) if isinstance(value, list) else getattr(value, "pk", value) for value in values.values())


def unnumbered_records(book: DutyBook, rows: list[Row]) -> dict:
    """Known records without a number on the days of the file, by their whole row."""
    days = [row["日期"] for row in rows]
    known = Consultation.objects.filter(
        number=None, station__county=book.run.county, day__range=(min(days), max(days))
    ).select_related("station", "practitioner")
    names = ("station", "practitioner", "day", "time", "channel", "client_name", "client_phone", "groups", "matter",
             "question", "answer", "outcome", "rating")  # fmt: skip
    return {whole_row({name: getattr(item, name) for name in names}): item for item in known}
