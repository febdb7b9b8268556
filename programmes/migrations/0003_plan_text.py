"""A plan keeps the text of its file: it can be taken out again, and next year's is drawn from it."""

from django.db import migrations, models

KEEPS_ITS_WORD = """
CREATE OR REPLACE FUNCTION programmes_plan_keeps_its_word() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a loaded plan is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    -- Loading an extended file may only note when it was loaded and which file it was.
    IF (to_jsonb(OLD) - ARRAY[{loose}]) <> (to_jsonb(NEW) - ARRAY[{loose}]) THEN
        RAISE EXCEPTION 'a loaded plan does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("programmes", "0002_triggers")]

    operations = [
        migrations.AddField("plan", "text", models.TextField(default="", verbose_name="方案文件")),
        migrations.RunSQL(
            KEEPS_ITS_WORD.format(loose="'loaded_at', 'file_sha', 'text'"),
            KEEPS_ITS_WORD.format(loose="'loaded_at', 'file_sha'"),
        ),
    ]
