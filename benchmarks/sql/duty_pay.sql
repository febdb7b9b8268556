-- A month's duty pay of many counties, stated once more and apart from the program: contract.md 3.1-3.6 and 4, domain.md 1.6.
--
-- What the service does in Python is done here by sets and windows, into the same tables under the same constraints and triggers. It is
-- a limit (how fast could it be) and an oracle (is it right). It takes our readings at what contract.md says of them, so only for a plan
-- that leaves them so; it knows no month that was drafted before, hence neither differences nor what was carried.
-- Parameters: counties (ids), first and last (days of the month), by (user id), at (instant).

DROP TABLE IF EXISTS bench_terms, bench_finding, bench_duty, bench_sheet, bench_line;

-- ---- the month's sheets, each with its audit entry

INSERT INTO programmes_month (county_id, first, state, closed_count)
SELECT county, %(first)s, 'open', 0 FROM unnest(%(counties)s) county ON CONFLICT DO NOTHING;
INSERT INTO subsidies_fund (county_id, kind) SELECT county, 'special' FROM unnest(%(counties)s) county ON CONFLICT DO NOTHING;

-- The plan nearest to the county: its own, the city's, the province's.
INSERT INTO subsidies_paysheet (month_id, plan_id, fund_id, status, version, chain, total, drafted_by_id, drafted_at)
SELECT DISTINCT ON (m.id) m.id, p.id, f.id, 'draft', 1, COALESCE(c.people, 5), 0, %(by)s, %(at)s
FROM programmes_month m
JOIN organizations_region county ON county.id = m.county_id
JOIN organizations_region city ON city.id = county.parent_id
JOIN programmes_plan p ON p.region_id IN (county.id, city.id, city.parent_id)
    AND %(first)s BETWEEN p.starts_on AND p.ends_on AND 'duty' = ANY(string_to_array(p.parts, '、'))
JOIN subsidies_fund f ON f.county_id = county.id AND f.kind = 'special'
LEFT JOIN subsidies_paychain c ON c.county_id = county.id AND c.since <= %(last)s
WHERE m.first = %(first)s AND m.county_id = ANY(%(counties)s)
ORDER BY m.id, p.region_id = county.id DESC, p.region_id = city.id DESC, p.starts_on DESC, c.since DESC;

CREATE TEMP TABLE bench_sheet ON COMMIT DROP AS
SELECT s.id, s.plan_id, m.county_id FROM subsidies_paysheet s JOIN programmes_month m ON m.id = s.month_id
WHERE m.first = %(first)s AND m.county_id = ANY(%(counties)s);
ANALYZE bench_sheet;

INSERT INTO accounts_auditentry (at, actor_id, actor_name, request_id, action, object_type, object_id, object_label, reason)
SELECT %(at)s, %(by)s, 'SQL', '', 'subsidies.draft_pay', 'subsidies.PaySheet', s.id, '', '' FROM bench_sheet s;

-- ---- what the plan says on each day, for each kind of station

CREATE TEMP TABLE bench_terms ON COMMIT DROP AS
WITH in_force AS (
    SELECT DISTINCT ON (t.plan_id, d.day, t.key) t.plan_id, d.day::date AS day, t.key, t.value, t.unit, t.clause
    FROM generate_series(%(first)s::date, %(last)s::date, '1 day') d(day)
    JOIN programmes_term t ON t.since <= d.day::date AND t.plan_id IN (SELECT plan_id FROM bench_sheet)
    WHERE t.key ~ '^(duty[.](rate|deduction|month_void|cancelled_day|public_servant)|reading[.]D1$|fund[.]special_uses$)'
    ORDER BY t.plan_id, d.day, t.key, t.since DESC)
