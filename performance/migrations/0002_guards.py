"""What the database refuses about reports: figures and words stand from the review on, an issued one never changes.

Each move has its event and its audit entry (I15, I20). A revision follows the one in force and takes its place.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION huimin_report_way() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE moves CONSTANT text[] := ARRAY['draft>reviewed', 'reviewed>draft', 'reviewed>issued', 'issued>superseded'];
        of_the_move text[] := ARRAY['status', 'version'];
        before record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '报告不能删除' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'draft' THEN
            RAISE EXCEPTION '报告只能从草稿开始' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.supersedes_id IS NOT NULL THEN
            SELECT * INTO before FROM performance_report WHERE id = NEW.supersedes_id;
            IF (before.county_id, before.kind, before.first, before.subject, before.revision + 1)
               IS DISTINCT FROM (NEW.county_id, NEW.kind, NEW.first, NEW.subject, NEW.revision::integer) THEN
                RAISE EXCEPTION '新版只能接着同一份报告的上一版' USING ERRCODE = 'check_violation';
            END IF;
            IF before.status <> 'issued' THEN
                RAISE EXCEPTION '上一版还没有签发，不能另编新版' USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.county_id, OLD.kind, OLD.first, OLD.last, OLD.subject, OLD.revision, OLD.supersedes_id)
       IS DISTINCT FROM (NEW.county_id, NEW.kind, NEW.first, NEW.last, NEW.subject, NEW.revision, NEW.supersedes_id) THEN
        RAISE EXCEPTION '报告不能改成别的县、别的时期或别的版本' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.status = NEW.status THEN
        IF OLD.status <> 'draft' AND to_jsonb(OLD) <> to_jsonb(NEW) THEN
            RAISE EXCEPTION '报告已复核，数据和文字不能再改' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT (OLD.status || '>' || NEW.status) = ANY(moves) THEN
        RAISE EXCEPTION '报告不能从 % 到 %', OLD.status, NEW.status USING ERRCODE = 'check_violation';
    END IF;
    of_the_move := of_the_move || CASE NEW.status
        WHEN 'issued' THEN ARRAY['issued_by_id', 'issued_at', 'number', 'paper_id', 'workbook_id']
        WHEN 'superseded' THEN ARRAY[]::text[]
        ELSE ARRAY['reviewed_by_id', 'reviewed_at'] END;
    IF to_jsonb(OLD) - of_the_move <> to_jsonb(NEW) - of_the_move THEN
        RAISE EXCEPTION '报告流转时，数据和文字不能改' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER way BEFORE INSERT OR UPDATE OR DELETE ON performance_report
    FOR EACH ROW EXECUTE FUNCTION huimin_report_way();

CREATE FUNCTION huimin_report_move_has_its_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM performance_reportevent e WHERE e.report_id = NEW.id
                   AND e.from_status = OLD.status AND e.to_status = NEW.status) THEN
        RAISE EXCEPTION '报告流转没有记下经办人和时间' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER has_its_event AFTER UPDATE ON performance_report
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status <> NEW.status)
    EXECUTE FUNCTION huimin_report_move_has_its_event();
-- A revision that is issued leaves no other in force behind it, and one is superseded only by another.
CREATE FUNCTION huimin_report_superseded_by_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM performance_report n WHERE n.supersedes_id = NEW.id AND n.status IN ('issued', 'superseded')) THEN
        RAISE EXCEPTION '没有签发的新版，报告不能被替代' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER superseded_by_one AFTER UPDATE ON performance_report
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'superseded' AND OLD.status <> 'superseded')
    EXECUTE FUNCTION huimin_report_superseded_by_one();
CREATE CONSTRAINT TRIGGER is_audited AFTER INSERT OR UPDATE ON performance_report
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION huimin_require_audit('performance.Report');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON performance_reportevent
    FOR EACH ROW EXECUTE FUNCTION huimin_append_only();
"""

BACKWARD = """
DROP TRIGGER append_only ON performance_reportevent;
DROP TRIGGER is_audited ON performance_report;
DROP TRIGGER superseded_by_one ON performance_report;
DROP TRIGGER has_its_event ON performance_report;
DROP TRIGGER way ON performance_report;
DROP FUNCTION huimin_report_superseded_by_one, huimin_report_move_has_its_event, huimin_report_way;
"""


class Migration(migrations.Migration):
    dependencies = [("performance", "0001_reports"), ("subsidies", "0004_closer_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
