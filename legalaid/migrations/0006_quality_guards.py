"""What the database refuses about quality evaluation, whoever asks and however (safety.md §1.1, §5; domain.md 3.8, D41).

Nobody reviews a case that she undertook, assigned or handled, or that her firm undertook. A submitted sheet stays, and its total
is the sum of its points. A draw stays as it was drawn; a confirmed grade and a confirmed rectification stay.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION huimin_reviewer_stands_apart() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE c legalaid_aidcase%ROWTYPE;
BEGIN
    IF NEW.state = 'withdrawn' THEN
        RETURN NEW;
    END IF;
    SELECT k.* INTO c FROM legalaid_aidcase k JOIN legalaid_sampledfile f ON f.case_id = k.id WHERE f.id = NEW.file_id;
    IF c.handler_id = NEW.reviewer_id THEN
        RAISE EXCEPTION '评查人是本案经办人，应当回避' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM legalaid_assignment a WHERE a.case_id = c.id AND a.assigned_by_id = NEW.reviewer_id) THEN
        RAISE EXCEPTION '评查人是本案指派人，应当回避' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM organizations_practitioner p
        WHERE p.user_id = NEW.reviewer_id AND (
            p.id = c.lawyer_id
            OR p.id IN (SELECT a.lawyer_id FROM legalaid_assignment a WHERE a.case_id = c.id)
            OR (c.lawyer_id IS NULL AND c.undertaker <> '' AND p.name = c.undertaker
                AND NOT EXISTS (SELECT 1 FROM legalaid_assignment a WHERE a.case_id = c.id)))) THEN
        RAISE EXCEPTION '评查人是本案承办人，应当回避' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT 1 FROM organizations_organization o
        WHERE (o.id = c.office_id
               OR o.id IN (SELECT a.office_id FROM legalaid_assignment a WHERE a.case_id = c.id)
               OR (c.undertaking_office <> '' AND o.name = c.undertaking_office))
          AND (EXISTS (SELECT 1 FROM organizations_affiliation s JOIN organizations_practitioner p ON p.id = s.practitioner_id
                       WHERE p.user_id = NEW.reviewer_id AND s.organization_id = o.id
                         AND (s.until IS NULL OR c.assigned_on IS NULL OR s.until >= c.assigned_on))
               OR EXISTS (SELECT 1 FROM organizations_post t WHERE t.user_id = NEW.reviewer_id AND t.organization_id = o.id
                         AND (t.until IS NULL OR c.assigned_on IS NULL OR t.until >= c.assigned_on)))) THEN
        RAISE EXCEPTION '评查人与本案承办人同一单位，应当回避' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviewer_stands_apart BEFORE INSERT OR UPDATE ON legalaid_filereview
    FOR EACH ROW EXECUTE FUNCTION huimin_reviewer_stands_apart();

CREATE FUNCTION huimin_submitted_review_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = 'submitted' AND (TG_OP = 'DELETE' OR OLD IS DISTINCT FROM NEW) THEN
        RAISE EXCEPTION '已提交的评查表不能修改或删除' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state = 'submitted' AND NEW.total IS DISTINCT FROM
        (SELECT sum(value::numeric) FROM jsonb_each_text(NEW.points)) THEN
        RAISE EXCEPTION '评查表的总分与各项得分不符' USING ERRCODE = 'check_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER submitted_review_stays BEFORE INSERT OR UPDATE OR DELETE ON legalaid_filereview
    FOR EACH ROW EXECUTE FUNCTION huimin_submitted_review_stays();

CREATE FUNCTION huimin_draw_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('closed', 'void') OR
        (OLD.county_id, OLD.kind, OLD.first, OLD.last, OLD.method, OLD.percent, OLD.strata, OLD.only_unverified, OLD.seed,
         OLD.frame, OLD.rubrics, OLD.drawn_by_id, OLD.drawn_at) IS DISTINCT FROM
        (NEW.county_id, NEW.kind, NEW.first, NEW.last, NEW.method, NEW.percent, NEW.strata, NEW.only_unverified, NEW.seed,
         NEW.frame, NEW.rubrics, NEW.drawn_by_id, NEW.drawn_at) THEN
        RAISE EXCEPTION '抽样记录和已结束、已作废的批次不能修改或删除' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER draw_stays BEFORE UPDATE OR DELETE ON legalaid_reviewbatch
    FOR EACH ROW EXECUTE FUNCTION huimin_draw_stays();

CREATE FUNCTION huimin_sampled_file_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NOT EXISTS (SELECT 1 FROM legalaid_reviewbatch b JOIN legalaid_aidcase k ON k.id = NEW.case_id
                       WHERE b.id = NEW.batch_id AND b.state = 'drawn' AND b.kind = NEW.kind AND b.county_id = k.county_id) THEN
            RAISE EXCEPTION '抽样确认后不能增减案卷' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.state IN ('decided', 'dropped') OR
        (OLD.batch_id, OLD.case_id, OLD.kind, OLD.position, OLD.stratum, OLD.rubric_code) IS DISTINCT FROM
        (NEW.batch_id, NEW.case_id, NEW.kind, NEW.position, NEW.stratum, NEW.rubric_code) THEN
        RAISE EXCEPTION '抽中的案卷和已核定的等次不能修改或删除' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sampled_file_stays BEFORE INSERT OR UPDATE OR DELETE ON legalaid_sampledfile
    FOR EACH ROW EXECUTE FUNCTION huimin_sampled_file_stays();

CREATE FUNCTION huimin_rectification_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'confirmed' OR
        (OLD.file_id, OLD.problem, OLD.due_on, OLD.opened_by_id) IS DISTINCT FROM
        (NEW.file_id, NEW.problem, NEW.due_on, NEW.opened_by_id) THEN
        RAISE EXCEPTION '整改要求、期限和已复核的整改不能修改或删除' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rectification_stays BEFORE UPDATE OR DELETE ON legalaid_rectification
    FOR EACH ROW EXECUTE FUNCTION huimin_rectification_stays();
"""

BACKWARD = """
DROP TRIGGER reviewer_stands_apart ON legalaid_filereview;
DROP TRIGGER submitted_review_stays ON legalaid_filereview;
DROP TRIGGER draw_stays ON legalaid_reviewbatch;
DROP TRIGGER sampled_file_stays ON legalaid_sampledfile;
DROP TRIGGER rectification_stays ON legalaid_rectification;
DROP FUNCTION huimin_reviewer_stands_apart, huimin_submitted_review_stays, huimin_draw_stays, huimin_sampled_file_stays,
    huimin_rectification_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("legalaid", "0005_quality_reviews"), ("organizations", "0003_guards")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
