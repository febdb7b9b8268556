"""What the database refuses about case subsidies, whoever asks and however.

Invariants I2, I3, I4, I7, I8, I14, I15, I18, I20 of the safety goals; constraints on single rows stand in the models, what
spans rows stands here. Payments and the cash book, written for duty pay, learn of a second kind of row. Triggers read only downwards.
"""

from django.db import migrations

FORWARD = """
-- ---- The cash book and the funds know both kinds of payment (I2, I7, I8, I18).
CREATE OR REPLACE FUNCTION huimin_ledger_number() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_entry subsidies_ledgerentry;
        booked subsidies_ledgerentry;
BEGIN
    PERFORM 1 FROM subsidies_fund WHERE id = NEW.fund_id FOR UPDATE;
    SELECT * INTO last_entry FROM subsidies_ledgerentry WHERE fund_id = NEW.fund_id ORDER BY sequence DESC LIMIT 1;
    NEW.sequence := COALESCE(last_entry.sequence, 0) + 1;
    NEW.balance := COALESCE(last_entry.balance, 0) + NEW.amount;
    NEW.year := EXTRACT(year FROM NEW.day);
    SELECT COALESCE(MAX(voucher_no), 0) + 1 INTO NEW.voucher_no
        FROM subsidies_ledgerentry WHERE fund_id = NEW.fund_id AND year = NEW.year;
    IF NEW.balance < 0 THEN
        RAISE EXCEPTION '资金余额不足：差 % 元', -NEW.balance USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.kind = 'reversal' THEN
        SELECT * INTO booked FROM subsidies_ledgerentry WHERE id = NEW.reverses_id;
        IF booked.fund_id <> NEW.fund_id OR booked.amount + NEW.amount <> 0 OR booked.kind = 'reversal' THEN
            RAISE EXCEPTION '冲销须与原凭证同一资金、金额相反，且不能冲销冲销' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.kind = 'payment' THEN
        IF NOT EXISTS (SELECT 1 FROM subsidies_payment p
                       LEFT JOIN subsidies_payrow r ON r.id = p.row_id LEFT JOIN subsidies_paysheet s ON s.id = r.sheet_id
                       LEFT JOIN subsidies_casepayrow c ON c.id = p.case_row_id
                       WHERE p.id = NEW.payment_id AND p.amount = -NEW.amount
                         AND COALESCE(s.fund_id, c.fund_id) = NEW.fund_id) THEN
            RAISE EXCEPTION '支付凭证与支付记录不符' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM subsidies_fundmovement m WHERE m.id = NEW.movement_id AND m.fund_id = NEW.fund_id
                      AND NEW.amount = CASE m.kind WHEN 'remitted' THEN -m.amount ELSE m.amount END
                      AND m.kind <> 'arrived') THEN
        RAISE EXCEPTION '到位凭证与到位登记不符' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- Approved and not yet paid: duty pay and case subsidies.
CREATE OR REPLACE FUNCTION huimin_fund_committed(fund bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT COALESCE((
        SELECT SUM(r.payable) FROM subsidies_paysheet s JOIN subsidies_payrow r ON r.sheet_id = s.id
        WHERE s.fund_id = fund AND s.status IN ('approved', 'paid') AND r.payable > 0
          AND NOT EXISTS (SELECT 1 FROM subsidies_payment p WHERE p.row_id = r.id AND p.state = 'paid')), 0)
    + COALESCE((
        SELECT SUM(r.amount) FROM subsidies_caselist l JOIN subsidies_casepayrow r ON r.list_id = l.id
        WHERE r.fund_id = fund AND l.status IN ('approved', 'paid') AND r.amount > 0
          AND NOT EXISTS (SELECT 1 FROM subsidies_payment p WHERE p.case_row_id = r.id AND p.state = 'paid')), 0)
$$;

-- Payments: of the row's amount, under an approved sheet or list, by a cashier who neither checked nor approved (I14).
CREATE OR REPLACE FUNCTION huimin_payment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sheet subsidies_paysheet;
        case_list subsidies_caselist;
        case_row subsidies_casepayrow;
        due numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '支付记录不能删除，只能登记退票' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state = 'returned' OR (OLD.row_id, OLD.case_row_id, OLD.amount, OLD.receipt_no, OLD.paid_on, OLD.paid_by_id, OLD.account_id)
           IS DISTINCT FROM (NEW.row_id, NEW.case_row_id, NEW.amount, NEW.receipt_no, NEW.paid_on, NEW.paid_by_id, NEW.account_id) THEN
            RAISE EXCEPTION '支付记录不能修改，只能登记退票' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.case_row_id IS NOT NULL THEN
        SELECT * INTO case_row FROM subsidies_casepayrow WHERE id = NEW.case_row_id;
        SELECT * INTO case_list FROM subsidies_caselist WHERE id = case_row.list_id FOR SHARE;
        IF case_list.status NOT IN ('approved', 'paid') OR NEW.state <> 'paid' THEN
            RAISE EXCEPTION '案件补贴季表审批后才能支付' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.amount <> case_row.amount THEN
            RAISE EXCEPTION '支付金额与应付金额不符' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.paid_by_id IN (case_list.checked_by_id, case_list.approved_by_id) OR case_list.chain > 3
           AND NEW.paid_by_id IN (case_list.drafted_by_id, case_list.submitted_by_id, case_list.reviewed_by_id) THEN
            RAISE EXCEPTION '出纳不能同时是本表的编制、签报、复核、审核或审批人' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM organizations_bankaccount a
               WHERE a.id = NEW.account_id AND a.practitioner_id = case_row.practitioner_id AND a.state = 'confirmed')
           OR NEW.organization_account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM organizations_organizationaccount a
               WHERE a.id = NEW.organization_account_id AND a.organization_id = case_row.organization_id
                 AND a.state = 'confirmed') THEN
            RAISE EXCEPTION '付款账户不是收款人使用中的账户' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.organization_account_id IS NOT NULL THEN
        RAISE EXCEPTION '值班补贴发给个人，不付到机构账户' USING ERRCODE = 'check_violation';
    END IF;
    SELECT s.* INTO sheet FROM subsidies_paysheet s JOIN subsidies_payrow r ON r.sheet_id = s.id WHERE r.id = NEW.row_id;
    SELECT payable INTO due FROM subsidies_payrow WHERE id = NEW.row_id;
    IF sheet.status NOT IN ('approved', 'paid') OR NEW.state <> 'paid' THEN
        RAISE EXCEPTION '发放表审批后才能支付' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.amount <> due THEN
        RAISE EXCEPTION '支付金额与实发金额不符' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.paid_by_id IN (sheet.checked_by_id, sheet.approved_by_id)
       OR (sheet.chain = 5 AND NEW.paid_by_id IN (sheet.drafted_by_id, sheet.reviewed_by_id))
       OR (sheet.chain = 4 AND NEW.paid_by_id IN (sheet.drafted_by_id, sheet.reviewed_by_id)) THEN
        RAISE EXCEPTION '出纳不能同时是本表的制表、复核、审核或审批人' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

-- ---- I4: the special fund pays no more cases than the plan's target, whoever adds the part and however many at once.
CREATE FUNCTION huimin_case_target(plan bigint) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT t.value::integer FROM programmes_term t JOIN programmes_plan p ON p.id = t.plan_id
    WHERE t.plan_id = plan AND t.key = 'case.total' AND t.since <= p.ends_on ORDER BY t.since DESC LIMIT 1
$$;
CREATE FUNCTION huimin_special_parts_within_target() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE over record;
BEGIN
    -- The special fund's row is the one lock over its places.
    PERFORM 1 FROM subsidies_fund f WHERE f.id IN (
        SELECT l.special_fund_id FROM new_rows n JOIN subsidies_caselist l ON l.id = n.list_id WHERE n.kind = 'special')
        ORDER BY f.id FOR UPDATE;
    SELECT l.county_id, l.plan_id, COUNT(*) AS taken, huimin_case_target(l.plan_id) AS target INTO over
        FROM subsidies_claimpart p JOIN subsidies_caselist l ON l.id = p.list_id
        WHERE p.kind = 'special' AND (l.county_id, l.plan_id) IN (
            SELECT x.county_id, x.plan_id FROM new_rows n JOIN subsidies_caselist x ON x.id = n.list_id WHERE n.kind = 'special')
        GROUP BY l.county_id, l.plan_id HAVING COUNT(*) > COALESCE(huimin_case_target(l.plan_id), 0) LIMIT 1;
    IF over.taken IS NOT NULL THEN
        RAISE EXCEPTION '专项资金补贴的案件 % 件，超过全年目标 % 件，超出的由业务经费补贴', over.taken, COALESCE(over.target, 0)
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER within_target_insert AFTER INSERT ON subsidies_claimpart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_special_parts_within_target();
CREATE TRIGGER within_target_update AFTER UPDATE ON subsidies_claimpart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_special_parts_within_target();

-- ---- Parts (I3): under the list of their claim, from the right fund; written under a draft, taken out whole before the approval.
CREATE FUNCTION huimin_claim_parts_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM subsidies_caselist WHERE id IN (SELECT list_id FROM new_rows) ORDER BY id FOR SHARE;
    IF EXISTS (SELECT 1 FROM new_rows n JOIN subsidies_caselist l ON l.id = n.list_id WHERE l.status <> 'draft') THEN
        RAISE EXCEPTION '季表已签报，不能再改' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM new_rows n JOIN subsidies_caselist l ON l.id = n.list_id
               JOIN subsidies_caseclaim c ON c.id = n.claim_id LEFT JOIN subsidies_casepayrow r ON r.id = n.row_id
               WHERE c.list_id IS DISTINCT FROM n.list_id OR r.id IS NOT NULL AND (r.list_id <> n.list_id OR r.fund_id <> n.fund_id)
                  OR n.fund_id <> CASE n.kind WHEN 'special' THEN l.special_fund_id ELSE l.operating_fund_id END) THEN
        RAISE EXCEPTION '案件补贴项与其季表、付款项或资金不符' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM new_rows n WHERE n.kind = 'topup' AND NOT EXISTS (
                   SELECT 1 FROM subsidies_claimpart p WHERE p.claim_id = n.claim_id AND p.kind = 'special')) THEN
        RAISE EXCEPTION '没有专项补贴的案件不能有补足部分' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER fit_insert AFTER INSERT ON subsidies_claimpart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_claim_parts_fit();
CREATE TRIGGER fit_update AFTER UPDATE ON subsidies_claimpart
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_claim_parts_fit();

CREATE FUNCTION huimin_case_rows_in_draft() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM subsidies_caselist WHERE id IN (SELECT list_id FROM new_rows) ORDER BY id FOR SHARE;
    IF EXISTS (SELECT 1 FROM new_rows n JOIN subsidies_caselist l ON l.id = n.list_id WHERE l.status <> 'draft') THEN
        RAISE EXCEPTION '季表已签报，不能再改' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM new_rows n JOIN subsidies_caselist l ON l.id = n.list_id
               WHERE n.fund_id NOT IN (l.special_fund_id, l.operating_fund_id)) THEN
        RAISE EXCEPTION '付款项的资金不是本季表的资金' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER in_draft_insert AFTER INSERT ON subsidies_casepayrow
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_case_rows_in_draft();

-- A row changes in a draft; afterwards it only shrinks, when a case of it is sent back. What is left must add up (below).
CREATE FUNCTION huimin_case_row_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE list_status text;
BEGIN
    SELECT status INTO list_status FROM subsidies_caselist WHERE id = OLD.list_id FOR SHARE;
    -- Deleted with its own draft, the list is gone already.
    IF list_status IS NULL OR list_status = 'draft' AND (TG_OP = 'DELETE' OR NEW.list_id = OLD.list_id) THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF list_status NOT IN ('submitted', 'reviewed', 'checked') OR TG_OP = 'UPDATE' AND (NEW.amount >= OLD.amount
       OR to_jsonb(OLD) - ARRAY['amount', 'cases'] <> to_jsonb(NEW) - ARRAY['amount', 'cases']) THEN
        RAISE EXCEPTION '季表已签报，不能再改；审批前可以逐件退回' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER changes BEFORE UPDATE OR DELETE ON subsidies_casepayrow
    FOR EACH ROW EXECUTE FUNCTION huimin_case_row_changes();

CREATE FUNCTION huimin_claim_part_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE list_status text;
BEGIN
    SELECT status INTO list_status FROM subsidies_caselist WHERE id = OLD.list_id FOR SHARE;
    IF list_status IN ('approved', 'paid') OR TG_OP = 'UPDATE' AND list_status <> 'draft' THEN
        RAISE EXCEPTION '季表已审批，不能再改' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER leaves BEFORE UPDATE OR DELETE ON subsidies_claimpart
    FOR EACH ROW EXECUTE FUNCTION huimin_claim_part_leaves();

-- At the end of the transaction a list that was handed in still adds up.
CREATE FUNCTION huimin_list_still_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint := CASE TG_OP WHEN 'INSERT' THEN NEW.list_id ELSE OLD.list_id END;
        handed_in subsidies_caselist;
BEGIN
    SELECT * INTO handed_in FROM subsidies_caselist WHERE id = touched AND status <> 'draft';
    IF handed_in.id IS NOT NULL THEN
        PERFORM huimin_require_list_sums(handed_in.id, handed_in.special_total, handed_in.operating_total);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION huimin_require_list_sums(list bigint, special numeric, operating numeric) RETURNS void LANGUAGE plpgsql AS $$
DECLARE bad text;
BEGIN
    IF EXISTS (SELECT 1 FROM (
            SELECT COALESCE(SUM(p.amount) FILTER (WHERE p.kind = 'special'), 0) AS from_special,
                   COALESCE(SUM(p.amount) FILTER (WHERE p.kind <> 'special'), 0) AS from_operating
            FROM subsidies_claimpart p WHERE p.list_id = list) sums
        WHERE sums.from_special <> special OR sums.from_operating <> operating) THEN
        RAISE EXCEPTION '季表合计与各件补贴不符' USING ERRCODE = 'check_violation';
    END IF;
    SELECT r.name INTO bad FROM subsidies_casepayrow r LEFT JOIN subsidies_claimpart p ON p.row_id = r.id
        WHERE r.list_id = list GROUP BY r.id
        HAVING r.amount <> COALESCE(SUM(p.amount), 0) OR r.cases <> COUNT(DISTINCT p.claim_id) LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION '% 的付款金额与各件补贴不符', bad USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM subsidies_claimpart p JOIN subsidies_caseclaim c ON c.id = p.claim_id
               LEFT JOIN subsidies_casepayrow r ON r.id = p.row_id
               WHERE p.list_id = list AND (c.list_id IS DISTINCT FROM list OR r.id IS NULL OR r.list_id <> list
                   OR (r.organization_id, r.practitioner_id) IS DISTINCT FROM (c.organization_id, c.practitioner_id))) THEN
        RAISE EXCEPTION '有案件没有收款人，或补贴项与收款人不符' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM subsidies_caseclaim c WHERE c.list_id = list
               AND NOT EXISTS (SELECT 1 FROM subsidies_claimpart p WHERE p.claim_id = c.id)) THEN
        RAISE EXCEPTION '有案件没有补贴金额' USING ERRCODE = 'check_violation';
    END IF;
END $$;
CREATE CONSTRAINT TRIGGER still_adds_up AFTER INSERT OR UPDATE OR DELETE ON subsidies_claimpart
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_list_still_adds_up();
CREATE CONSTRAINT TRIGGER still_adds_up AFTER INSERT OR UPDATE OR DELETE ON subsidies_casepayrow
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_list_still_adds_up();

-- A claim enters and leaves drafts freely; a handed-in one leaves only by being sent back, before the approval (I3).
CREATE FUNCTION huimin_claim_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was text;
        becomes text;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.list_id IS NOT NULL THEN
        SELECT status INTO was FROM subsidies_caselist WHERE id = OLD.list_id FOR SHARE;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF COALESCE(was, 'draft') <> 'draft' THEN
            RAISE EXCEPTION '已签报的案件不能删除' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.list_id IS NOT NULL THEN
        SELECT status INTO becomes FROM subsidies_caselist WHERE id = NEW.list_id FOR SHARE;
        IF NOT EXISTS (SELECT 1 FROM subsidies_caselist l JOIN legalaid_aidcase k ON k.county_id = l.county_id
                       WHERE l.id = NEW.list_id AND k.id = NEW.case_id) THEN
            RAISE EXCEPTION '案件与季表不在同一个县' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF COALESCE(becomes, 'draft') <> 'draft' THEN
            RAISE EXCEPTION '季表已签报，不能再增加案件' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.case_id <> NEW.case_id THEN
        RAISE EXCEPTION '补贴申领不能换成另一件案件' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.list_id IS DISTINCT FROM OLD.list_id THEN
        IF COALESCE(becomes, 'draft') <> 'draft' THEN
            RAISE EXCEPTION '季表已签报，不能再增加案件' USING ERRCODE = 'check_violation';
        END IF;
        IF COALESCE(was, 'draft') <> 'draft' AND
           (was IN ('approved', 'paid') OR NEW.list_id IS NOT NULL OR NEW.held_at IS NULL) THEN
            RAISE EXCEPTION '已签报的案件只能在审批前写明原因退回' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF COALESCE(was, 'draft') <> 'draft' AND to_jsonb(OLD) <> to_jsonb(NEW) THEN
        RAISE EXCEPTION '季表已签报，不能再改' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER way BEFORE INSERT OR UPDATE OR DELETE ON subsidies_caseclaim
    FOR EACH ROW EXECUTE FUNCTION huimin_claim_way();

-- A claim that has left its list has left no part behind there.
CREATE FUNCTION huimin_claim_took_its_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_claimpart p JOIN subsidies_caseclaim c ON c.id = p.claim_id
               WHERE c.id = NEW.id AND p.list_id IS DISTINCT FROM c.list_id) THEN
        RAISE EXCEPTION '退回的案件还有补贴项留在季表' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER took_its_parts AFTER UPDATE ON subsidies_caseclaim DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.list_id IS DISTINCT FROM NEW.list_id) EXECUTE FUNCTION huimin_claim_took_its_parts();

-- ---- The list's way (I15), what must hold before it leaves the draft (I3, I4), what it commits (I2), when it is paid (I8).
CREATE FUNCTION huimin_require_list_is_sound(list subsidies_caselist) RETURNS void LANGUAGE plpgsql AS $$
DECLARE bad text;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_caseclaim WHERE list_id = list.id) THEN
        RAISE EXCEPTION '季表里没有案件' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM huimin_require_list_sums(list.id, list.special_total, list.operating_total);
    SELECT k.number INTO bad FROM subsidies_caseclaim c JOIN legalaid_aidcase k ON k.id = c.case_id
        LEFT JOIN subsidies_casemark m ON m.case_id = k.id
        WHERE c.list_id = list.id AND (m.id IS NULL OR m.marked_on IS NULL OR m.state NOT IN ('told', 'signed')) LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION '% 没有标注', bad USING ERRCODE = 'check_violation';
    END IF;
    SELECT k.number INTO bad FROM subsidies_caseclaim c JOIN legalaid_aidcase k ON k.id = c.case_id
        JOIN subsidies_casemark m ON m.case_id = k.id WHERE c.list_id = list.id AND m.is_ordinary_subsidy_paid LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION '% 已发普通补贴，不能重复发放', bad USING ERRCODE = 'check_violation';
    END IF;
    SELECT k.number INTO bad FROM subsidies_caseclaim c JOIN legalaid_aidcase k ON k.id = c.case_id
        WHERE c.list_id = list.id AND (k.is_undertaken_by_agency OR k.concluded_on IS NULL OR k.archived_on IS NULL
            OR k.quality_verified_on IS NULL OR k.quality_grade = 'fail' OR k.provincial_no = ''
            OR k.provincial_entered_on IS NULL) LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION '% 不符合发放条件', bad USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE FUNCTION huimin_case_list_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION '季表已签报，不能删除' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM subsidies_fund s JOIN subsidies_fund o ON o.county_id = s.county_id
                   WHERE s.id = NEW.special_fund_id AND s.kind = 'special' AND s.county_id = NEW.county_id
                     AND o.id = NEW.operating_fund_id AND o.kind = 'operating') THEN
        RAISE EXCEPTION '季表的资金不是本县的专项资金和业务经费' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION '季表只能从草稿开始' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.county_id, OLD.plan_id, OLD.year, OLD.quarter, OLD.batch) IS DISTINCT FROM
       (NEW.county_id, NEW.plan_id, NEW.year, NEW.quarter, NEW.batch) THEN
        RAISE EXCEPTION '季表的县、年度、季度不能改' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status <> 'draft' AND NEW.status <> 'draft' AND (OLD.special_fund_id, OLD.operating_fund_id, OLD.chain, OLD.drafted_by_id)
       IS DISTINCT FROM (NEW.special_fund_id, NEW.operating_fund_id, NEW.chain, NEW.drafted_by_id) THEN
        RAISE EXCEPTION '季表已签报，资金和编制人不能再改' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status = NEW.status THEN
        IF OLD.status <> 'draft' AND ((OLD.submitted_by_id, OLD.reviewed_by_id, OLD.checked_by_id, OLD.approved_by_id) IS DISTINCT FROM
                (NEW.submitted_by_id, NEW.reviewed_by_id, NEW.checked_by_id, NEW.approved_by_id)
            OR OLD.status IN ('approved', 'paid') AND (OLD.special_total, OLD.operating_total)
                IS DISTINCT FROM (NEW.special_total, NEW.operating_total)
            OR NEW.special_total > OLD.special_total OR NEW.operating_total > OLD.operating_total) THEN
            RAISE EXCEPTION '季表已签报，不能再改' USING ERRCODE = 'check_violation';
        END IF;
        IF OLD.status <> 'draft' THEN
            PERFORM huimin_require_list_sums(NEW.id, NEW.special_total, NEW.operating_total);
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.status, NEW.status) NOT IN (('draft', 'submitted'), ('submitted', 'reviewed'), ('reviewed', 'checked'),
        ('checked', 'approved'), ('approved', 'paid'), ('submitted', 'draft'), ('reviewed', 'draft'), ('checked', 'draft'),
        ('approved', 'draft')) THEN
        RAISE EXCEPTION '季表不能从 % 到 %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = 'draft' THEN
        IF EXISTS (SELECT 1 FROM subsidies_payment p JOIN subsidies_casepayrow r ON r.id = p.case_row_id WHERE r.list_id = NEW.id) THEN
            RAISE EXCEPTION '已有支付，季表不能退回' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status <> 'draft' AND (OLD.special_total, OLD.operating_total) IS DISTINCT FROM (NEW.special_total, NEW.operating_total) THEN
        RAISE EXCEPTION '季表已签报，金额不能再改' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = 'paid' THEN
        IF EXISTS (SELECT 1 FROM subsidies_casepayrow r WHERE r.list_id = NEW.id AND r.amount > 0 AND NOT EXISTS (
                       SELECT 1 FROM subsidies_payment p JOIN subsidies_ledgerentry e ON e.payment_id = p.id
                       WHERE p.case_row_id = r.id AND p.state = 'paid' AND p.amount = r.amount)) THEN
            RAISE EXCEPTION '还有收款人未支付，季表不能记为已支付' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    PERFORM huimin_require_list_is_sound(NEW);
    IF NEW.status = 'approved' THEN
        PERFORM 1 FROM subsidies_fund WHERE id IN (NEW.special_fund_id, NEW.operating_fund_id) ORDER BY id FOR UPDATE;
        SELECT huimin_fund_balance(NEW.special_fund_id) - huimin_fund_committed(NEW.special_fund_id) - NEW.special_total INTO free;
        IF free < 0 AND NEW.special_total > 0 THEN
            RAISE EXCEPTION '省级专项资金减去已审批未支付的金额后不足：差 % 元', -free USING ERRCODE = 'check_violation';
        END IF;
        SELECT huimin_fund_balance(NEW.operating_fund_id) - huimin_fund_committed(NEW.operating_fund_id) - NEW.operating_total INTO free;
        IF free < 0 AND NEW.operating_total > 0 THEN
            RAISE EXCEPTION '法律援助业务经费减去已审批未支付的金额后不足：差 % 元', -free USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER way BEFORE INSERT OR UPDATE OR DELETE ON subsidies_caselist
    FOR EACH ROW EXECUTE FUNCTION huimin_case_list_way();

-- ---- A mark stands as it was while its case is in a list that was handed in (I3).
CREATE FUNCTION huimin_mark_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.case_id <> NEW.case_id THEN
        RAISE EXCEPTION '标注不能移到另一件案件' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM subsidies_caseclaim c JOIN subsidies_caselist l ON l.id = c.list_id
               WHERE c.case_id = OLD.case_id AND l.status <> 'draft')
       AND (TG_OP = 'DELETE' OR to_jsonb(OLD) <> to_jsonb(NEW)) THEN
        RAISE EXCEPTION '案件已列入签报的季表，标注和补贴标准不能再改' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER stands BEFORE UPDATE OR DELETE ON subsidies_casemark
    FOR EACH ROW EXECUTE FUNCTION huimin_mark_stands();

-- ---- I15: a move of a list has its event, and an event tells of the list as it is. I20: each change has its audit entry.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON subsidies_caselistevent
    FOR EACH ROW EXECUTE FUNCTION huimin_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON subsidies_bureaudecision
    FOR EACH ROW EXECUTE FUNCTION huimin_append_only();
CREATE FUNCTION huimin_event_fits_its_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_caselist l
                   WHERE l.id = NEW.list_id AND l.status = NEW.to_status AND l.version = NEW.version)
       OR NEW.case_id IS NULL AND NEW.from_status = NEW.to_status OR NEW.case_id IS NOT NULL AND NEW.from_status <> NEW.to_status THEN
        RAISE EXCEPTION '流转记录与季表不符' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fits_its_list BEFORE INSERT ON subsidies_caselistevent
    FOR EACH ROW EXECUTE FUNCTION huimin_event_fits_its_list();
CREATE FUNCTION huimin_list_move_has_its_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_caselistevent e WHERE e.list_id = NEW.id AND e.version = NEW.version
                   AND e.from_status = OLD.status AND e.to_status = NEW.status) THEN
        RAISE EXCEPTION '季表流转没有记下经办人和时间' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT huimin_is_audited('subsidies.CaseList', NEW.id) THEN
        RAISE EXCEPTION '资金变动没有写审计记录：subsidies.CaseList' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER has_its_event AFTER UPDATE ON subsidies_caselist DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.status <> NEW.status OR OLD.status <> 'draft' AND
          (OLD.special_total, OLD.operating_total) IS DISTINCT FROM (NEW.special_total, NEW.operating_total))
    EXECUTE FUNCTION huimin_list_move_has_its_event();
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT ON subsidies_caselist
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_require_audit('subsidies.CaseList');
-- What an import tells stands in the audit entry of its batch.
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT OR UPDATE ON subsidies_casemark
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state <> 'told')
    EXECUTE FUNCTION huimin_require_audit('subsidies.CaseMark');
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT ON subsidies_bureaudecision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_require_audit('subsidies.BureauDecision');
"""

