"""What must never happen to papers, files and numbers is refused by the database on every path (safety.md §1.1)."""

from django.db import migrations

REFUSE = """
CREATE TRIGGER records_storedfile_only_grows BEFORE UPDATE OR DELETE ON records_storedfile
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER records_importchange_only_grows BEFORE UPDATE OR DELETE ON records_importchange
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION records_paper_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an issued paper is made void, never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'issued' OR NEW.state <> 'void'
       OR (to_jsonb(OLD) - ARRAY['state', 'void_reason', 'voided_at', 'voided_by_id'])
          <> (to_jsonb(NEW) - ARRAY['state', 'void_reason', 'voided_at', 'voided_by_id']) THEN
        RAISE EXCEPTION 'an issued paper may only be made void, once' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER records_paper_keeps_its_word BEFORE UPDATE OR DELETE ON records_issuedpaper
    FOR EACH ROW EXECUTE FUNCTION records_paper_keeps_its_word();

CREATE FUNCTION records_series_has_no_gaps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a number series is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.last NOT IN (0, 1) THEN
            RAISE EXCEPTION 'a number series begins at 1' USING ERRCODE = 'restrict_violation';
        END IF;
    ELSIF NEW.last <> OLD.last + 1 OR NEW.name <> OLD.name OR NEW.year <> OLD.year OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'a number series grows one by one' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER records_series_has_no_gaps BEFORE INSERT OR UPDATE OR DELETE ON records_numberseries
    FOR EACH ROW EXECUTE FUNCTION records_series_has_no_gaps();
"""

ALLOW = """
DROP TRIGGER records_series_has_no_gaps ON records_numberseries;
DROP FUNCTION records_series_has_no_gaps();
DROP TRIGGER records_paper_keeps_its_word ON records_issuedpaper;
DROP FUNCTION records_paper_keeps_its_word();
DROP TRIGGER records_importchange_only_grows ON records_importchange;
DROP TRIGGER records_storedfile_only_grows ON records_storedfile;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