SELECT k.plan_id, k.day, k.kind,
    max(t.value::numeric) FILTER (WHERE t.key = 'duty.rate.' || k.kind) AS rate,
    COALESCE(bool_or(t.unit = '元/人/天') FILTER (WHERE t.key = 'duty.rate.' || k.kind), FALSE) AS is_by_day,
    COALESCE(max(t.clause) FILTER (WHERE t.key = 'duty.rate.' || k.kind),
             max(t.clause) FILTER (WHERE t.key = 'fund.special_uses')) AS rate_clause,
    max(t.value::numeric) FILTER (WHERE t.key = 'duty.deduction.late') AS late,
    max(t.clause) FILTER (WHERE t.key = 'duty.deduction.late') AS late_clause,
    max(t.value::numeric) FILTER (WHERE t.key = 'duty.deduction.early_leave') AS early,
    max(t.clause) FILTER (WHERE t.key = 'duty.deduction.early_leave') AS early_clause,
    max(t.value::numeric) FILTER (WHERE t.key = 'duty.deduction.record_defect') AS record_defect,
    max(t.clause) FILTER (WHERE t.key = 'duty.deduction.record_defect') AS record_defect_clause,
    max(t.value::numeric) FILTER (WHERE t.key = 'duty.deduction.dissatisfied') AS dissatisfied,
    max(t.clause) FILTER (WHERE t.key = 'duty.deduction.dissatisfied') AS dissatisfied_clause,
    max(t.value::numeric) FILTER (WHERE t.key = 'duty.deduction.complaint') AS complaint,
    max(t.clause) FILTER (WHERE t.key = 'duty.deduction.complaint') AS complaint_clause,
    max(t.value::numeric) FILTER (WHERE t.key = 'duty.deduction.absence.' || k.kind) AS absence,
    max(t.clause) FILTER (WHERE t.key = 'duty.deduction.absence.' || k.kind) AS absence_clause,
    max(t.value::int) FILTER (WHERE t.key = 'duty.month_void.absences') AS void_from,
    max(t.clause) FILTER (WHERE t.key = 'duty.month_void.absences') AS void_clause,
    max(t.clause) FILTER (WHERE t.key = 'duty.cancelled_day') AS cancel_clause,
    max(t.clause) FILTER (WHERE t.key = 'duty.public_servant') AS public_clause,
    max(t.clause) FILTER (WHERE t.key = 'reading.D1') AS floor_clause
FROM (SELECT DISTINCT f.plan_id, f.day, st.kind FROM in_force f, (SELECT DISTINCT kind FROM organizations_station) st) k
JOIN in_force t USING (plan_id, day)
GROUP BY k.plan_id, k.day, k.kind;
ANALYZE bench_terms;

-- ---- the findings in force: those that nothing known in this month continues

CREATE TEMP TABLE bench_finding ON COMMIT DROP AS
WITH known AS (
    SELECT f.*, s.county_id AS county, x.practitioner_id, x.day, x.starts_at, st.kind AS station_kind, s.plan_id
    FROM consultations_shift x
    JOIN organizations_station st ON st.id = x.station_id
    JOIN bench_sheet s ON s.county_id = st.county_id
    JOIN consultations_finding f ON f.shift_id = x.id
    LEFT JOIN programmes_month m ON m.id = f.booked_in_id
    WHERE x.day BETWEEN %(first)s AND %(last)s AND COALESCE(m.first, '-infinity') <= %(first)s),
standing AS (SELECT * FROM known k WHERE NOT EXISTS (SELECT 1 FROM known later WHERE later.continues_id = k.id))
SELECT f.id, f.shift_id, f.county, f.practitioner_id, f.day, f.starts_at, f.kind, f.times, f.state,
    -- What it takes off; nothing where it is not upheld, is not about pay by the time, or repeats a fact (3.5).
    CASE WHEN f.state <> 'upheld' THEN NULL
        WHEN f.consultation_no <> '' AND f.kind IN ('dissatisfied', 'complaint') AND row_number() OVER (
            PARTITION BY f.shift_id, f.consultation_no, f.state = 'upheld' AND f.kind IN ('dissatisfied', 'complaint')
            ORDER BY f.times DESC, f.id) > 1 THEN NULL
        ELSE f.times * CASE f.kind WHEN 'record_defect' THEN t.record_defect WHEN 'dissatisfied' THEN t.dissatisfied
                                   WHEN 'complaint' THEN t.complaint WHEN 'absence' THEN t.absence END END AS taken_off,
    CASE f.kind WHEN 'record_defect' THEN t.record_defect_clause WHEN 'dissatisfied' THEN t.dissatisfied_clause
                WHEN 'complaint' THEN t.complaint_clause WHEN 'absence' THEN t.absence_clause END AS clause
