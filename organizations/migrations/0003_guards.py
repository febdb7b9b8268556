"""What the database refuses about people and their accounts, whoever asks and however (safety.md 5).

Nobody decides on her own admission, status or account. Where pay goes is never rewritten: a change is a new row with a
second person and the payee's paper.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION huimin_not_decided_by_the_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.decided_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM organizations_practitioner WHERE id = NEW.practitioner_id AND user_id = NEW.decided_by_id) THEN
        RAISE EXCEPTION '本人不能审定自己的事项' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER not_by_the_person BEFORE INSERT OR UPDATE ON organizations_poolentry
    FOR EACH ROW EXECUTE FUNCTION huimin_not_decided_by_the_person();
CREATE TRIGGER not_by_the_person BEFORE INSERT OR UPDATE ON organizations_bankaccount
    FOR EACH ROW EXECUTE FUNCTION huimin_not_decided_by_the_person();
CREATE TRIGGER not_by_the_person BEFORE INSERT OR UPDATE ON organizations_statusproposal
    FOR EACH ROW EXECUTE FUNCTION huimin_not_decided_by_the_person();

CREATE FUNCTION huimin_account_is_not_rewritten() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'proposed' AND
        (OLD.holder, OLD.bank_name, OLD.account_index, OLD.paper_id, OLD.is_first, OLD.proposed_by_id)
        IS DISTINCT FROM
        (NEW.holder, NEW.bank_name, NEW.account_index, NEW.paper_id, NEW.is_first, NEW.proposed_by_id) THEN
        RAISE EXCEPTION '收款账户不能改写，须另行登记变更' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IN ('refused', 'replaced') AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION '停用的收款账户不能恢复，须另行登记变更' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT OLD.is_first AND NEW.is_first THEN
        RAISE EXCEPTION '变更的账户不能记为首个账户' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER not_rewritten BEFORE UPDATE ON organizations_bankaccount
    FOR EACH ROW EXECUTE FUNCTION huimin_account_is_not_rewritten();
"""

BACKWARD = """
DROP TRIGGER not_rewritten ON organizations_bankaccount;
DROP TRIGGER not_by_the_person ON organizations_statusproposal;
DROP TRIGGER not_by_the_person ON organizations_bankaccount;
DROP TRIGGER not_by_the_person ON organizations_poolentry;
DROP FUNCTION huimin_account_is_not_rewritten();
DROP FUNCTION huimin_not_decided_by_the_person();
"""


class Migration(migrations.Migration):
    dependencies = [("organizations", "0002_proposals_and_second_persons")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
