"""What spans several rows of money and is looked at when the transaction ends.

Every payment and movement stands in the cash book, every move of a sheet names who and why, every change of money has its
audit entry in the same transaction (invariants I1, I2, I7, I8, I15, I20). Triggers read only downwards.
"""

from django.db import migrations

FORWARD = """
-- I1, also against a sheet that is being reviewed at this moment: whoever writes under a draft holds it as a draft.
CREATE OR REPLACE FUNCTION huimin_only_in_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE touched bigint[];
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT sheet_id) INTO touched FROM old_rows;
    ELSIF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT sheet_id) INTO touched FROM new_rows;
    ELSE
        SELECT array_agg(DISTINCT sheet_id) INTO touched
            FROM (SELECT sheet_id FROM old_rows UNION SELECT sheet_id FROM new_rows) both_rows;
    END IF;
    IF touched IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM subsidies_paysheet WHERE id = ANY(touched) ORDER BY id FOR SHARE;
    IF EXISTS (SELECT 1 FROM subsidies_paysheet WHERE id = ANY(touched) AND status <> 'draft') THEN
        RAISE EXCEPTION '发放表已复核，不能再改；以后查明的事实在下月记差额' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

-- A line stands on the sheet of its row; otherwise a line of a draft could grow under a reviewed row.
CREATE FUNCTION huimin_line_on_its_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM new_rows n JOIN subsidies_payrow r ON r.id = n.row_id WHERE r.sheet_id <> n.sheet_id) THEN
        RAISE EXCEPTION '补贴项与其人员不在同一张发放表' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER on_its_sheet_insert AFTER INSERT ON subsidies_payline
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_line_on_its_sheet();
CREATE TRIGGER on_its_sheet_update AFTER UPDATE ON subsidies_payline
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION huimin_line_on_its_sheet();

-- A row keeps its sheet: moved to another it would take its lines' sums with it.
CREATE FUNCTION huimin_row_keeps_its_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '补贴项不能移到另一张发放表' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER keeps_its_sheet BEFORE UPDATE ON subsidies_payrow
    FOR EACH ROW WHEN (OLD.sheet_id <> NEW.sheet_id) EXECUTE FUNCTION huimin_row_keeps_its_sheet();

-- Only what makes it a returned transfer may change about a payment (I7).
CREATE FUNCTION huimin_payment_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - ARRAY['state', 'returned_on', 'return_reason', 'returned_by_id']
       <> to_jsonb(NEW) - ARRAY['state', 'returned_on', 'return_reason', 'returned_by_id'] THEN
        RAISE EXCEPTION '支付记录不能修改，只能登记退票' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keeps BEFORE UPDATE ON subsidies_payment FOR EACH ROW EXECUTE FUNCTION huimin_payment_keeps();

-- What leaves a fund other than by payment leaves what is approved and unpaid in it (I2).
CREATE FUNCTION huimin_leave_what_is_committed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE short numeric;
BEGIN
    IF NEW.kind <> 'payment' AND NEW.amount < 0 THEN
        short := huimin_fund_committed(NEW.fund_id) - NEW.balance;
        IF short > 0 THEN
            RAISE EXCEPTION '已审批未支付的补贴要用这笔钱：差 % 元', short USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER leave_what_is_committed AFTER INSERT ON subsidies_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION huimin_leave_what_is_committed();

-- I2, I8: the cash book holds every payment, every returned payment and every movement of cash. At the end of the transaction.
CREATE FUNCTION huimin_payment_is_booked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_ledgerentry WHERE payment_id = NEW.id) THEN
        RAISE EXCEPTION '支付没有记入台账' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'returned' AND NOT EXISTS (
        SELECT 1 FROM subsidies_ledgerentry e JOIN subsidies_ledgerentry r ON r.reverses_id = e.id
        WHERE e.payment_id = NEW.id) THEN
        RAISE EXCEPTION '退票没有冲销原支付凭证' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER is_booked AFTER INSERT OR UPDATE ON subsidies_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_payment_is_booked();

CREATE FUNCTION huimin_movement_is_booked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_ledgerentry e JOIN subsidies_fundmovement m ON m.id = e.movement_id
                   WHERE m.id = NEW.id)
       AND EXISTS (SELECT 1 FROM subsidies_fundmovement WHERE id = NEW.id AND kind <> 'arrived') THEN
        RAISE EXCEPTION '资金变动没有记入台账' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER is_booked AFTER INSERT OR UPDATE ON subsidies_fundmovement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_movement_is_booked();

CREATE FUNCTION huimin_reversal_returns_its_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM subsidies_ledgerentry e JOIN subsidies_payment p ON p.id = e.payment_id
               WHERE e.id = NEW.reverses_id AND p.state = 'paid') THEN
        RAISE EXCEPTION '已冲销的支付没有登记退票' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER returns_its_payment AFTER INSERT ON subsidies_ledgerentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'reversal')
    EXECUTE FUNCTION huimin_reversal_returns_its_payment();

-- I15: a move of a sheet has its event, and an event tells of the sheet as it is.
CREATE FUNCTION huimin_event_fits_its_sheet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_paysheet s
                   WHERE s.id = NEW.sheet_id AND s.status = NEW.to_status AND s.version = NEW.version) THEN
        RAISE EXCEPTION '流转记录与发放表不符' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fits_its_sheet BEFORE INSERT ON subsidies_paysheetevent
    FOR EACH ROW EXECUTE FUNCTION huimin_event_fits_its_sheet();

CREATE FUNCTION huimin_move_has_its_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_paysheetevent e WHERE e.sheet_id = NEW.id AND e.version = NEW.version
                   AND e.from_status = OLD.status AND e.to_status = NEW.status) THEN
        RAISE EXCEPTION '发放表流转没有记下经办人和时间' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER has_its_event AFTER UPDATE ON subsidies_paysheet
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION huimin_move_has_its_event();

-- I20: an audit entry about the row, written by this very transaction. A savepoint's number is younger than its transaction's.
CREATE FUNCTION huimin_is_audited(label text, row_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM accounts_auditentry a
                   WHERE a.object_type = label AND a.object_id = row_id::text
                     AND age(a.xmin) <= age(pg_current_xact_id()::xid))
$$;
CREATE FUNCTION huimin_require_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT huimin_is_audited(TG_ARGV[0], NEW.id) THEN
        RAISE EXCEPTION '资金变动没有写审计记录：%', TG_ARGV[0] USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT ON subsidies_paysheet
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_require_audit('subsidies.PaySheet');
CREATE CONSTRAINT TRIGGER move_is_audited AFTER UPDATE ON subsidies_paysheet
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status <> NEW.status)
    EXECUTE FUNCTION huimin_require_audit('subsidies.PaySheet');
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT OR UPDATE ON subsidies_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_require_audit('subsidies.Payment');
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT OR UPDATE ON subsidies_fundmovement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_require_audit('subsidies.FundMovement');
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT OR UPDATE ON subsidies_reversalproposal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_require_audit('subsidies.ReversalProposal');
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT ON subsidies_recovery
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_require_audit('subsidies.Recovery');
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT ON subsidies_paychain
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_require_audit('subsidies.PayChain');

-- The distribution of posts is followed by a later one, never rewritten (I14).
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON subsidies_paychain
    FOR EACH ROW EXECUTE FUNCTION huimin_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON subsidies_submission
    FOR EACH ROW EXECUTE FUNCTION huimin_append_only();

-- An agreed statement stays as it was signed, and who paid does not agree it (safety.md 5).
CREATE FUNCTION huimin_agreed_statement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.agreed_at IS NOT NULL THEN
        RAISE EXCEPTION '对账单已对平，不能再改' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.agreed_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM subsidies_payment p JOIN subsidies_ledgerentry e ON e.payment_id = p.id
        WHERE e.fund_id = NEW.fund_id AND p.paid_by_id = NEW.agreed_by_id AND p.paid_on BETWEEN NEW.first AND NEW.last) THEN
        RAISE EXCEPTION '出纳不能核对自己支付的对账单' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER agreed_stays BEFORE UPDATE OR DELETE ON subsidies_bankstatement
    FOR EACH ROW EXECUTE FUNCTION huimin_agreed_statement_stays();
CREATE FUNCTION huimin_agreed_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A line that was still open when the statement was agreed may find its entry later.
    IF EXISTS (SELECT 1 FROM subsidies_bankstatement WHERE id = COALESCE(OLD.statement_id, NEW.statement_id)
               AND agreed_at IS NOT NULL)
       AND (TG_OP <> 'UPDATE' OR OLD.entry_id IS NOT NULL
            OR to_jsonb(OLD) - 'entry_id' <> to_jsonb(NEW) - 'entry_id') THEN
        RAISE EXCEPTION '对账单已对平，不能再改' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER agreed_stays BEFORE INSERT OR UPDATE OR DELETE ON subsidies_bankline
    FOR EACH ROW EXECUTE FUNCTION huimin_agreed_line_stays();
"""

