"""What the database itself asks of a case that moves: a row of the table of steps, its event and its audit entry.

The pairs are those of legalaid.rules.procedure.pairs() on the day of this migration; tests/legalaid/test_step_guards.py holds
the function to the table, and a changed table comes with a migration that replaces the function. History told by a workbook is
not bound (contract.md 3.8), but no case of ours becomes history by an update.
"""

from django.db import migrations

STEPS = """
CREATE OR REPLACE FUNCTION huimin_case_steps() RETURNS TABLE (step text, from_state text, to_state text) LANGUAGE sql IMMUTABLE AS $$
    VALUES
    ('accept', 'received', 'accepted'),
    ('accept', 'registered', 'accepted'),
    ('accept_assignment', 'assigned', 'assigned'),
    ('accept_file', 'file_submitted', 'file_accepted'),
    ('archive', 'file_accepted', 'archived'),
    ('archive_terminated', 'terminated', 'terminated'),
    ('ask_organ', 'notice_received', 'notice_incomplete'),
    ('ask_supplement', 'accepted', 'need_supplement'),
    ('ask_supplement', 'received', 'need_supplement'),
    ('ask_supplement', 'under_review', 'need_supplement'),
    ('assign', 'granted', 'assigned'),
    ('assign', 'notice_received', 'assigned'),
    ('begin', 'engaged', 'in_progress'),
    ('begin_defence', 'consented', 'in_progress'),
    ('complete_pre_aid', 'assigned', 'assigned'),
    ('complete_pre_aid', 'client_refused', 'client_refused'),
    ('complete_pre_aid', 'consented', 'consented'),
    ('complete_pre_aid', 'engaged', 'engaged'),
    ('complete_pre_aid', 'first_met', 'first_met'),
    ('complete_pre_aid', 'granted', 'granted'),
    ('complete_pre_aid', 'in_progress', 'in_progress'),
    ('conclude', 'in_progress', 'concluded'),
    ('consent', 'first_met', 'consented'),
    ('consent_after_all', 'client_refused', 'consented'),
    ('cooperate', 'under_review', 'cooperating'),
    ('correct_refusal', 'refused', 'granted'),
    ('correct_termination', 'terminated', 'in_progress'),
    ('correct_termination_early', 'terminated', 'granted'),
    ('decline', 'consented', 'client_refused'),
    ('decline', 'first_met', 'client_refused'),
    ('decline_assignment', 'assigned', 'assigned'),
    ('deem_withdrawn', 'need_supplement', 'deemed_withdrawn'),
    ('dismiss', 'registered', 'dismissed'),
    ('engage', 'assigned', 'engaged'),
    ('fail_quality', 'archived', 'archived'),
    ('grant', 'under_review', 'granted'),
    ('grant_pre_aid', 'accepted', 'granted'),
    ('grant_pre_aid', 'received', 'granted'),
    ('grant_pre_aid', 'under_review', 'granted'),
    ('keep_undertaker', 'assigned', 'assigned'),
    ('keep_undertaker', 'client_refused', 'client_refused'),
    ('keep_undertaker', 'consented', 'consented'),
    ('keep_undertaker', 'engaged', 'engaged'),
    ('keep_undertaker', 'first_met', 'first_met'),
    ('keep_undertaker', 'in_progress', 'in_progress'),
    ('meet', 'assigned', 'first_met'),
    ('organ_supplied', 'notice_incomplete', 'notice_received'),
    ('receive', '', 'received'),
    ('receive', 'registered', 'received'),
    ('redirect', 'accepted', 'redirected'),
    ('redirect', 'received', 'redirected'),
    ('redirect', 'registered', 'redirected'),
    ('redirect', 'under_review', 'redirected'),
    ('refuse', 'under_review', 'refused'),
    ('register', '', 'registered'),
    ('replace', 'assigned', 'assigned'),
    ('replace', 'client_refused', 'assigned'),
    ('replace', 'consented', 'assigned'),
    ('replace', 'engaged', 'assigned'),
    ('replace', 'first_met', 'assigned'),
    ('replace', 'in_progress', 'assigned'),
    ('request_replacement', 'assigned', 'assigned'),
    ('request_replacement', 'client_refused', 'client_refused'),
    ('request_replacement', 'consented', 'consented'),
    ('request_replacement', 'engaged', 'engaged'),
    ('request_replacement', 'first_met', 'first_met'),
    ('request_replacement', 'in_progress', 'in_progress'),
    ('resume_review', 'cooperating', 'under_review'),
    ('return_file', 'file_submitted', 'file_returned'),
    ('return_notice', 'notice_incomplete', 'redirected'),
    ('return_notice', 'notice_received', 'redirected'),
    ('review', 'accepted', 'under_review'),
    ('revoke_quality', 'quality_passed', 'archived'),
    ('submit_file', 'concluded', 'file_submitted'),
    ('submit_file', 'file_returned', 'file_submitted'),
    ('supply', 'need_supplement', 'received'),
    ('take_back', 'accepted', 'received'),
    ('take_back', 'accepted', 'registered'),
    ('take_back', 'client_refused', 'consented'),
    ('take_back', 'client_refused', 'first_met'),
    ('take_back', 'concluded', 'in_progress'),
    ('take_back', 'consented', 'client_refused'),
    ('take_back', 'consented', 'first_met'),
    ('take_back', 'cooperating', 'under_review'),
    ('take_back', 'deemed_withdrawn', 'need_supplement'),
    ('take_back', 'dismissed', 'registered'),
    ('take_back', 'engaged', 'assigned'),
    ('take_back', 'file_accepted', 'file_submitted'),
    ('take_back', 'file_returned', 'file_submitted'),
    ('take_back', 'file_submitted', 'concluded'),
    ('take_back', 'file_submitted', 'file_returned'),
    ('take_back', 'first_met', 'assigned'),
    ('take_back', 'granted', 'accepted'),
    ('take_back', 'granted', 'received'),
    ('take_back', 'granted', 'under_review'),
    ('take_back', 'in_progress', 'consented'),
    ('take_back', 'in_progress', 'engaged'),
    ('take_back', 'need_supplement', 'accepted'),
    ('take_back', 'need_supplement', 'received'),
    ('take_back', 'need_supplement', 'under_review'),
    ('take_back', 'notice_incomplete', 'notice_received'),
    ('take_back', 'notice_received', 'notice_incomplete'),
    ('take_back', 'received', 'need_supplement'),
    ('take_back', 'received', 'registered'),
    ('take_back', 'redirected', 'accepted'),
    ('take_back', 'redirected', 'notice_incomplete'),
    ('take_back', 'redirected', 'notice_received'),
    ('take_back', 'redirected', 'received'),
    ('take_back', 'redirected', 'registered'),
    ('take_back', 'redirected', 'under_review'),
    ('take_back', 'refused', 'under_review'),
    ('take_back', 'terminated', 'assigned'),
    ('take_back', 'terminated', 'client_refused'),
    ('take_back', 'terminated', 'consented'),
    ('take_back', 'terminated', 'engaged'),
    ('take_back', 'terminated', 'first_met'),
    ('take_back', 'terminated', 'granted'),
    ('take_back', 'terminated', 'in_progress'),
    ('take_back', 'under_review', 'accepted'),
    ('take_back', 'under_review', 'cooperating'),
    ('take_back', 'withdrawn', 'accepted'),
    ('take_back', 'withdrawn', 'cooperating'),
    ('take_back', 'withdrawn', 'need_supplement'),
    ('take_back', 'withdrawn', 'received'),
    ('take_back', 'withdrawn', 'registered'),
    ('take_back', 'withdrawn', 'under_review'),
    ('take_notice', '', 'notice_received'),
    ('terminate', 'assigned', 'terminated'),
    ('terminate', 'client_refused', 'terminated'),
    ('terminate', 'consented', 'terminated'),
    ('terminate', 'engaged', 'terminated'),
    ('terminate', 'first_met', 'terminated'),
    ('terminate', 'granted', 'terminated'),
    ('terminate', 'in_progress', 'terminated'),
    ('verify_quality', 'archived', 'quality_passed'),
    ('withdraw', 'accepted', 'withdrawn'),
    ('withdraw', 'cooperating', 'withdrawn'),
    ('withdraw', 'need_supplement', 'withdrawn'),
    ('withdraw', 'received', 'withdrawn'),
    ('withdraw', 'registered', 'withdrawn'),
    ('withdraw', 'under_review', 'withdrawn')
$$;
"""

