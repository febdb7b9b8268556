"""A settlement's decision, the adviser's signature; and guards that hold against a month closing at the same moment.

The freezing triggers now take a shared lock on the month's row: who closes the month waits for facts being written,
and who writes facts waits for the closing and then finds the month closed. Nobody settles her own shift (I16).
"""

from django.db import migrations, models

FORWARD = """
CREATE OR REPLACE FUNCTION huimin_month_is_closed(station bigint, on_day date) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE month_state text;
BEGIN
    SELECT m.state INTO month_state
    FROM programmes_month m JOIN organizations_station s ON s.county_id = m.county_id
    WHERE s.id = station AND m.first = date_trunc('month', on_day)::date FOR SHARE OF m;
    RETURN COALESCE(month_state = 'closed', FALSE);
END $$;

CREATE OR REPLACE FUNCTION huimin_shift_month_is_closed(shift bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE answer boolean;
BEGIN
    SELECT huimin_month_is_closed(s.station_id, s.day) INTO answer FROM consultations_shift s WHERE s.id = shift;
    RETURN COALESCE(answer, FALSE);
END $$;

CREATE FUNCTION huimin_booking_month_is_closed(month bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE month_state text;
BEGIN
    IF month IS NULL THEN
        RETURN FALSE;
    END IF;
    SELECT m.state INTO month_state FROM programmes_month m WHERE m.id = month FOR SHARE;
    RETURN COALESCE(month_state = 'closed', FALSE);
END $$;

CREATE OR REPLACE FUNCTION huimin_freeze_fact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.booked_in_id IS NULL AND huimin_shift_month_is_closed(OLD.shift_id)
           OR huimin_booking_month_is_closed(OLD.booked_in_id) THEN
            RAISE EXCEPTION '月份已结账，记录不能修改或删除，请另记一笔' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        IF NEW.booked_in_id IS NULL AND huimin_shift_month_is_closed(NEW.shift_id)
           OR huimin_booking_month_is_closed(NEW.booked_in_id) THEN
            RAISE EXCEPTION '月份已结账，新的事实须记入未结账的月份' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION huimin_settlement_not_by_its_subject() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM consultations_shift s JOIN organizations_practitioner p ON p.id = s.practitioner_id
        WHERE s.id = NEW.shift_id AND p.user_id IN (NEW.proposed_by_id, NEW.decided_by_id)) THEN
        RAISE EXCEPTION '本人不能处理自己的班次' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER not_by_its_subject BEFORE INSERT OR UPDATE ON consultations_settlement
    FOR EACH ROW EXECUTE FUNCTION huimin_settlement_not_by_its_subject();

CREATE FUNCTION huimin_criticism_of_upheld() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM consultations_finding f
                   WHERE f.id = NEW.finding_id AND f.state = 'upheld' AND f.kind IN ('sham_duty', 'no_show')) THEN
        RAISE EXCEPTION '只有属实的虚假值班、值班日不在岗才制发通报批评' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_of_upheld BEFORE INSERT OR UPDATE ON consultations_criticismnotice
    FOR EACH ROW EXECUTE FUNCTION huimin_criticism_of_upheld();
"""

BACKWARD = """
DROP TRIGGER only_of_upheld ON consultations_criticismnotice;
DROP TRIGGER not_by_its_subject ON consultations_settlement;
DROP FUNCTION huimin_criticism_of_upheld, huimin_settlement_not_by_its_subject;
"""


class Migration(migrations.Migration):
    dependencies = [("consultations", "0004_publications_changes_and_feeds")]
    operations = [
        migrations.AddField(
            "settlement", "decision", models.CharField("确认意见", max_length=200, blank=True, default=""), preserve_default=False
        ),
        migrations.AddField("consultation", "advisor_signed", models.BooleanField("值班人员已签名", default=True)),
        migrations.AddField(
            "consultation",
            "void_reason",
            models.CharField("作废原因", max_length=200, blank=True, default=""),
            preserve_default=False,
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