FROM standing f JOIN bench_terms t ON t.plan_id = f.plan_id AND t.day = f.day AND t.kind = f.station_kind;
ANALYZE bench_finding;

-- ---- the shifts: settled or not, cancelled or not, what the clock takes off

CREATE TEMP TABLE bench_duty ON COMMIT DROP AS
WITH about AS (
    SELECT shift_id, sum(taken_off) AS taken_off,
        (array_agg(kind ORDER BY id) FILTER (WHERE kind IN ('sham_duty', 'no_show') AND state IN ('reported', 'heard')))[1] AS open_check,
        sum(times) FILTER (WHERE kind = 'absence' AND state = 'upheld') AS absences,
        max(id) FILTER (WHERE kind = 'late' AND state = 'upheld') AS late_upheld,
        bool_or(kind = 'late' AND state = 'dropped') AS late_dropped,
        max(id) FILTER (WHERE kind = 'early_leave' AND state = 'upheld') AS early_upheld,
        bool_or(kind = 'early_leave' AND state = 'dropped') AS early_dropped
    FROM bench_finding GROUP BY shift_id),
cancelled_day AS (
    SELECT DISTINCT ON (county, practitioner_id, day) county, practitioner_id, day, kind, id
    FROM bench_finding WHERE kind IN ('sham_duty', 'no_show') AND state = 'upheld'
    ORDER BY county, practitioner_id, day, kind = 'sham_duty' DESC, starts_at, shift_id, id),
settled AS (
    SELECT DISTINCT ON (y.shift_id) y.shift_id, y.kind, y.sign_in, y.sign_out
    FROM consultations_settlement y JOIN consultations_shift x ON x.id = y.shift_id
    LEFT JOIN programmes_month m ON m.id = y.booked_in_id
    WHERE x.day BETWEEN %(first)s AND %(last)s AND y.state = 'accepted' AND COALESCE(m.first, '-infinity') <= %(first)s
    ORDER BY y.shift_id, y.decided_at DESC, y.id DESC),
seen AS (
    SELECT x.id, x.practitioner_id, x.day, x.starts_at, s.id AS sheet_id, s.county_id, st.kind AS station_kind, s.plan_id,
        x.is_cancelled OR COALESCE(y.kind IN ('deferred', 'closed'), FALSE) AS is_set_aside,
        COALESCE(y.kind, '') AS settled_as, COALESCE(a.is_waived, FALSE) AS is_waived,
        CASE WHEN y.kind = 'times' THEN y.sign_in ELSE a.sign_in END AS came,
        CASE WHEN y.kind = 'times' THEN y.sign_out ELSE a.sign_out END AS left_at,
        date_part('hour', x.starts_at)::int * 60 + date_part('minute', x.starts_at)::int AS from_minute,
        date_part('hour', x.ends_at)::int * 60 + date_part('minute', x.ends_at)::int AS to_minute, x.lunch_minutes,
        f.taken_off, f.open_check, f.late_upheld, f.late_dropped, f.early_upheld, f.early_dropped, f.absences,
        c.kind AS cancel_kind, c.id AS cancel_id
    FROM consultations_shift x
    JOIN organizations_station st ON st.id = x.station_id
    JOIN bench_sheet s ON s.county_id = st.county_id
    LEFT JOIN consultations_attendance a ON a.shift_id = x.id
    LEFT JOIN settled y ON y.shift_id = x.id
    LEFT JOIN about f ON f.shift_id = x.id
    LEFT JOIN cancelled_day c ON c.county = s.county_id AND c.practitioner_id = x.practitioner_id AND c.day = x.day
    WHERE x.day BETWEEN %(first)s AND %(last)s),
timed AS (
    SELECT *, date_part('hour', came)::int * 60 + date_part('minute', came)::int AS came_minute,
        date_part('hour', left_at)::int * 60 + date_part('minute', left_at)::int AS left_minute
    FROM seen),
