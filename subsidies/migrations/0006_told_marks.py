"""What cases told of their mark and money moves to the mark; the columns leave the case."""

from django.db import migrations

FORWARD = """
INSERT INTO subsidies_casemark (case_id, state, marked_on, entry_no, local_standard, is_ordinary_subsidy_paid, opinion)
SELECT id, 'told', marked_on, '', local_standard, is_ordinary_subsidy_paid, '' FROM legalaid_aidcase
WHERE marked_on IS NOT NULL OR local_standard <> 1000 OR is_ordinary_subsidy_paid;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
ALTER TABLE legalaid_aidcase DROP COLUMN marked_on, DROP COLUMN local_standard, DROP COLUMN is_ordinary_subsidy_paid;
"""
BACKWARD = """
ALTER TABLE legalaid_aidcase ADD COLUMN marked_on date, ADD COLUMN local_standard numeric(12, 2) NOT NULL DEFAULT 1000,
    ADD COLUMN is_ordinary_subsidy_paid boolean NOT NULL DEFAULT false;
UPDATE legalaid_aidcase c SET marked_on = m.marked_on, local_standard = m.local_standard,
    is_ordinary_subsidy_paid = m.is_ordinary_subsidy_paid FROM subsidies_casemark m WHERE m.case_id = c.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
DELETE FROM subsidies_casemark;
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0005_case_subsidies")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
