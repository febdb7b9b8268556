"""What the database refuses about the quarterly return: a signed one never changes, each move has its event and audit.

Invariants I15, I19, I20.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION huimin_return_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moves CONSTANT text[] := ARRAY['draft>reviewed', 'reviewed>draft', 'reviewed>signed', 'signed>sent', 'sent>noted',
                                       'sent>returned'];
        of_the_move text[] := ARRAY['status', 'version'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.status <> 'draft' THEN
            RAISE EXCEPTION '季度报告已复核，不能删除' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION '季度报告只能从草稿开始' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.county_id, OLD.first, OLD.revision) IS DISTINCT FROM (NEW.county_id, NEW.first, NEW.revision) THEN
        RAISE EXCEPTION '季度报告不能改成别的县或别的季度' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status = NEW.status THEN
        IF OLD.status <> 'draft' AND to_jsonb(OLD) <> to_jsonb(NEW) THEN
            RAISE EXCEPTION '季度报告已复核，不能再改' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (OLD.status || '>' || NEW.status) = ANY(moves) THEN
        RAISE EXCEPTION '季度报告不能从 % 到 %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    -- Only what belongs to a move may change with it: figures and words stand from the review on (I19).
    of_the_move := of_the_move || CASE NEW.status
        WHEN 'reviewed' THEN ARRAY['reviewed_by_id', 'reviewed_at']
        WHEN 'draft' THEN ARRAY['reviewed_by_id', 'reviewed_at']
        WHEN 'signed' THEN ARRAY['signed_by_id', 'signed_at', 'workbook_id', 'letter_id']
        WHEN 'sent' THEN ARRAY['sent_on', 'sent_by_id']
        ELSE ARRAY['answered_by_id', 'answered_at', 'return_reason'] END;
    IF to_jsonb(OLD) - of_the_move <> to_jsonb(NEW) - of_the_move THEN
        RAISE EXCEPTION '季度报告流转时，数据和文字不能改' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER way BEFORE INSERT OR UPDATE OR DELETE ON subsidies_quarterlyreturn
    FOR EACH ROW EXECUTE FUNCTION huimin_return_way();

CREATE FUNCTION huimin_return_move_has_its_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM subsidies_quarterlyreturnevent e WHERE e.report_id = NEW.id
                   AND e.from_status = OLD.status AND e.to_status = NEW.status) THEN
        RAISE EXCEPTION '季度报告流转没有记下经办人和时间' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER has_its_event AFTER UPDATE ON subsidies_quarterlyreturn
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status <> NEW.status)
    EXECUTE FUNCTION huimin_return_move_has_its_event();
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT OR UPDATE ON subsidies_quarterlyreturn
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_require_audit('subsidies.QuarterlyReturn');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON subsidies_quarterlyreturnevent
    FOR EACH ROW EXECUTE FUNCTION huimin_append_only();
"""

BACKWARD = """
DROP TRIGGER append_only ON subsidies_quarterlyreturnevent;
DROP TRIGGER is_audited ON subsidies_quarterlyreturn;
DROP TRIGGER has_its_event ON subsidies_quarterlyreturn;
DROP TRIGGER way ON subsidies_quarterlyreturn;
DROP FUNCTION huimin_return_move_has_its_event, huimin_return_way;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0008_quarterly_returns")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
