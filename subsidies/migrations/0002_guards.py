"""What the database refuses about money, whoever asks and however.

Invariants I1, I2, I5, I7, I8, I10, I12, I14, I15, I18 of the safety goals; constraints on single rows
stand in the models, what spans rows stands here. Triggers read only downwards.
"""

from django.db import migrations

FORWARD = """
-- The cash book: append-only; number, voucher and balance are given here, under the fund's lock (I2, I7, I18).
CREATE FUNCTION huimin_ledger_number() RETURNS trigger LANGUAGE plpgsql AS $$
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
                       JOIN subsidies_payrow r ON r.id = p.row_id JOIN subsidies_paysheet s ON s.id = r.sheet_id
                       WHERE p.id = NEW.payment_id AND p.amount = -NEW.amount AND s.fund_id = NEW.fund_id) THEN
            RAISE EXCEPTION '支付凭证与支付记录不符' USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NOT EXISTS (SELECT 1 FROM subsidies_fundmovement m WHERE m.id = NEW.movement_id AND m.fund_id = NEW.fund_id
                      AND NEW.amount = CASE m.kind WHEN 'remitted' THEN -m.amount ELSE m.amount END
                      AND m.kind <> 'arrived') THEN
        RAISE EXCEPTION '到位凭证与到位登记不符' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER number_and_balance BEFORE INSERT ON subsidies_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION huimin_ledger_number();

CREATE FUNCTION huimin_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% 只增不改', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON subsidies_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION huimin_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON subsidies_paysheetevent
    FOR EACH ROW EXECUTE FUNCTION huimin_append_only();

-- A booked movement is fixed, but for the treasury's confirmation of it.
CREATE FUNCTION huimin_fix_booked_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_ledgerentry WHERE movement_id = OLD.id) AND (TG_OP = 'DELETE' OR
       (OLD.fund_id, OLD.kind, OLD.day, OLD.amount, OLD.document_no)
       IS DISTINCT FROM (NEW.fund_id, NEW.kind, NEW.day, NEW.amount, NEW.document_no)) THEN
        RAISE EXCEPTION '已记账的资金到位不能修改，只能冲销' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER fix_booked_movement BEFORE UPDATE OR DELETE ON subsidies_fundmovement
    FOR EACH ROW EXECUTE FUNCTION huimin_fix_booked_movement();

-- Rows and lines move only under a draft (I1); statement by statement, so that COPY stays fast.
CREATE FUNCTION huimin_only_in_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT EXISTS (SELECT 1 FROM old_rows o JOIN subsidies_paysheet s ON s.id = o.sheet_id
                       WHERE s.status <> 'draft') INTO found;
    ELSIF TG_OP = 'INSERT' THEN
        SELECT EXISTS (SELECT 1 FROM (SELECT DISTINCT sheet_id FROM new_rows) n
                       JOIN subsidies_paysheet s ON s.id = n.sheet_id WHERE s.status <> 'draft') INTO found;
    ELSE
        SELECT EXISTS (SELECT 1 FROM (SELECT sheet_id FROM old_rows UNION SELECT sheet_id FROM new_rows) n
                       JOIN subsidies_paysheet s ON s.id = n.sheet_id WHERE s.status <> 'draft') INTO found;
    END IF;
    IF found THEN
        RAISE EXCEPTION '发放表已复核，不能再改；以后查明的事实在下月记差额' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER only_in_draft_insert AFTER INSERT ON subsidies_payrow
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_only_in_draft();
CREATE TRIGGER only_in_draft_update AFTER UPDATE ON subsidies_payrow
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_only_in_draft();
CREATE TRIGGER only_in_draft_delete AFTER DELETE ON subsidies_payrow
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_only_in_draft();
CREATE TRIGGER only_in_draft_insert AFTER INSERT ON subsidies_payline
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_only_in_draft();
CREATE TRIGGER only_in_draft_update AFTER UPDATE ON subsidies_payline
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_only_in_draft();
CREATE TRIGGER only_in_draft_delete AFTER DELETE ON subsidies_payline
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_only_in_draft();
CREATE TRIGGER only_in_draft_insert AFTER INSERT ON subsidies_unsettledshift
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_only_in_draft();
CREATE TRIGGER only_in_draft_delete AFTER DELETE ON subsidies_unsettledshift
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_only_in_draft();

-- The sheet's way (I15), what must hold before it leaves the draft (I1, I10, I12), what it commits (I2), when it is paid (I8).
CREATE FUNCTION huimin_pay_sheet_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE free numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION '发放表已复核，不能删除' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION '发放表只能从草稿开始' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.status = NEW.status THEN
        IF OLD.status <> 'draft' AND
           (OLD.total, OLD.month_id, OLD.fund_id, OLD.plan_id, OLD.chain, OLD.drafted_by_id, OLD.reviewed_by_id,
            OLD.checked_by_id, OLD.approved_by_id)
           IS DISTINCT FROM
           (NEW.total, NEW.month_id, NEW.fund_id, NEW.plan_id, NEW.chain, NEW.drafted_by_id, NEW.reviewed_by_id,
            NEW.checked_by_id, NEW.approved_by_id) THEN
            RAISE EXCEPTION '发放表已复核，不能再改' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.status, NEW.status) NOT IN (('draft', 'reviewed'), ('reviewed', 'checked'), ('checked', 'approved'),
        ('approved', 'paid'), ('reviewed', 'draft'), ('checked', 'draft'), ('approved', 'draft')) THEN
        RAISE EXCEPTION '发放表不能从 % 到 %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status <> 'draft' AND NEW.status <> 'draft' AND
       (OLD.total, OLD.month_id, OLD.fund_id, OLD.plan_id, OLD.chain, OLD.drafted_by_id)
       IS DISTINCT FROM (NEW.total, NEW.month_id, NEW.fund_id, NEW.plan_id, NEW.chain, NEW.drafted_by_id) THEN
        RAISE EXCEPTION '发放表已复核，金额和制表人不能再改' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.status = 'draft' AND EXISTS (SELECT 1 FROM subsidies_payment p JOIN subsidies_payrow r ON r.id = p.row_id
                                        WHERE r.sheet_id = NEW.id) THEN
        RAISE EXCEPTION '已有支付，发放表不能退回' USING ERRCODE = 'check_violation';
    ELSIF NEW.status = 'reviewed' THEN
        PERFORM huimin_require_sheet_adds_up(NEW.id, NEW.total);
    ELSIF NEW.status = 'approved' THEN
        PERFORM 1 FROM subsidies_fund WHERE id = NEW.fund_id FOR UPDATE;
        SELECT huimin_fund_balance(NEW.fund_id) - huimin_fund_committed(NEW.fund_id) - NEW.total INTO free;
        IF free < 0 THEN
            RAISE EXCEPTION '资金余额减去已审批未支付的金额后不足：差 % 元', -free USING ERRCODE = 'check_violation';
        END IF;
    ELSIF NEW.status = 'paid' THEN
        IF EXISTS (SELECT 1 FROM subsidies_payrow r WHERE r.sheet_id = NEW.id AND r.payable > 0 AND NOT EXISTS (
                       SELECT 1 FROM subsidies_payment p JOIN subsidies_ledgerentry e ON e.payment_id = p.id
                       WHERE p.row_id = r.id AND p.state = 'paid' AND p.amount = r.payable)) THEN
            RAISE EXCEPTION '还有人未支付，发放表不能记为已支付' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION huimin_fund_balance(fund bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT COALESCE((SELECT balance FROM subsidies_ledgerentry WHERE fund_id = fund ORDER BY sequence DESC LIMIT 1), 0)
$$;

-- Approved and not yet paid.
CREATE FUNCTION huimin_fund_committed(fund bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT COALESCE(SUM(r.payable), 0) FROM subsidies_paysheet s JOIN subsidies_payrow r ON r.sheet_id = s.id
    WHERE s.fund_id = fund AND s.status IN ('approved', 'paid') AND r.payable > 0
      AND NOT EXISTS (SELECT 1 FROM subsidies_payment p WHERE p.row_id = r.id AND p.state = 'paid')
$$;

CREATE FUNCTION huimin_require_sheet_adds_up(sheet bigint, sheet_total numeric) RETURNS void LANGUAGE plpgsql AS $$
DECLARE bad text;
BEGIN
    IF sheet_total <> (SELECT COALESCE(SUM(amount), 0) FROM subsidies_payline WHERE sheet_id = sheet) THEN
        RAISE EXCEPTION '发放表合计与明细不符' USING ERRCODE = 'check_violation';
    END IF;
    SELECT r.name INTO bad FROM subsidies_payrow r LEFT JOIN subsidies_payline l ON l.row_id = r.id
        WHERE r.sheet_id = sheet GROUP BY r.id HAVING r.payable <> COALESCE(SUM(l.amount), 0) LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION '% 的实发与明细不符', bad USING ERRCODE = 'check_violation';
    END IF;
    SELECT shift_id::text INTO bad FROM subsidies_payline
        WHERE sheet_id = sheet AND shift_id IS NOT NULL AND kind <> 'difference' GROUP BY shift_id
        HAVING SUM(amount) < 0 OR SUM(amount) > COALESCE(SUM(amount) FILTER (WHERE kind = 'rate'), 0) LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION '班次 % 的补贴低于零或高于标准', bad USING ERRCODE = 'check_violation';
    END IF;
    SELECT r.name INTO bad FROM subsidies_payline l JOIN subsidies_payrow r ON r.id = l.row_id
        JOIN consultations_shift s ON s.id = l.shift_id
        JOIN organizations_publicservantstatus p ON p.practitioner_id = r.practitioner_id
            AND p.is_public_servant AND daterange(p.since, p.until, '[]') @> s.day
        WHERE l.sheet_id = sheet AND l.kind = 'rate' AND l.amount > 0 LIMIT 1;
    IF bad IS NOT NULL THEN
        RAISE EXCEPTION '% 在值班日是公职人员，不发补贴', bad USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM subsidies_unsettledshift WHERE sheet_id = sheet) THEN
        RAISE EXCEPTION '还有未定班次，发放表不能复核' USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE TRIGGER way BEFORE INSERT OR UPDATE OR DELETE ON subsidies_paysheet
    FOR EACH ROW EXECUTE FUNCTION huimin_pay_sheet_way();

-- Payments: of the row's amount, under an approved sheet, by a cashier who neither checked nor approved (I14).
CREATE FUNCTION huimin_payment_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE sheet subsidies_paysheet;
        due numeric;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '支付记录不能删除，只能登记退票' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state = 'returned' OR (OLD.row_id, OLD.amount, OLD.receipt_no, OLD.paid_on, OLD.paid_by_id, OLD.account_id)
           IS DISTINCT FROM (NEW.row_id, NEW.amount, NEW.receipt_no, NEW.paid_on, NEW.paid_by_id, NEW.account_id) THEN
            RAISE EXCEPTION '支付记录不能修改，只能登记退票' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
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
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON subsidies_payment
    FOR EACH ROW EXECUTE FUNCTION huimin_payment_guard();
"""