BACKWARD = """
DROP TRIGGER is_audited ON subsidies_bureaudecision;
DROP TRIGGER is_audited ON subsidies_casemark;
DROP TRIGGER is_audited ON subsidies_caselist;
DROP TRIGGER has_its_event ON subsidies_caselist;
DROP TRIGGER fits_its_list ON subsidies_caselistevent;
DROP TRIGGER append_only ON subsidies_bureaudecision;
DROP TRIGGER append_only ON subsidies_caselistevent;
DROP TRIGGER stands ON subsidies_casemark;
DROP TRIGGER way ON subsidies_caselist;
DROP TRIGGER took_its_parts ON subsidies_caseclaim;
DROP TRIGGER way ON subsidies_caseclaim;
DROP TRIGGER still_adds_up ON subsidies_casepayrow;
DROP TRIGGER still_adds_up ON subsidies_claimpart;
DROP TRIGGER leaves ON subsidies_claimpart;
DROP TRIGGER changes ON subsidies_casepayrow;
DROP TRIGGER in_draft_insert ON subsidies_casepayrow;
DROP TRIGGER fit_update ON subsidies_claimpart;
DROP TRIGGER fit_insert ON subsidies_claimpart;
DROP TRIGGER within_target_update ON subsidies_claimpart;
DROP TRIGGER within_target_insert ON subsidies_claimpart;
DROP FUNCTION huimin_list_move_has_its_event, huimin_event_fits_its_list, huimin_mark_stands, huimin_case_list_way,
    huimin_require_list_is_sound, huimin_claim_took_its_parts, huimin_claim_way, huimin_list_still_adds_up,
    huimin_require_list_sums, huimin_claim_part_leaves, huimin_case_row_changes, huimin_case_rows_in_draft, huimin_claim_parts_fit,
    huimin_special_parts_within_target, huimin_case_target;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0006_told_marks"), ("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
