"""The list pages: how many queries, how long, at few rows and at many.

    python -m benchmarks.pages [--rows 1000,100000] [--times 15] [--json]

One county's reader, signed in, through the whole stack (middleware, templates) without a network. Each time is interleaved over the sizes:
one database per size, one request in each, round after round. p95 is of `--times` requests; the first of each is left out.
"""

import argparse
import json
import statistics
import sys
import time
from datetime import date

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from benchmarks import gen, ground
from common.periods import YearMonth
from organizations.models import Post
from subsidies.models import Fund
from subsidies.services.drafting import draft_all

# Page → (address, what follows it).
PAGES = {
    "pay sheets": ("pay-sheets", ""),
    "consultations": ("consultations", ""),
    "consultations, deep": ("consultations", "?page=40"),
    "roster month": ("roster-month", ""),
    "attendance": ("attendance", "?month=2022-03"),
    "people": ("people", ""),
    "audit": ("audit", ""),
    "audit, deep": ("audit", "?page=40"),
    "ledger": ("ledger", ""),
    "ledger, deep": ("ledger", "?page=40"),
}

CONSULTATIONS = """
INSERT INTO consultations_consultation (station_id, shift_id, practitioner_id, day, channel, client_name, client_phone, client_phone_index,
    groups, party_count, matter, question, answer, outcome, rating, advisor_signed, missing, is_void, void_reason, recorded_by_id, recorded_at)
SELECT x.station_id, x.id, x.practitioner_id, x.day, 'visit', '匿名', '', '', '{}', 1, 'family', '测算', '测算', 'answered', 'satisfied', TRUE,
    '{}', FALSE, '', x.created_by_id, now()
FROM generate_series(0, %(rows)s - 1) n
JOIN (SELECT s.*, row_number() OVER (ORDER BY s.id) - 1 AS place, count(*) OVER () AS count FROM consultations_shift s
      JOIN organizations_station st ON st.id = s.station_id WHERE st.county_id = %(county)s) x ON x.place = n %% x.count"""
AUDIT = """
INSERT INTO accounts_auditentry (at, actor_id, actor_name, request_id, action, object_type, object_id, object_label, reason)
SELECT now() - n * interval '1 minute', %(by)s, '测算', '', 'records.store_file', '', n, '', '' FROM generate_series(1, %(rows)s) n"""
MOVEMENTS = """
WITH made AS (
    INSERT INTO subsidies_fundmovement (fund_id, kind, day, amount, document_no, remark, entered_by_id, entered_at)
    SELECT %(fund)s, 'forwarded', '2022-01-10', 1, '测算' || n, '', %(by)s, now() FROM generate_series(1, %(rows)s) n RETURNING id),
audited AS (
    INSERT INTO accounts_auditentry (at, actor_id, actor_name, request_id, action, object_type, object_id, object_label, reason)
    SELECT now(), %(by)s, '测算', '', 'subsidies.enter_movement', 'subsidies.FundMovement', id, '', '' FROM made)
INSERT INTO subsidies_ledgerentry (fund_id, sequence, year, voucher_no, day, kind, amount, balance, memo, movement_id, booked_by_id, booked_at)
SELECT %(fund)s, 0, 0, 0, '2022-01-10', 'movement', 1, 0, '测算', id, %(by)s, now() FROM made"""


@transaction.atomic
def grow(county, rows):
    """So many consultations, audit entries and (a tenth of them) ledger entries more, besides what `gen.fill` made."""
    by = User.objects.get(username="bench-a").pk
    fund = Fund.objects.get_or_create(county=county, kind=Fund.Kind.SPECIAL)[0].pk
    with connection.cursor() as cursor:
        for statement, count in ((CONSULTATIONS, rows), (AUDIT, rows), (MOVEMENTS, max(rows // 10, 1))):
            cursor.execute(statement, {"rows": count, "county": county.pk, "by": by, "fund": fund})


def reader_of(county):
    """A signed-in client of somebody who may see all of these pages of a county."""
    user, is_new = User.objects.get_or_create(username=f"reader{county.pk}", defaults={"name": "测算读者", "is_demo": True})
    if is_new:
        for role in ("section", "finance", "auditor"):
            Post.objects.create(user=user, role=role, region=county, since=date(2018, 1, 1), is_confirmed=True,
                                entered_by=User.objects.get(username="bench-a"))  # fmt: skip
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    session = client.session
    session["has_second_factor"] = True
    session.save()
    return client


def fetch(client, page):
    name, query = PAGES[page]
    arguments = [YearMonth(gen.YEAR, 3)] if name == "roster-month" else []
    response = client.get(reverse(name, args=arguments) + query)
    if response.status_code != 200:
        raise SystemExit(f"{page}: {response.status_code} {response.get('Location', '')}")
    return response


def queries_of(client, page):
    """What the page asks once the process is warm, savepoints left out."""
    fetch(client, page)
    with CaptureQueriesContext(connection) as captured:
        fetch(client, page)
    return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]


def database_with(rows):
    name = f"{ground.PREFIX}pages_{rows}"
    ground.make(name)
    county = gen.fill(counties=1)[0]
    by = User.objects.get(username="bench-a")
    for month in range(1, 13):
        draft_all(counties=[county], month=YearMonth(gen.YEAR, month), by=by)
    grow(county, rows)
    with ground.as_owner(name) as cursor:
        cursor.execute("VACUUM ANALYZE")
    return name, county


def p95(values):
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", default="1000,100000")
    options.add_argument("--times", type=int, default=15)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    sizes = [int(rows) for rows in chosen.rows.split(",")]
    # The files' fingerprints are made by collectstatic, which this is not about.
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    made = {}
    for rows in sizes:
        print(f"making {rows:,} rows …", file=sys.stderr)
        made[rows] = database_with(rows)
    taken = {page: {rows: [] for rows in sizes} for page in PAGES}
    queries = {page: {} for page in PAGES}
    for turn in range(chosen.times):
        for rows in sizes:
            ground.use(made[rows][0])
            client = reader_of(made[rows][1])
            for page in PAGES:
                if turn == 0:
                    queries[page][rows] = len(queries_of(client, page))
                fetch(client, page) if page == "pay sheets" else None  # the connection is new
                begun = time.perf_counter()
                fetch(client, page)
                taken[page][rows].append((time.perf_counter() - begun) * 1000)
    for name, _county in made.values():
        ground.drop(name)
    found = {"machine": ground.machine(), "pages": {}}
    for page in PAGES:
        found["pages"][page] = {
            "queries": queries[page],
            "ms": {rows: ground.spread_of(values, 1) | {"p95": round(p95(values), 1)} for rows, values in taken[page].items()},
            "ratio of medians": round(statistics.median(taken[page][sizes[-1]]) / statistics.median(taken[page][sizes[0]]), 2),
            "ratio of p95": round(p95(taken[page][sizes[-1]]) / p95(taken[page][sizes[0]]), 2),
        }
    print(json.dumps(found, ensure_ascii=False, indent=1) if chosen.json else in_words(found))


def in_words(found):
    lines = [", ".join(f"{name} {value}" for name, value in found["machine"].items()), ""]
    for page, facts in found["pages"].items():
        each = "; ".join(
            f"{rows:,} rows {facts['queries'][rows]} queries {ms['median']} [{ms['min']}–{ms['max']}] ms"
            for rows, ms in facts["ms"].items()
        )
        lines.append(f"{page}: {each}; ratio {facts['ratio of medians']}, of p95 {facts['ratio of p95']}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