BACKWARD = """
DROP TRIGGER guard ON subsidies_payment;
DROP TRIGGER way ON subsidies_paysheet;
DROP TRIGGER only_in_draft_insert ON subsidies_payrow;
DROP TRIGGER only_in_draft_update ON subsidies_payrow;
DROP TRIGGER only_in_draft_delete ON subsidies_payrow;
DROP TRIGGER only_in_draft_insert ON subsidies_payline;
DROP TRIGGER only_in_draft_update ON subsidies_payline;
DROP TRIGGER only_in_draft_delete ON subsidies_payline;
DROP TRIGGER only_in_draft_insert ON subsidies_unsettledshift;
DROP TRIGGER only_in_draft_delete ON subsidies_unsettledshift;
DROP TRIGGER fix_booked_movement ON subsidies_fundmovement;
DROP TRIGGER append_only ON subsidies_ledgerentry;
DROP TRIGGER append_only ON subsidies_paysheetevent;
DROP TRIGGER number_and_balance ON subsidies_ledgerentry;
DROP FUNCTION huimin_ledger_number, huimin_append_only, huimin_fix_booked_movement, huimin_only_in_draft,
    huimin_pay_sheet_way, huimin_fund_balance, huimin_fund_committed, huimin_require_sheet_adds_up, huimin_payment_guard;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