judged AS (
    SELECT *,
        CASE WHEN is_set_aside OR cancel_kind IS NOT NULL THEN NULL
            WHEN open_check = 'sham_duty' THEN '虚假值班待核实'
            WHEN open_check = 'no_show' THEN '值班日不在岗待核实'
            WHEN settled_as = 'served' THEN NULL
            WHEN came IS NULL AND left_at IS NULL THEN '缺签到、签退'
            WHEN came IS NULL THEN '缺签到'
            WHEN left_at IS NULL THEN '缺签退'
            WHEN 2 * (least(left_minute, to_minute) - greatest(came_minute, from_minute) - lunch_minutes)
                 < to_minute - from_minute - lunch_minutes THEN '实际值班不足计划时间一半' END AS reason,
        CASE WHEN is_waived OR settled_as = 'served' OR came IS NULL OR left_at IS NULL THEN 0
            ELSE greatest(came_minute - from_minute, 0) END AS minutes_late,
        CASE WHEN is_waived OR settled_as = 'served' OR came IS NULL OR left_at IS NULL THEN 0
            ELSE greatest(to_minute - left_minute, 0) END AS minutes_early
    FROM timed),
priced AS (
    SELECT j.*, NOT j.is_set_aside AND j.reason IS NULL AS is_settled, t.is_by_day, t.rate_clause, t.late_clause, t.early_clause,
        t.cancel_clause, t.public_clause, t.floor_clause, t.void_clause, t.void_from, t.rate,
        j.cancel_kind IS NULL AND (j.late_upheld IS NOT NULL OR j.late_dropped IS NOT TRUE AND j.minutes_late > 0) AS is_late,
        j.cancel_kind IS NULL AND (j.early_upheld IS NOT NULL OR j.early_dropped IS NOT TRUE AND j.minutes_early > 0) AS is_early,
        t.late, t.early, p.practitioner_id IS NOT NULL AS is_public
    FROM judged j
    JOIN bench_terms t ON t.plan_id = j.plan_id AND t.day = j.day AND t.kind = j.station_kind
    LEFT JOIN organizations_publicservantstatus p ON p.practitioner_id = j.practitioner_id AND p.is_public_servant
        AND j.day BETWEEN p.since AND COALESCE(p.until, 'infinity'))
-- The centre's rate is one a person and day: the first of her settled shifts that are paid so (1.6).
SELECT *, is_settled AND NOT is_public AND rate IS NOT NULL AND NOT (is_by_day AND row_number() OVER (
        PARTITION BY county_id, practitioner_id, day, is_settled AND is_by_day ORDER BY starts_at, id) > 1) AS is_paid
FROM priced;
ANALYZE bench_duty;

-- ---- the lines

CREATE TEMP TABLE bench_line (sheet_id bigint, practitioner_id bigint, shift_id bigint, kind text, amount numeric(12, 2), clause text,
    times int, finding_id bigint, note text) ON COMMIT DROP;
INSERT INTO bench_line
SELECT d.sheet_id, d.practitioner_id, d.id, line.*
FROM bench_duty d CROSS JOIN LATERAL (
    SELECT 'public_servant', 0, d.public_clause, 1, NULL::bigint, '' WHERE d.is_public
    UNION ALL SELECT 'rate', CASE WHEN d.is_paid THEN d.rate ELSE 0 END, d.rate_clause, 1, NULL,
        CASE WHEN d.rate IS NULL THEN '方案不发放这类站点的值班补贴' WHEN d.is_paid THEN '' ELSE '每人每天补贴一次，当天已计' END
        WHERE NOT d.is_public
    UNION ALL SELECT d.cancel_kind, -d.rate, d.cancel_clause, 1, d.cancel_id, '' WHERE d.is_paid AND d.cancel_kind IS NOT NULL
    UNION ALL SELECT 'late', -d.late, d.late_clause, 1, d.late_upheld,
        CASE WHEN d.minutes_late > 0 THEN '迟到 ' || d.minutes_late || ' 分钟' ELSE '' END WHERE d.is_paid AND d.is_late
    UNION ALL SELECT 'early_leave', -d.early, d.early_clause, 1, d.early_upheld,
        CASE WHEN d.minutes_early > 0 THEN '早退 ' || d.minutes_early || ' 分钟' ELSE '' END WHERE d.is_paid AND d.is_early
    -- Nothing is taken off beyond the shift's own pay.
    UNION ALL SELECT 'floor', below.amount, d.floor_clause, 1, NULL, '扣减以本班次补贴为限（口径 D1）'
        FROM (SELECT COALESCE(d.taken_off, 0) + CASE WHEN d.is_late THEN d.late ELSE 0 END
                     + CASE WHEN d.is_early THEN d.early ELSE 0 END - d.rate AS amount) below
        WHERE d.is_paid AND d.cancel_kind IS NULL AND below.amount > 0
) line
WHERE d.is_settled;
INSERT INTO bench_line
SELECT d.sheet_id, d.practitioner_id, d.id, f.kind, -f.taken_off, f.clause, f.times, f.id, ''
FROM bench_finding f JOIN bench_duty d ON d.id = f.shift_id
WHERE d.is_paid AND d.cancel_kind IS NULL AND f.taken_off IS NOT NULL;
-- Three absences in the month, and the month is not paid: the person's, over all stations, on whatever shift (3.5).
INSERT INTO bench_line
SELECT a.sheet_id, a.practitioner_id, NULL, 'month_void', -COALESCE(
        (SELECT sum(l.amount) FROM bench_line l WHERE l.sheet_id = a.sheet_id AND l.practitioner_id = a.practitioner_id), 0),
    a.clause, a.absences, NULL, '当月脱岗 ' || a.absences || ' 次'
