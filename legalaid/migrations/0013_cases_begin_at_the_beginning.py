"""A case is inserted in a first state only, and told at once; five more pairs of the table of steps.

What 0012 asks of a case that moves is asked here of one that begins: a row of the table from nothing, its event, its audit
entry. Aid granted first (LAF 44) may begin while papers are missing or another place is asked; the file of a terminated case is
handed in (domain.md 3.6). History told by a workbook is not bound.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("legalaid.migrations.0012_case_moves_by_the_table").STEPS
MORE = """,
    ('grant_pre_aid', 'cooperating', 'granted'),
    ('grant_pre_aid', 'need_supplement', 'granted'),
    ('submit_terminated', 'terminated', 'terminated'),
    ('take_back', 'granted', 'cooperating'),
    ('take_back', 'granted', 'need_supplement')
$$;"""
NOW = BEFORE.replace("\n$$;", MORE)

FORWARD = """
CREATE FUNCTION huimin_case_begins_at_the_beginning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM huimin_case_steps() s WHERE s.from_state = '' AND s.to_state = NEW.state) THEN
        RAISE EXCEPTION '案件不能从“%”开始', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER begins_at_the_beginning BEFORE INSERT ON legalaid_aidcase
    FOR EACH ROW WHEN (NOT NEW.is_history) EXECUTE FUNCTION huimin_case_begins_at_the_beginning();

CREATE FUNCTION huimin_case_beginning_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM legalaid_caseevent e JOIN huimin_case_steps() s
            ON s.step = e.step AND s.from_state = '' AND s.to_state = e.to_state
        WHERE e.case_id = NEW.id AND e.from_state = '' AND e.to_state = NEW.state) THEN
        RAISE EXCEPTION '新案件没有记下第一步' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM accounts_auditentry a WHERE a.object_type = 'legalaid.AidCase' AND a.object_id = NEW.id::text) THEN
        RAISE EXCEPTION '新案件没有写审计记录' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER beginning_is_told AFTER INSERT ON legalaid_aidcase
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NOT NEW.is_history)
    EXECUTE FUNCTION huimin_case_beginning_is_told();
"""

BACKWARD = """
DROP TRIGGER beginning_is_told ON legalaid_aidcase;
DROP FUNCTION huimin_case_beginning_is_told();
DROP TRIGGER begins_at_the_beginning ON legalaid_aidcase;
DROP FUNCTION huimin_case_begins_at_the_beginning();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("legalaid", "0012_case_moves_by_the_table"),
        ("accounts", "0001_initial"),
    ]

    operations = [migrations.RunSQL(NOW + FORWARD, BACKWARD + BEFORE)]
