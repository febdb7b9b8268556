"""Every invariant of money once more, derived from the rows by queries of their own: what the triggers promise is not believed.

safety.md 3. Each question is one statement that gives one sentence per fault; a good book gives none.
"""

from django.db import connection, transaction

from accounts.services import verify_audit
from programmes.models import Month
from subsidies.models import PaySheet, RecomputeRequest
from subsidies.services.case_checking import CASE_QUESTIONS, lists_that_differ
from subsidies.services.comparison import changed_people, names_of, outcome_now

FIXED = "s.status <> 'draft'"
SHEET = "(SELECT c.name || to_char(m.first, 'YYYY-MM') FROM programmes_month m JOIN organizations_region c ON c.id = m.county_id WHERE m.id = s.month_id)"
FUND = """(SELECT c.name || CASE f.kind WHEN 'special' THEN '省级专项资金' WHEN 'operating' THEN '法律援助业务经费' ELSE '工作经费' END
           FROM organizations_region c WHERE c.id = f.county_id)"""

# (invariant, SQL giving one text column)
QUESTIONS = (
    (
        "I1",
        f"""SELECT {SHEET} || ' 表上合计 ' || s.total || '，明细合计 ' || COALESCE(SUM(l.amount), 0)
            FROM subsidies_paysheet s LEFT JOIN subsidies_payline l ON l.sheet_id = s.id
            WHERE {FIXED} GROUP BY s.id HAVING s.total <> COALESCE(SUM(l.amount), 0)""",
    ),
    (
        "I1",
        f"""SELECT {SHEET} || ' ' || r.name || ' 实发 ' || r.payable || '，明细合计 ' || COALESCE(SUM(l.amount), 0)
            FROM subsidies_payrow r JOIN subsidies_paysheet s ON s.id = r.sheet_id
            LEFT JOIN subsidies_payline l ON l.row_id = r.id WHERE {FIXED}
            GROUP BY s.id, r.id HAVING r.payable <> COALESCE(SUM(l.amount), 0)""",
    ),
    (
        "I1",
        f"""SELECT {SHEET} || ' ' || r.name || ' 应发、扣减、调整与明细不符'
            FROM subsidies_payrow r JOIN subsidies_paysheet s ON s.id = r.sheet_id
            LEFT JOIN subsidies_payline l ON l.row_id = r.id WHERE {FIXED} GROUP BY s.id, r.id
            HAVING r.rate <> COALESCE(SUM(l.amount) FILTER (WHERE l.kind = 'rate'), 0)
                OR r.month_amount <> COALESCE(SUM(l.amount)
                    FILTER (WHERE l.kind IN ('month_void', 'difference', 'carried')), 0)""",
    ),
    (
        "I1",
        f"""SELECT {SHEET} || ' 第 ' || l.id || ' 号补贴项与其人员不在同一张表'
            FROM subsidies_payline l JOIN subsidies_payrow r ON r.id = l.row_id
            JOIN subsidies_paysheet s ON s.id = l.sheet_id WHERE r.sheet_id <> l.sheet_id""",
    ),
    (
        "I1",
        f"""SELECT {SHEET} || ' 已复核，但还有未定班次' FROM subsidies_paysheet s
            WHERE {FIXED} AND EXISTS (SELECT 1 FROM subsidies_unsettledshift u WHERE u.sheet_id = s.id)""",
    ),
    (
        "I2",
        f"""SELECT {FUND} || ' 第 ' || e.sequence || ' 笔余额 ' || e.balance || '，逐笔累计 ' || e.running
            FROM (SELECT *, SUM(amount) OVER (PARTITION BY fund_id ORDER BY sequence) AS running
                  FROM subsidies_ledgerentry) e
            JOIN subsidies_fund f ON f.id = e.fund_id WHERE e.balance <> e.running OR e.running < 0""",
    ),
    (
        "I2",
        f"""SELECT {FUND} || ' 台账余额 ' || b.balance || '，收入减支付 ' || b.derived FROM subsidies_fund f, LATERAL (
                SELECT COALESCE((SELECT SUM(amount) FROM subsidies_ledgerentry e WHERE e.fund_id = f.id), 0) AS balance,
                    COALESCE((SELECT SUM(CASE m.kind WHEN 'remitted' THEN -m.amount ELSE m.amount END)
                        FROM subsidies_fundmovement m WHERE m.fund_id = f.id AND m.kind <> 'arrived' AND NOT EXISTS (
                            SELECT 1 FROM subsidies_ledgerentry e JOIN subsidies_ledgerentry r ON r.reverses_id = e.id
                            WHERE e.movement_id = m.id)), 0)
                    - COALESCE((SELECT SUM(p.amount) FROM subsidies_payment p JOIN subsidies_payrow w ON w.id = p.row_id
                        JOIN subsidies_paysheet s ON s.id = w.sheet_id WHERE s.fund_id = f.id AND p.state = 'paid'), 0)
                    - COALESCE((SELECT SUM(p.amount) FROM subsidies_payment p JOIN subsidies_casepayrow w ON w.id = p.case_row_id
                        WHERE w.fund_id = f.id AND p.state = 'paid'), 0)
                    AS derived) b
            WHERE b.balance <> b.derived""",
    ),
    (
        "I2",
        f"""SELECT {FUND} || ' 余额 ' || b.balance || '，少于已审批未支付的 ' || b.committed FROM subsidies_fund f, LATERAL (
                SELECT COALESCE((SELECT SUM(amount) FROM subsidies_ledgerentry e WHERE e.fund_id = f.id), 0) AS balance,
                    COALESCE((SELECT SUM(r.payable) FROM subsidies_payrow r JOIN subsidies_paysheet s ON s.id = r.sheet_id
                        WHERE s.fund_id = f.id AND s.status IN ('approved', 'paid') AND NOT EXISTS (
                            SELECT 1 FROM subsidies_payment p WHERE p.row_id = r.id AND p.state = 'paid')), 0)
                    + COALESCE((SELECT SUM(r.amount) FROM subsidies_casepayrow r JOIN subsidies_caselist l ON l.id = r.list_id
                        WHERE r.fund_id = f.id AND l.status IN ('approved', 'paid') AND NOT EXISTS (
                            SELECT 1 FROM subsidies_payment p WHERE p.case_row_id = r.id AND p.state = 'paid')), 0) AS committed) b
            WHERE b.balance < b.committed""",
    ),
    (
        "I5",
        """SELECT '班次 ' || l.shift_id || ' 发了 ' || COUNT(*) || ' 次补贴' FROM subsidies_payline l
           WHERE l.kind = 'rate' AND l.shift_id IS NOT NULL GROUP BY l.shift_id HAVING COUNT(*) > 1""",
    ),
    (
        "I5",
        """SELECT '第 ' || p.row_id || ' 号补贴项有 ' || COUNT(*) || ' 笔未退回的支付' FROM subsidies_payment p
           WHERE p.state = 'paid' AND p.row_id IS NOT NULL GROUP BY p.row_id HAVING COUNT(*) > 1""",
    ),
    (
        "I6",
        """SELECT '考核事项 ' || x.id || ' 在 ' || to_char(m.first, 'YYYY-MM') || ' 结账后登记，没有记入未结账的月份'
           FROM consultations_finding x JOIN consultations_shift h ON h.id = x.shift_id
           JOIN organizations_station t ON t.id = h.station_id
           JOIN programmes_month m ON m.county_id = t.county_id AND m.first = date_trunc('month', h.day)::date
           WHERE m.state = 'closed' AND x.booked_in_id IS NULL AND x.reported_at > m.closed_at""",
    ),
    (
        "I6",
        """SELECT '班次处理 ' || x.id || ' 在 ' || to_char(m.first, 'YYYY-MM') || ' 结账后提出，没有记入未结账的月份'
           FROM consultations_settlement x JOIN consultations_shift h ON h.id = x.shift_id
           JOIN organizations_station t ON t.id = h.station_id
           JOIN programmes_month m ON m.county_id = t.county_id AND m.first = date_trunc('month', h.day)::date
           WHERE m.state = 'closed' AND x.booked_in_id IS NULL AND x.proposed_at > m.closed_at""",
    ),
    (
        "I6",
        """SELECT c.name || to_char(m.first, 'YYYY-MM') || ' 已结账，但补贴表没有付清'
           FROM programmes_month m JOIN organizations_region c ON c.id = m.county_id
           JOIN subsidies_paysheet s ON s.month_id = m.id WHERE m.state = 'closed' AND s.status <> 'paid'""",
    ),
    (
        "I7",
        f"""SELECT {FUND} || ' 第 ' || r.sequence || ' 笔冲销与原凭证不是同一资金、金额相反'
            FROM subsidies_ledgerentry r JOIN subsidies_ledgerentry e ON e.id = r.reverses_id
            JOIN subsidies_fund f ON f.id = r.fund_id
            WHERE r.kind <> 'reversal' OR e.kind = 'reversal' OR r.fund_id <> e.fund_id OR r.amount + e.amount <> 0""",
    ),
    (
        "I7",
        f"""SELECT {FUND} || ' 第 ' || r.sequence || ' 笔冲销了已经冲销过的凭证' FROM subsidies_ledgerentry r
            JOIN subsidies_fund f ON f.id = r.fund_id WHERE r.reverses_id IS NOT NULL AND EXISTS (
                SELECT 1 FROM subsidies_ledgerentry z WHERE z.reverses_id = r.reverses_id AND z.id < r.id)""",
    ),
    (
        "I7",
        """SELECT '支付 ' || p.id || CASE p.state WHEN 'returned' THEN ' 已退票，没有冲销' ELSE ' 已冲销，没有登记退票' END
           FROM subsidies_payment p JOIN subsidies_ledgerentry e ON e.payment_id = p.id
           LEFT JOIN subsidies_ledgerentry r ON r.reverses_id = e.id WHERE (p.state = 'returned') <> (r.id IS NOT NULL)""",
    ),
    (
        "I8",
        f"""SELECT {SHEET} || ' ' || r.name || ' 实发 ' || r.payable || '，支付 ' || p.amount
            FROM subsidies_payment p JOIN subsidies_payrow r ON r.id = p.row_id JOIN subsidies_paysheet s ON s.id = r.sheet_id
            WHERE p.amount <> r.payable OR s.status NOT IN ('approved', 'paid')""",
    ),
    (
        "I8",
        f"""SELECT {SHEET} || ' 已支付，但 ' || r.name || ' 没有支付记录'
            FROM subsidies_payrow r JOIN subsidies_paysheet s ON s.id = r.sheet_id
            WHERE s.status = 'paid' AND r.payable > 0
              AND NOT EXISTS (SELECT 1 FROM subsidies_payment p WHERE p.row_id = r.id)""",
    ),
    (
        "I8",
        f"""SELECT {SHEET} || ' ' || r.name || ' 的支付与台账不符'
            FROM subsidies_payment p JOIN subsidies_payrow r ON r.id = p.row_id JOIN subsidies_paysheet s ON s.id = r.sheet_id
            LEFT JOIN subsidies_ledgerentry e ON e.payment_id = p.id
            WHERE e.id IS NULL OR e.kind <> 'payment' OR e.amount <> -p.amount OR e.fund_id <> s.fund_id OR e.day <> p.paid_on""",
    ),
    (
        "I8",
        f"""SELECT {FUND} || ' ' || m.day || ' 的资金变动与台账不符' FROM subsidies_fundmovement m
            JOIN subsidies_fund f ON f.id = m.fund_id LEFT JOIN subsidies_ledgerentry e ON e.movement_id = m.id
            WHERE CASE WHEN m.kind = 'arrived' THEN e.id IS NOT NULL
                  ELSE e.id IS NULL OR e.fund_id <> m.fund_id OR e.day <> m.day
                       OR e.amount <> CASE m.kind WHEN 'remitted' THEN -m.amount ELSE m.amount END END""",
    ),
    (
        "I10",
        f"""SELECT {SHEET} || ' 班次 ' || l.shift_id || ' 补贴 ' || SUM(l.amount) || '，低于零或高于标准'
            FROM subsidies_payline l JOIN subsidies_paysheet s ON s.id = l.sheet_id
            WHERE l.shift_id IS NOT NULL AND l.kind <> 'difference' GROUP BY s.id, l.shift_id
            HAVING SUM(l.amount) < 0 OR SUM(l.amount) > COALESCE(SUM(l.amount) FILTER (WHERE l.kind = 'rate'), 0)""",
    ),
    (
        "I10",
        f"""SELECT {SHEET} || ' 第 ' || l.id || ' 号补贴项没有条款或依据'
            FROM subsidies_payline l JOIN subsidies_paysheet s ON s.id = l.sheet_id
            WHERE l.clause = '' OR l.kind IN ('record_defect', 'dissatisfied', 'complaint', 'absence', 'no_show', 'sham_duty')
                AND l.finding_id IS NULL
               OR l.kind IN ('late', 'early_leave') AND l.finding_id IS NULL AND l.note = ''""",
    ),
    (
        "I11",
        f"""SELECT {SHEET} || ' 第 ' || l.id || ' 号扣减项金额为正'
            FROM subsidies_payline l JOIN subsidies_paysheet s ON s.id = l.sheet_id
            WHERE l.amount > 0 AND l.kind IN ('late', 'early_leave', 'record_defect', 'dissatisfied', 'complaint', 'absence',
                                              'no_show', 'sham_duty', 'month_void', 'public_servant')""",
    ),
    (
        "I12",
        f"""SELECT {SHEET} || ' ' || r.name || ' 在 ' || h.day || ' 是公职人员，发了补贴'
            FROM subsidies_payline l JOIN subsidies_payrow r ON r.id = l.row_id JOIN subsidies_paysheet s ON s.id = l.sheet_id
            JOIN consultations_shift h ON h.id = l.shift_id
            JOIN organizations_publicservantstatus p ON p.practitioner_id = r.practitioner_id AND p.is_public_servant
                AND h.day >= p.since AND (p.until IS NULL OR h.day <= p.until)
            WHERE {FIXED} AND l.kind = 'rate' AND l.amount > 0
              AND NOT EXISTS (SELECT 1 FROM subsidies_payline d WHERE d.shift_id = l.shift_id AND d.kind = 'difference')
              AND NOT EXISTS (SELECT 1 FROM subsidies_recomputerequest q WHERE q.month_id = s.month_id)""",
    ),
    (
        "I13",
        """SELECT p.code || ' 的 ' || t.key || ' 在 ' || t.since || ' 有 ' || COUNT(*) || ' 个值'
           FROM programmes_term t JOIN programmes_plan p ON p.id = t.plan_id
           GROUP BY p.code, t.key, t.since HAVING COUNT(*) > 1""",
    ),
    (
        "I14",
        f"""SELECT {SHEET} || ' 的制表、复核、审核、审批人有不该相同的' FROM subsidies_paysheet s
            WHERE {FIXED} AND (
                s.reviewed_by_id IS NULL OR s.reviewed_by_id = s.drafted_by_id
                OR s.status IN ('checked', 'approved', 'paid') AND (
                    s.checked_by_id IS NULL OR s.checked_by_id = s.drafted_by_id
                    OR s.chain = 5 AND s.checked_by_id = s.reviewed_by_id)
                OR s.status IN ('approved', 'paid') AND (s.approved_by_id IS NULL
                    OR s.approved_by_id IN (s.drafted_by_id, s.reviewed_by_id, s.checked_by_id)))""",
    ),
    (
        "I14",
        f"""SELECT {SHEET} || ' ' || r.name || ' 的出纳同时是本表的经办人'
            FROM subsidies_payment p JOIN subsidies_payrow r ON r.id = p.row_id JOIN subsidies_paysheet s ON s.id = r.sheet_id
            WHERE p.paid_by_id IN (s.checked_by_id, s.approved_by_id)
               OR s.chain > 3 AND p.paid_by_id IN (s.drafted_by_id, s.reviewed_by_id)""",
    ),
    (
        "I15",
        f"""SELECT {SHEET} || ' 的流转记录到 ' || COALESCE(v.to_status, '（无）') || '，状态是 ' || s.status
            FROM subsidies_paysheet s LEFT JOIN LATERAL (
                SELECT to_status FROM subsidies_paysheetevent e WHERE e.sheet_id = s.id ORDER BY e.id DESC LIMIT 1) v ON true
            WHERE COALESCE(v.to_status, 'draft') <> s.status""",
    ),
    (
        "I15",
        f"""SELECT {SHEET} || ' 的流转从 ' || v.from_status || ' 到 ' || v.to_status || ' 不合顺序'
            FROM (SELECT *, COALESCE(LAG(to_status) OVER (PARTITION BY sheet_id ORDER BY id), 'draft') AS came_from
                  FROM subsidies_paysheetevent) v JOIN subsidies_paysheet s ON s.id = v.sheet_id
            WHERE v.from_status <> v.came_from OR (v.from_status, v.to_status) NOT IN (('draft', 'reviewed'),
                ('reviewed', 'checked'), ('checked', 'approved'), ('approved', 'paid'), ('reviewed', 'draft'),
                ('checked', 'draft'), ('approved', 'draft'))""",
    ),
    (
        "I16",
        """SELECT '考核事项 ' || x.id || ' 由本人或登记人核实' FROM consultations_finding x
           JOIN consultations_shift h ON h.id = x.shift_id JOIN organizations_practitioner p ON p.id = h.practitioner_id
           WHERE x.state IN ('upheld', 'dropped') AND (x.decided_by_id IS NULL OR x.decided_by_id = p.user_id
                OR x.decided_by_id = x.reported_by_id AND x.source NOT IN ('clock', 'import'))""",
    ),
    (
        "I17",
        """SELECT p.name || ' 在 ' || a.day || ' 同一时间有两个班次' FROM consultations_shift a
           JOIN consultations_shift b ON b.practitioner_id = a.practitioner_id AND b.day = a.day AND b.id > a.id
                AND b.starts_at < a.ends_at AND a.starts_at < b.ends_at
           JOIN organizations_practitioner p ON p.id = a.practitioner_id
           WHERE NOT a.is_cancelled AND NOT b.is_cancelled""",
    ),
    (
        "I18",
        f"""SELECT {FUND} || ' ' || e.year || ' 年凭证号有缺号或重号：' || COUNT(*) || ' 张，最大号 ' || MAX(e.voucher_no)
            FROM subsidies_ledgerentry e JOIN subsidies_fund f ON f.id = e.fund_id GROUP BY f.id, e.year
            HAVING MIN(e.voucher_no) <> 1 OR MAX(e.voucher_no) <> COUNT(*) OR COUNT(DISTINCT e.voucher_no) <> COUNT(*)""",
    ),
    (
        "I18",
        f"""SELECT {FUND} || ' 台账序号有缺号或重号' FROM subsidies_ledgerentry e JOIN subsidies_fund f ON f.id = e.fund_id
            GROUP BY f.id HAVING MIN(e.sequence) <> 1 OR MAX(e.sequence) <> COUNT(*) OR COUNT(DISTINCT e.sequence) <> COUNT(*)""",
    ),
    *(
        (
            "I20",
            f"""SELECT '{words} ' || x.id || ' 没有审计记录' FROM {table} x WHERE NOT EXISTS (
                SELECT 1 FROM accounts_auditentry a WHERE a.object_type = '{label}' AND a.object_id = x.id::text)""",
        )
        for words, table, label in (
            ("补贴表", "subsidies_paysheet", "subsidies.PaySheet"),
            ("支付", "subsidies_payment", "subsidies.Payment"),
            ("资金变动", "subsidies_fundmovement", "subsidies.FundMovement"),
            ("冲销申请", "subsidies_reversalproposal", "subsidies.ReversalProposal"),
            ("扣回", "subsidies_recovery", "subsidies.Recovery"),
        )
    ),
    (
        "I20",
        f"""SELECT {SHEET} || ' 有 ' || v.moves || ' 次流转，审计记录 ' || v.entries || ' 条' FROM (
                SELECT e.sheet_id, COUNT(*) AS moves, (SELECT COUNT(*) FROM accounts_auditentry a
                    WHERE a.object_type = 'subsidies.PaySheet' AND a.object_id = e.sheet_id::text
                      AND a.action <> 'subsidies.draft_pay') AS entries
                FROM subsidies_paysheetevent e GROUP BY e.sheet_id) v JOIN subsidies_paysheet s ON s.id = v.sheet_id
            WHERE v.entries < v.moves""",
    ),
)


@transaction.atomic
def check_books():
    """One sentence per fault, each beginning with its invariant; an empty list for a good book. Reads only."""
    found = []
    with connection.cursor() as cursor:
        for invariant, question in QUESTIONS + CASE_QUESTIONS:
            cursor.execute(question)
            found += [f"{invariant} {words}" for (words,) in cursor.fetchall()]
    return found + closed_months_that_differ() + lists_that_differ() + audit_chain()


def closed_months_that_differ():
    """I9: a closed month drafted once more gives its sheet again, unless a later month was asked to book the difference."""
    found = []
    asked = RecomputeRequest.objects.values("month")
    sheets = PaySheet.objects.filter(month__state=Month.State.CLOSED).exclude(month__in=asked)
    for sheet in sheets.select_related("month__county"):
        people, _unsettled = changed_people(sheet, outcome_now(sheet.month))
        if people:
            names = "、".join(names_of(people)[:5])
            found.append(f"I9 {sheet.month.county}{sheet.month.period} 按现有事实重算与已付的表不同：{names}等 {len(people)} 人")
    return found


def audit_chain():
    broken = verify_audit()
    return [f"I20 {broken}"] if broken else []
