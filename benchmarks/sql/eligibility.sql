-- Which marked cases of many counties are worth money, from which fund, and every reason why another is not: stated once more and apart
-- from the program, from contract.md 3.8 and domain.md 1.8, 1.9. A limit (how fast could it be) and an oracle (is it right).
-- It takes our readings as contract.md tells them, and one set of terms for the whole year. It knows no list that was handed in.
-- Like the service it ends with the facts of each case beside its verdict: pages and papers show both.
-- Parameters: counties (ids), plan (id), first and until (days of marks), from and to (the plan's year).

WITH terms AS (
    SELECT DISTINCT ON (key) key, value FROM programmes_term WHERE plan_id = %(plan)s AND since <= %(to)s AND key LIKE 'case.%%'
    ORDER BY key, since DESC
), plan AS (
    SELECT string_to_array(max(value) FILTER (WHERE key = 'case.groups'), '、') AS groups,
        string_to_array(max(value) FILTER (WHERE key = 'case.types'), '、') AS types,
        string_to_array(max(value) FILTER (WHERE key = 'case.bases'), '、') AS bases,
        string_to_array(max(value) FILTER (WHERE key = 'case.mandatory_notice.bases'), '、') AS mandatory,
        string_to_array(max(value) FILTER (WHERE key = 'case.optional_notice.bases'), '、') AS optional,
        string_to_array(max(value) FILTER (WHERE key = 'case.mandatory_notice.organs'), '、') AS mandatory_organs,
        string_to_array(max(value) FILTER (WHERE key = 'case.optional_notice.organs'), '、') AS optional_organs,
        string_to_array(max(value) FILTER (WHERE key = 'case.mandatory_notice.stages'), '、') AS mandatory_stages,
        string_to_array(max(value) FILTER (WHERE key = 'case.optional_notice.stages'), '、') AS optional_stages,
        string_to_array(max(value) FILTER (WHERE key = 'case.optional_notice.procedures'), '、') AS procedures,
        max(value) FILTER (WHERE key = 'case.window.approved_from')::date AS approved_from,
        max(value) FILTER (WHERE key = 'case.subsidy.special')::numeric AS special,
        max(value) FILTER (WHERE key = 'case.total')::int AS target
    FROM terms
), facts AS (
    SELECT c.county_id, c.id, c.number, c.primary_group, c.other_groups, c.type, c.source, c.organ, c.stage, c.procedure, c.basis,
        c.hardship, c.received_on, c.approved_on, c.concluded_on, c.archived_on, c.quality_verified_on, c.quality_grade, c.provincial_no,
        c.provincial_entered_on, c.is_undertaken_by_agency, m.marked_on, m.local_standard, m.is_ordinary_subsidy_paid, c.is_history,
        c.hardship = 'exempt' AND NOT c.is_history AND EXISTS (SELECT 1 FROM legalaid_casefile f WHERE f.case_id = c.id
            AND f.kind = 'exemption_proof' AND f.removed_at IS NULL) AS has_proof, d.is_included, p.special, p.target,
        array_remove(ARRAY[
            CASE WHEN NOT (c.primary_group = ANY(p.groups) OR c.other_groups && p.groups::varchar[]) THEN '不属于特殊群体' END,
            CASE WHEN c.type <> ALL(p.types) AND d.is_included IS NOT TRUE THEN '案件类型不在方案所列范围'
                || CASE WHEN d.is_included IS NULL THEN '，需局里决定' ELSE '，局里决定不纳入' END END,
            CASE WHEN c.basis = ANY(p.bases) THEN NULL
                 WHEN c.basis = ANY(p.mandatory) OR c.basis = ANY(p.optional)
                 THEN CASE WHEN c.source <> 'notice' THEN '该事项限于人民法院通知的案件，本案不是通知案件' END
                 WHEN d.is_included IS NOT TRUE THEN '援助事项不在方案所列范围'
                    || CASE WHEN d.is_included IS NULL THEN '，需局里决定' ELSE '，局里决定不纳入' END END,
            CASE WHEN c.source = 'notice' AND c.organ <> ALL(CASE WHEN c.basis = ANY(p.mandatory) THEN p.mandatory_organs
                     WHEN c.basis = ANY(p.optional) THEN p.optional_organs ELSE ARRAY['court'] END) THEN '不是人民法院通知的案件' END,
            CASE WHEN c.source = 'notice' AND c.stage <> ALL(CASE WHEN c.basis = ANY(p.mandatory) THEN p.mandatory_stages
                     WHEN c.basis = ANY(p.optional) THEN p.optional_stages ELSE ARRAY['first_instance', 'second_instance', 'retrial'] END)
                 THEN '不在审判阶段' END,
            CASE WHEN c.source = 'notice' AND c.basis = ANY(p.optional) AND c.stage = 'first_instance' AND c.procedure <> ALL(p.procedures)
                 THEN '一审案件不适用普通程序' END,
            CASE WHEN c.source <> 'notice' AND (c.type IN ('criminal_defence', 'criminal_litigation') OR c.basis = 'laf_29')
                  AND c.stage NOT IN ('first_instance', 'second_instance', 'retrial') AND d.is_included IS NOT TRUE
                 THEN '刑事案件不在审判阶段' || CASE WHEN d.is_included IS NULL THEN '，需局里决定' ELSE '，局里决定不纳入' END END,
            CASE WHEN COALESCE(c.approved_on, CASE WHEN c.source = 'notice' THEN c.received_on END) IS NULL THEN '没有批准日期'
                 WHEN COALESCE(c.approved_on, c.received_on) < p.approved_from THEN '批准日期早于'
                    || to_char(p.approved_from, 'FMYYYY"年"FMMM"月"FMDD"日"') END,
            CASE WHEN c.concluded_on IS NULL THEN '尚未结案，没有结案日期'
                 WHEN c.concluded_on NOT BETWEEN %(from)s AND %(to)s THEN '结案日期不在' || to_char(%(to)s::date, 'YYYY') || '年' END,
            CASE WHEN c.source = 'notice' OR c.is_history THEN NULL WHEN c.hardship = 'not_applicable' THEN '申请案件没有经济困难审查结论'
                 WHEN c.hardship = 'exempt' AND NOT EXISTS (SELECT 1 FROM legalaid_casefile f WHERE f.case_id = c.id
                      AND f.kind = 'exemption_proof' AND f.removed_at IS NULL) THEN '免予经济困难审查，但缺相应证明' END,
            CASE WHEN c.provincial_no = '' OR c.provincial_entered_on IS NULL THEN '没有录入省法律援助管理系统' END,
            CASE WHEN c.archived_on IS NULL THEN '案卷没有归档' END,
            CASE WHEN c.quality_grade = 'fail' THEN '质量核验不合格' WHEN c.quality_verified_on IS NULL THEN '没有通过质量核验' END,
            CASE WHEN c.is_undertaken_by_agency THEN '承办人为法律援助机构人员，不发补贴，计入任务' END,
            CASE WHEN m.is_ordinary_subsidy_paid THEN '已发普通法律援助补贴，不得重复发放' END
        ], NULL) AS reasons
    FROM legalaid_aidcase c JOIN subsidies_casemark m ON m.case_id = c.id CROSS JOIN plan p
    LEFT JOIN (SELECT DISTINCT ON (case_id) case_id, is_included FROM subsidies_bureaudecision ORDER BY case_id, id DESC) d
        ON d.case_id = c.id
    WHERE c.county_id = ANY(%(counties)s) AND m.state IN ('told', 'signed')
      AND (m.marked_on BETWEEN %(first)s AND %(until)s OR m.marked_on > %(to)s AND c.concluded_on BETWEEN %(from)s AND %(to)s)
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY county_id, reasons = '{}'
                                 ORDER BY marked_on, concluded_on, number COLLATE "C") AS place FROM facts
)
SELECT county_id, id, number, primary_group, other_groups, type, source, organ, stage, procedure, basis, hardship, received_on, approved_on,
    concluded_on, archived_on, quality_verified_on, quality_grade, provincial_no, provincial_entered_on, is_undertaken_by_agency,
    marked_on, local_standard, is_ordinary_subsidy_paid, is_history, has_proof, is_included,
    CASE WHEN reasons = '{}' AND place <= target THEN place ELSE 0 END AS place,
    CASE WHEN reasons = '{}' AND place <= target THEN special ELSE 0 END AS special,
    CASE WHEN reasons <> '{}' THEN 0 WHEN place <= target THEN GREATEST(local_standard, special) - special
         ELSE GREATEST(local_standard, special) END AS operating,
    reasons
FROM placed ORDER BY county_id, marked_on, concluded_on, number COLLATE "C"
