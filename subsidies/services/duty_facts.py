"""The facts of duty as the rules read them: one streamed query, ordered by person and day.

SQL by hand. Findings and settlements are looked up shift by shift through their index (LATERAL), not joined as sets: a set
join is a little faster while the server knows how many rows there are, and quadratic while it does not, as in each month
that has just been imported (docs/decisions/0020).
"""

from collections import defaultdict
from itertools import groupby

from django.db import connection

from organizations.models import PublicServantStatus
from subsidies.rules.duty_pay import FindingFact, ShiftFacts

# The last word on a fact: findings that no later one continues. A fact booked in a later month than the
# one drafted is not known yet (%(known)s), so that an old draft gives the same document again.
FACTS = """
SELECT st.county_id, s.practitioner_id, s.id, s.day, s.station_id, st.kind, s.starts_at, s.ends_at, s.lunch_minutes,
       s.is_cancelled, a.sign_in, a.sign_out, COALESCE(a.is_waived, FALSE), COALESCE(t.kind, ''), t.sign_in, t.sign_out,
       f.facts
FROM consultations_shift s
JOIN organizations_station st ON st.id = s.station_id
LEFT JOIN consultations_attendance a ON a.shift_id = s.id
LEFT JOIN LATERAL (
    SELECT x.kind, x.sign_in, x.sign_out
    FROM consultations_settlement x LEFT JOIN programmes_month m ON m.id = x.booked_in_id
    WHERE x.shift_id = s.id AND x.state = 'accepted' AND (m.first IS NULL OR m.first <= %(known)s)
    ORDER BY x.decided_at DESC, x.id DESC LIMIT 1) t ON TRUE
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(x.id, x.kind, x.times, x.state, x.consultation_no) ORDER BY x.id) AS facts
    FROM consultations_finding x LEFT JOIN programmes_month m ON m.id = x.booked_in_id
    WHERE x.shift_id = s.id AND (m.first IS NULL OR m.first <= %(known)s) AND NOT EXISTS (
        SELECT 1 FROM consultations_finding z LEFT JOIN programmes_month n ON n.id = z.booked_in_id
        WHERE z.continues_id = x.id AND (n.first IS NULL OR n.first <= %(known)s))) f ON TRUE
WHERE s.day BETWEEN %(first)s AND %(last)s AND st.county_id = ANY(%(counties)s)
  AND (%(people)s::bigint[] IS NULL OR s.practitioner_id = ANY(%(people)s::bigint[]))
ORDER BY st.county_id, s.practitioner_id, s.day, s.starts_at, s.id
"""


def facts_by_person(*, county_ids, first, last, known, practitioner_ids=None):
    """Yield (county id, practitioner id, [ShiftFacts…]) for everybody with a shift between two days.

    `known` is the first day of the month being drafted: facts booked later are left out. Streams: memory
    does not grow with the number of people. Needs a transaction (server-side cursor). Two queries.
    """
    public = public_servant_spans(first, last)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            FACTS,
            {"first": first, "last": last, "known": known, "counties": list(county_ids), "people": practitioner_ids},
        )
        for (county_id, practitioner_id), rows in groupby(cursor, key=lambda row: (row[0], row[1])):
            spans = public.get(practitioner_id, ())
            yield county_id, practitioner_id, [shift_facts(row, spans) for row in rows]


def shift_facts(row, public_spans):
    """One row of FACTS as the rules read it."""
    day = row[3]
    is_public = any(since <= day and (until is None or day <= until) for since, until in public_spans)
    findings = tuple(FindingFact(*fact) for fact in row[16]) if row[16] else ()
    return ShiftFacts(row[2], day, row[4], row[5], row[6], row[7], row[8], is_public, *row[9:16], findings)


def public_servant_spans(first, last):
    """Practitioner id → the spans in which she was a public servant, those touching the time asked for."""
    spans = defaultdict(list)
    rows = PublicServantStatus.objects.filter(is_public_servant=True, since__lte=last).exclude(until__lt=first)
    for practitioner_id, since, until in rows.order_by("since").values_list("practitioner_id", "since", "until"):
        spans[practitioner_id].append((since, until))
    return spans
