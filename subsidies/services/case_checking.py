"""The invariants of case subsidies once more, derived from the rows: I3, I4, and what I1, I8, I14, I15, I20 say of quarterly lists."""

from subsidies.models import CaseList
from subsidies.services.case_approval import cases_no_longer_worth

LIST = """(SELECT c.name || l.year || '年第' || l.quarter || '季度第' || l.batch || '批' FROM organizations_region c WHERE c.id = l.county_id)"""
CASE = "(SELECT k.number FROM legalaid_aidcase k WHERE k.id = c.case_id)"
HANDED_IN = "l.status <> 'draft'"

# (invariant, SQL giving one text column)
CASE_QUESTIONS = (
    (
        "I1",
        f"""SELECT {LIST} || ' 表上合计 ' || l.special_total || ' 和 ' || l.operating_total || '，各件合计 ' || s.special || ' 和 ' || s.operating
            FROM subsidies_caselist l, LATERAL (
                SELECT COALESCE(SUM(p.amount) FILTER (WHERE f.kind = 'special'), 0) AS special,
                       COALESCE(SUM(p.amount) FILTER (WHERE f.kind = 'operating'), 0) AS operating
                FROM subsidies_claimpart p JOIN subsidies_caseclaim c ON c.id = p.claim_id JOIN subsidies_fund f ON f.id = p.fund_id
                WHERE c.list_id = l.id) s
            WHERE l.special_total <> s.special OR l.operating_total <> s.operating""",
    ),
    (
        "I1",
        f"""SELECT {LIST} || ' ' || r.name || ' 应付 ' || r.amount || '，各件合计 ' || COALESCE(SUM(p.amount), 0)
            FROM subsidies_casepayrow r JOIN subsidies_caselist l ON l.id = r.list_id
            LEFT JOIN subsidies_claimpart p ON p.row_id = r.id AND p.fund_id = r.fund_id
            GROUP BY l.id, r.id HAVING r.amount <> COALESCE(SUM(p.amount), 0) OR r.cases <> COUNT(DISTINCT p.claim_id)""",
    ),
    (
        "I3",
        """SELECT '案件 ' || case_id || ' 有 ' || COUNT(*) || ' 份补贴申领' FROM subsidies_caseclaim GROUP BY case_id HAVING COUNT(*) > 1""",
    ),
    (
        "I3",
        f"""SELECT {CASE} || ' 的补贴项不合：' || string_agg(p.kind, '、' ORDER BY p.id) FROM subsidies_claimpart p
            JOIN subsidies_caseclaim c ON c.id = p.claim_id GROUP BY c.id
            HAVING COUNT(*) > 2 OR COUNT(*) <> COUNT(DISTINCT p.kind) OR COUNT(*) <> COUNT(DISTINCT p.fund_id)
                OR bool_or(p.kind = 'local_full') AND COUNT(*) > 1
                OR bool_or(p.kind = 'topup') AND NOT bool_or(p.kind = 'special')""",
    ),
    (
        "I3",
        f"""SELECT {CASE} || ' 的补贴项不在其季表，或不是该项的资金' FROM subsidies_claimpart p
            JOIN subsidies_caseclaim c ON c.id = p.claim_id JOIN subsidies_caselist l ON l.id = p.list_id
            LEFT JOIN subsidies_casepayrow r ON r.id = p.row_id
            WHERE c.list_id IS DISTINCT FROM p.list_id OR r.list_id <> p.list_id OR r.fund_id <> p.fund_id
               OR p.fund_id <> CASE p.kind WHEN 'special' THEN l.special_fund_id ELSE l.operating_fund_id END""",
    ),
    (
        "I3",
        f"""SELECT {CASE} || ' 已发普通补贴，又列入季表' FROM subsidies_caseclaim c JOIN subsidies_caselist l ON l.id = c.list_id
            JOIN subsidies_casemark m ON m.case_id = c.case_id WHERE {HANDED_IN} AND m.is_ordinary_subsidy_paid""",
    ),
    (
        "I3",
        f"""SELECT '省系统案号 ' || k.provincial_no || ' 的案件重复列入季表：' || string_agg(k.number, '、' ORDER BY k.number)
            FROM subsidies_caseclaim c JOIN subsidies_caselist l ON l.id = c.list_id JOIN legalaid_aidcase k ON k.id = c.case_id
            WHERE {HANDED_IN} AND k.provincial_no <> '' GROUP BY k.county_id, k.provincial_no HAVING COUNT(*) > 1""",
    ),
    (
        "I3",
        """SELECT '第 ' || p.case_row_id || ' 号案件付款项有 ' || COUNT(*) || ' 笔未退回的支付' FROM subsidies_payment p
           WHERE p.state = 'paid' AND p.case_row_id IS NOT NULL GROUP BY p.case_row_id HAVING COUNT(*) > 1""",
    ),
    (
        "I4",
        """SELECT c.name || l.year || ' 年专项资金补贴案件 ' || COUNT(*) || ' 件，目标 ' || t.target || ' 件'
           FROM subsidies_claimpart p JOIN subsidies_caselist l ON l.id = p.list_id JOIN organizations_region c ON c.id = l.county_id,
           LATERAL (SELECT COALESCE((SELECT value::int FROM programmes_term x WHERE x.plan_id = l.plan_id AND x.key = 'case.total'
                                     ORDER BY since DESC LIMIT 1), 0) AS target) t
           WHERE p.kind = 'special' GROUP BY c.name, l.year, l.county_id, l.plan_id, t.target HAVING COUNT(*) > t.target""",
    ),
    (
        "I8",
        f"""SELECT {LIST} || ' ' || r.name || ' 应付 ' || r.amount || '，支付 ' || p.amount
            FROM subsidies_payment p JOIN subsidies_casepayrow r ON r.id = p.case_row_id JOIN subsidies_caselist l ON l.id = r.list_id
            WHERE p.amount <> r.amount OR l.status NOT IN ('approved', 'paid')""",
    ),
    (
        "I8",
        f"""SELECT {LIST} || ' 已支付，但 ' || r.name || ' 没有支付记录'
            FROM subsidies_casepayrow r JOIN subsidies_caselist l ON l.id = r.list_id WHERE l.status = 'paid' AND r.amount > 0
              AND NOT EXISTS (SELECT 1 FROM subsidies_payment p WHERE p.case_row_id = r.id)""",
    ),
    (
        "I8",
        f"""SELECT {LIST} || ' ' || r.name || ' 的支付与台账不符'
            FROM subsidies_payment p JOIN subsidies_casepayrow r ON r.id = p.case_row_id JOIN subsidies_caselist l ON l.id = r.list_id
            LEFT JOIN subsidies_ledgerentry e ON e.payment_id = p.id
            WHERE e.id IS NULL OR e.kind <> 'payment' OR e.amount <> -p.amount OR e.fund_id <> r.fund_id OR e.day <> p.paid_on""",
    ),
    (
        "I14",
        f"""SELECT {LIST} || ' 的编制、签报、复核、审核、审批人有不该相同的' FROM subsidies_caselist l WHERE {HANDED_IN} AND (
                l.submitted_by_id IS NULL OR l.submitted_by_id = l.drafted_by_id
                OR l.status IN ('reviewed', 'checked', 'approved', 'paid') AND (l.reviewed_by_id IS NULL
                    OR l.reviewed_by_id IN (l.drafted_by_id, l.submitted_by_id))
                OR l.status IN ('checked', 'approved', 'paid') AND (l.checked_by_id IS NULL
                    OR l.checked_by_id IN (l.drafted_by_id, l.submitted_by_id)
                    OR l.chain = 5 AND l.checked_by_id = l.reviewed_by_id)
                OR l.status IN ('approved', 'paid') AND (l.approved_by_id IS NULL
                    OR l.approved_by_id IN (l.drafted_by_id, l.submitted_by_id, l.reviewed_by_id, l.checked_by_id)))""",
    ),
    (
        "I14",
        f"""SELECT {LIST} || ' ' || r.name || ' 的出纳同时是本表的经办人'
            FROM subsidies_payment p JOIN subsidies_casepayrow r ON r.id = p.case_row_id JOIN subsidies_caselist l ON l.id = r.list_id
            WHERE p.paid_by_id IN (l.checked_by_id, l.approved_by_id)
               OR l.chain > 3 AND p.paid_by_id IN (l.drafted_by_id, l.submitted_by_id, l.reviewed_by_id)""",
    ),
    (
        "I15",
        f"""SELECT {LIST} || ' 的流转记录到 ' || COALESCE(v.to_status, '（无）') || '，状态是 ' || l.status
            FROM subsidies_caselist l LEFT JOIN LATERAL (
                SELECT to_status FROM subsidies_caselistevent e WHERE e.list_id = l.id ORDER BY e.id DESC LIMIT 1) v ON true
            WHERE COALESCE(v.to_status, 'draft') <> l.status""",
    ),
    (
        "I15",
        f"""SELECT {LIST} || ' 的流转从 ' || v.from_status || ' 到 ' || v.to_status || ' 不合顺序'
            FROM (SELECT *, COALESCE(LAG(to_status) OVER (PARTITION BY list_id ORDER BY id), 'draft') AS came_from
                  FROM subsidies_caselistevent) v JOIN subsidies_caselist l ON l.id = v.list_id
            WHERE v.from_status <> v.came_from OR (v.case_id IS NULL AND (v.from_status, v.to_status) NOT IN (
                ('draft', 'submitted'), ('submitted', 'reviewed'), ('reviewed', 'checked'), ('checked', 'approved'),
                ('approved', 'paid'), ('submitted', 'draft'), ('reviewed', 'draft'), ('checked', 'draft'), ('approved', 'draft')))
               OR v.case_id IS NOT NULL AND v.from_status <> v.to_status""",
    ),
    *(
        (
            "I20",
            f"""SELECT '{words} ' || x.id || ' 没有审计记录' FROM {table} x WHERE {which} AND NOT EXISTS (
                SELECT 1 FROM accounts_auditentry a WHERE a.object_type = '{label}' AND a.object_id = x.id::text)""",
        )
        for words, table, label, which in (
            ("案件补贴季表", "subsidies_caselist", "subsidies.CaseList", "TRUE"),
            ("惠民标注", "subsidies_casemark", "subsidies.CaseMark", "x.state <> 'told'"),
            ("纳入决定", "subsidies_bureaudecision", "subsidies.BureauDecision", "TRUE"),
        )
    ),
    (
        "I20",
        f"""SELECT {LIST} || ' 有 ' || v.moves || ' 次流转，审计记录 ' || v.entries || ' 条' FROM (
                SELECT e.list_id, COUNT(*) AS moves, (SELECT COUNT(*) FROM accounts_auditentry a
                    WHERE a.object_type = 'subsidies.CaseList' AND a.object_id = e.list_id::text
                      AND a.action NOT IN ('subsidies.draft_case_list', 'subsidies.choose_payee')) AS entries
                FROM subsidies_caselistevent e GROUP BY e.list_id) v JOIN subsidies_caselist l ON l.id = v.list_id
            WHERE v.entries < v.moves""",
    ),
)


def lists_that_differ():
    """I3: a case of a list that was handed in is one that the rules find worth money. What was paid and has lost its worth is told, too."""
    found = []
    for case_list in CaseList.objects.handed_in().select_related("county", "plan"):
        for number, reasons in cases_no_longer_worth(case_list):
            found.append(f"I3 {case_list} 的 {number} 现在不符合发放条件：{'、'.join(reasons)}")
    return found
