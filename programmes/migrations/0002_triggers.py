"""A loaded plan, a decided frequency and a month's history never change, by whatever path (I13, safety.md §1.1)."""

from django.db import migrations

ONLY_GROW = (
    "programmes_clause",
    "programmes_note",
    "programmes_term",
    "programmes_target",
    "programmes_deadlinerule",
    "programmes_stationfrequency",
    "programmes_monthevent",
)

GUARD = """
CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

REFUSE = """
CREATE FUNCTION programmes_plan_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a loaded plan is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    -- Loading the file again may only note when it was loaded and which file it was.
    IF (to_jsonb(OLD) - ARRAY['loaded_at', 'file_sha']) <> (to_jsonb(NEW) - ARRAY['loaded_at', 'file_sha']) THEN
        RAISE EXCEPTION 'a loaded plan does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programmes_plan_keeps_its_word BEFORE UPDATE OR DELETE ON programmes_plan
    FOR EACH ROW EXECUTE FUNCTION programmes_plan_keeps_its_word();

-- A value may only be followed by a later one: an earlier date would change what held in the past.
CREATE FUNCTION programmes_term_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM programmes_term t
               WHERE t.plan_id = NEW.plan_id AND t.key = NEW.key AND t.since > NEW.since) THEN
        RAISE EXCEPTION 'a term may only be followed by a later one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programmes_term_follows BEFORE INSERT ON programmes_term
    FOR EACH ROW EXECUTE FUNCTION programmes_term_follows();

CREATE FUNCTION programmes_month_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a month is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.county_id <> OLD.county_id OR NEW.first <> OLD.first OR NEW.closed_count < OLD.closed_count THEN
        RAISE EXCEPTION 'a month keeps its county, its days and its history' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programmes_month_stays BEFORE UPDATE OR DELETE ON programmes_month
    FOR EACH ROW EXECUTE FUNCTION programmes_month_stays();
"""

ALLOW = """
DROP TRIGGER programmes_month_stays ON programmes_month;
DROP FUNCTION programmes_month_stays();
DROP TRIGGER programmes_term_follows ON programmes_term;
DROP FUNCTION programmes_term_follows();
DROP TRIGGER programmes_plan_keeps_its_word ON programmes_plan;
DROP FUNCTION programmes_plan_keeps_its_word();
"""


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial"), ("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "".join(GUARD.format(table=table) for table in ONLY_GROW) + REFUSE,
            ALLOW
            + "".join(
                f"DROP TRIGGER {table}_is_not_emptied ON {table}; DROP TRIGGER {table}_only_grows ON {table};\n"
                for table in reversed(ONLY_GROW)
            ),
        )
    ]
