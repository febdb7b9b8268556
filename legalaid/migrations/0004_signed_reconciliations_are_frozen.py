"""What two people signed stays as they signed it: a reconciliation and its rows, whoever asks. F36, Z-CASE-9."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION huimin_reconciliation_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'signed' AND NEW.state = 'void'
       AND to_jsonb(OLD) - ARRAY['state', 'void_reason', 'voided_by_id', 'voided_at']
         = to_jsonb(NEW) - ARRAY['state', 'void_reason', 'voided_by_id', 'voided_at'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '对账表已签字或已作废，不能再改' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON legalaid_reconciliation
    FOR EACH ROW WHEN (OLD.state IN ('signed', 'void')) EXECUTE FUNCTION huimin_reconciliation_frozen();

CREATE FUNCTION huimin_reconciliation_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '对账表只能作废，不能删除' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER stays BEFORE DELETE ON legalaid_reconciliation
    FOR EACH ROW EXECUTE FUNCTION huimin_reconciliation_stays();

CREATE FUNCTION huimin_reconciled_row_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE parent bigint;
BEGIN
    parent := CASE WHEN TG_OP = 'DELETE' THEN OLD.reconciliation_id ELSE NEW.reconciliation_id END;
    PERFORM 1 FROM legalaid_reconciliation WHERE id = parent AND state IN ('mapping', 'open') FOR SHARE;
    IF NOT FOUND OR (TG_OP = 'UPDATE' AND OLD.reconciliation_id <> NEW.reconciliation_id) THEN
        RAISE EXCEPTION '对账表已签字，逐行结果不能再改' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON legalaid_reconciledrow
    FOR EACH ROW EXECUTE FUNCTION huimin_reconciled_row_frozen();
"""

BACKWARD = """
DROP TRIGGER frozen ON legalaid_reconciledrow;
DROP FUNCTION huimin_reconciled_row_frozen();
DROP TRIGGER stays ON legalaid_reconciliation;
DROP FUNCTION huimin_reconciliation_stays();
DROP TRIGGER frozen ON legalaid_reconciliation;
DROP FUNCTION huimin_reconciliation_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("legalaid", "0003_other_systems_and_legal_help")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