FORWARD = """
-- A state changes only along the table, and with it the version that two officers compare.
CREATE FUNCTION huimin_case_moves_by_the_table() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.is_history <> NEW.is_history THEN
        RAISE EXCEPTION '案件不能改成或者改自导入的历史案件' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.is_history OR OLD.state = NEW.state THEN
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM huimin_case_steps() s WHERE s.from_state = OLD.state AND s.to_state = NEW.state) THEN
        RAISE EXCEPTION '案件不能从“%”直接变为“%”', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.version <= OLD.version THEN
        RAISE EXCEPTION '案件状态变动没有更新版本' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER moves_by_the_table BEFORE UPDATE ON legalaid_aidcase
    FOR EACH ROW WHEN (OLD.state <> NEW.state OR OLD.is_history <> NEW.is_history)
    EXECUTE FUNCTION huimin_case_moves_by_the_table();

-- I20 for cases: event and audit entry written by this very transaction. A savepoint's number is younger than its transaction's.
CREATE FUNCTION huimin_case_move_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM legalaid_caseevent e JOIN huimin_case_steps() s
            ON s.step = e.step AND s.from_state = e.from_state AND s.to_state = e.to_state
        WHERE e.case_id = NEW.id AND e.from_state = OLD.state AND e.to_state = NEW.state
          AND age(e.xmin) <= age(pg_current_xact_id()::xid)) THEN
        RAISE EXCEPTION '案件状态变动没有记下办理步骤' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM accounts_auditentry a
        WHERE a.object_type = 'legalaid.AidCase' AND a.object_id = NEW.id::text
          AND age(a.xmin) <= age(pg_current_xact_id()::xid)) THEN
        RAISE EXCEPTION '案件状态变动没有写审计记录' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER move_is_told AFTER UPDATE ON legalaid_aidcase
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state <> NEW.state AND NOT NEW.is_history)
    EXECUTE FUNCTION huimin_case_move_is_told();

-- A decided objection is not decided again.
CREATE FUNCTION huimin_decided_objection_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'corrected_on' <> to_jsonb(NEW) - 'corrected_on' OR OLD.corrected_on IS NOT NULL THEN
        RAISE EXCEPTION '异议审查决定作出以后不能更改' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decided_stays BEFORE UPDATE OR DELETE ON legalaid_objection
    FOR EACH ROW WHEN (OLD.state = 'decided') EXECUTE FUNCTION huimin_decided_objection_stays();
"""

BACKWARD = """
DROP TRIGGER decided_stays ON legalaid_objection;
DROP FUNCTION huimin_decided_objection_stays();
DROP TRIGGER move_is_told ON legalaid_aidcase;
DROP FUNCTION huimin_case_move_is_told();
DROP TRIGGER moves_by_the_table ON legalaid_aidcase;
DROP FUNCTION huimin_case_moves_by_the_table();
DROP FUNCTION huimin_case_steps();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("legalaid", "0011_objections_and_search_keys"),
        ("accounts", "0001_initial"),
    ]

    operations = [migrations.RunSQL(STEPS + FORWARD, BACKWARD)]