FROM (SELECT sheet_id, practitioner_id, sum(absences) AS absences, max(void_from) AS void_from, max(void_clause) AS clause
      FROM bench_duty GROUP BY sheet_id, practitioner_id) a
WHERE a.absences >= a.void_from;
ANALYZE bench_line;

-- ---- what is written: everybody with a shift in the month, the lines, what is unsettled, the totals

INSERT INTO subsidies_payrow (sheet_id, practitioner_id, name, category, shifts_served, rate, deducted, month_amount, payable,
    is_month_void, account_id)
SELECT d.sheet_id, d.practitioner_id, p.name, p.kind, d.served, COALESCE(l.rate, 0), COALESCE(l.deducted, 0), COALESCE(l.month, 0),
    COALESCE(l.amount, 0), COALESCE(l.is_void, FALSE), b.id
FROM (SELECT sheet_id, practitioner_id, count(*) FILTER (WHERE is_settled AND cancel_kind IS NULL) AS served
      FROM bench_duty GROUP BY sheet_id, practitioner_id) d
JOIN organizations_practitioner p ON p.id = d.practitioner_id
LEFT JOIN organizations_bankaccount b ON b.practitioner_id = p.id AND b.state = 'confirmed'
LEFT JOIN (
    SELECT sheet_id, practitioner_id, sum(amount) AS amount, sum(amount) FILTER (WHERE kind = 'rate') AS rate,
        sum(amount) FILTER (WHERE kind <> 'rate' AND shift_id IS NOT NULL) AS deducted,
        sum(amount) FILTER (WHERE shift_id IS NULL) AS month, bool_or(kind = 'month_void') AS is_void
    FROM bench_line GROUP BY sheet_id, practitioner_id) l ON l.sheet_id = d.sheet_id AND l.practitioner_id = d.practitioner_id
ORDER BY d.sheet_id, d.practitioner_id;

INSERT INTO subsidies_payline (sheet_id, row_id, shift_id, kind, amount, clause, times, finding_id, source_month_id, note)
SELECT l.sheet_id, r.id, l.shift_id, l.kind, l.amount, l.clause, l.times, l.finding_id, NULL, l.note
FROM bench_line l JOIN subsidies_payrow r ON r.sheet_id = l.sheet_id AND r.practitioner_id = l.practitioner_id;

INSERT INTO subsidies_unsettledshift (sheet_id, shift_id, reason)
SELECT sheet_id, id, reason FROM bench_duty WHERE reason IS NOT NULL;

UPDATE subsidies_paysheet s SET total = t.total
FROM (SELECT sheet_id, sum(payable) AS total FROM subsidies_payrow WHERE sheet_id IN (SELECT id FROM bench_sheet) GROUP BY sheet_id) t
WHERE t.sheet_id = s.id