BACKWARD = """
DROP TRIGGER agreed_stays ON subsidies_bankline;
DROP TRIGGER agreed_stays ON subsidies_bankstatement;
DROP TRIGGER append_only ON subsidies_submission;
DROP TRIGGER append_only ON subsidies_paychain;
DROP TRIGGER is_audited ON subsidies_paychain;
DROP TRIGGER is_audited ON subsidies_recovery;
DROP TRIGGER is_audited ON subsidies_reversalproposal;
DROP TRIGGER is_audited ON subsidies_fundmovement;
DROP TRIGGER is_audited ON subsidies_payment;
DROP TRIGGER move_is_audited ON subsidies_paysheet;
DROP TRIGGER is_audited ON subsidies_paysheet;
DROP TRIGGER has_its_event ON subsidies_paysheet;
DROP TRIGGER fits_its_sheet ON subsidies_paysheetevent;
DROP TRIGGER returns_its_payment ON subsidies_ledgerentry;
DROP TRIGGER is_booked ON subsidies_fundmovement;
DROP TRIGGER is_booked ON subsidies_payment;
DROP TRIGGER leave_what_is_committed ON subsidies_ledgerentry;
DROP TRIGGER keeps ON subsidies_payment;
DROP TRIGGER keeps_its_sheet ON subsidies_payrow;
DROP TRIGGER on_its_sheet_insert ON subsidies_payline;
DROP TRIGGER on_its_sheet_update ON subsidies_payline;
DROP FUNCTION huimin_line_on_its_sheet, huimin_row_keeps_its_sheet, huimin_payment_keeps, huimin_leave_what_is_committed,
    huimin_payment_is_booked, huimin_movement_is_booked, huimin_reversal_returns_its_payment, huimin_event_fits_its_sheet,
    huimin_move_has_its_event, huimin_require_audit, huimin_is_audited, huimin_agreed_statement_stays,
    huimin_agreed_line_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0003_submissions"), ("accounts", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
