"""What the database refuses about the facts of duty, whoever asks and however (invariants I6, I16).

Rows of a closed month are neither changed nor removed; a new finding or settlement about it must carry
the open month it is booked in. Nobody decides on her own finding.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION huimin_month_is_closed(station bigint, on_day date) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM programmes_month m JOIN organizations_station s ON s.county_id = m.county_id
        WHERE s.id = station AND m.first = date_trunc('month', on_day)::date AND m.state = 'closed')
$$;

CREATE FUNCTION huimin_shift_month_is_closed(shift bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT huimin_month_is_closed(s.station_id, s.day) FROM consultations_shift s WHERE s.id = shift
$$;

CREATE FUNCTION huimin_freeze_shift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND huimin_month_is_closed(OLD.station_id, OLD.day)
       OR TG_OP <> 'DELETE' AND huimin_month_is_closed(NEW.station_id, NEW.day) THEN
        RAISE EXCEPTION '月份已结账，班次不能新增、修改或删除' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER freeze_closed_month BEFORE INSERT OR UPDATE OR DELETE ON consultations_shift
    FOR EACH ROW EXECUTE FUNCTION huimin_freeze_shift();

CREATE FUNCTION huimin_freeze_of_shift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND huimin_shift_month_is_closed(OLD.shift_id)
       OR TG_OP <> 'DELETE' AND huimin_shift_month_is_closed(NEW.shift_id) THEN
        RAISE EXCEPTION '月份已结账，记录不能新增、修改或删除' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER freeze_closed_month BEFORE INSERT OR UPDATE OR DELETE ON consultations_attendance
    FOR EACH ROW EXECUTE FUNCTION huimin_freeze_of_shift();
CREATE TRIGGER freeze_closed_month BEFORE INSERT OR UPDATE OR DELETE ON consultations_rollcall
    FOR EACH ROW EXECUTE FUNCTION huimin_freeze_of_shift();

-- Findings and settlements: late facts are allowed as new rows booked in an open month, and stay
-- changeable until that month is closed.
CREATE FUNCTION huimin_freeze_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.booked_in_id IS NULL AND huimin_shift_month_is_closed(OLD.shift_id)
           OR EXISTS (SELECT 1 FROM programmes_month WHERE id = OLD.booked_in_id AND state = 'closed') THEN
            RAISE EXCEPTION '月份已结账，记录不能修改或删除，请另记一笔' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.booked_in_id IS NULL AND huimin_shift_month_is_closed(NEW.shift_id)
           OR EXISTS (SELECT 1 FROM programmes_month WHERE id = NEW.booked_in_id AND state = 'closed') THEN
            RAISE EXCEPTION '月份已结账，新的事实须记入未结账的月份' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER freeze_closed_month BEFORE INSERT OR UPDATE OR DELETE ON consultations_finding
    FOR EACH ROW EXECUTE FUNCTION huimin_freeze_fact();
CREATE TRIGGER freeze_closed_month BEFORE INSERT OR UPDATE OR DELETE ON consultations_settlement
    FOR EACH ROW EXECUTE FUNCTION huimin_freeze_fact();

CREATE FUNCTION huimin_freeze_station_month() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM programmes_month WHERE state = 'closed'
               AND id IN (OLD.month_id, NEW.month_id)) THEN
        RAISE EXCEPTION '月份已结账，站点月考勤不能修改' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER freeze_closed_month BEFORE UPDATE OR DELETE ON consultations_stationmonth
    FOR EACH ROW EXECUTE FUNCTION huimin_freeze_station_month();

-- A consultation of a closed month keeps what was charged for; a rating may still arrive.
CREATE FUNCTION huimin_freeze_consultation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF huimin_month_is_closed(OLD.station_id, OLD.day) AND (TG_OP = 'DELETE' OR
        (OLD.station_id, OLD.day, OLD.practitioner_id, OLD.question, OLD.answer, OLD.missing, OLD.is_void)
        IS DISTINCT FROM
        (NEW.station_id, NEW.day, NEW.practitioner_id, NEW.question, NEW.answer, NEW.missing, NEW.is_void)) THEN
        RAISE EXCEPTION '月份已结账，咨询记录不能修改或删除' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER freeze_closed_month BEFORE UPDATE OR DELETE ON consultations_consultation
    FOR EACH ROW EXECUTE FUNCTION huimin_freeze_consultation();

-- I16: the decision on a finding is never the concerned person's own.
CREATE FUNCTION huimin_finding_not_by_its_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('upheld', 'dropped') AND EXISTS (
        SELECT 1 FROM consultations_shift s JOIN organizations_practitioner p ON p.id = s.practitioner_id
        WHERE s.id = NEW.shift_id AND p.user_id = NEW.decided_by_id) THEN
        RAISE EXCEPTION '本人不能核实自己的考核事项' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER not_by_its_subject BEFORE INSERT OR UPDATE ON consultations_finding
    FOR EACH ROW EXECUTE FUNCTION huimin_finding_not_by_its_subject();
"""

BACKWARD = """
DROP TRIGGER freeze_closed_month ON consultations_shift;
DROP TRIGGER freeze_closed_month ON consultations_attendance;
DROP TRIGGER freeze_closed_month ON consultations_rollcall;
DROP TRIGGER freeze_closed_month ON consultations_finding;
DROP TRIGGER freeze_closed_month ON consultations_settlement;
DROP TRIGGER freeze_closed_month ON consultations_stationmonth;
DROP TRIGGER freeze_closed_month ON consultations_consultation;
DROP TRIGGER not_by_its_subject ON consultations_finding;
DROP FUNCTION huimin_freeze_shift, huimin_freeze_of_shift, huimin_freeze_fact, huimin_freeze_station_month,
    huimin_freeze_consultation, huimin_finding_not_by_its_subject, huimin_shift_month_is_closed, huimin_month_is_closed;
"""


class Migration(migrations.Migration):
    dependencies = [("consultations", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
