from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0009_roll_call_draws_inspections_and_signals"),
    ]

    operations = [
        migrations.AddField(
            model_name="dutycomplaint",
            name="code_hash",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="dutycomplaint",
            constraint=models.UniqueConstraint(
                condition=models.Q(("code_hash", ""), _negated=True), fields=("code_hash",), name="duty_complaint_code_once"
            ),
        ),
    ]
