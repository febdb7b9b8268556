"""Second-level topics, keys for the last four digits and initials, merging, hand-overs, corrections, day codes, drafts, late entries.

The keys of records that exist are made here. None of the columns is one that a closed month freezes.
"""

import common.encryption
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def make_keys(apps, schema_editor):
    """Initials and last-four keys of every record that has a name or a telephone."""
    from common.initials import initials
    from consultations.models.searching import tail_key

    Consultation = apps.get_model("consultations", "Consultation")
    rows = Consultation.objects.using(schema_editor.connection.alias).only("client_name", "client_phone")
    batch = []
    for record in rows.order_by("pk").iterator(chunk_size=2000):
        record.client_initials = initials(record.client_name)[:50]
        record.client_phone_tail = tail_key("phone", record.client_phone)
        if record.client_initials or record.client_phone_tail:
            batch.append(record)
        if len(batch) == 2000:
            rows.bulk_update(batch, ["client_initials", "client_phone_tail"])
            batch = []
    rows.bulk_update(batch, ["client_initials", "client_phone_tail"])


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0007_ratings_complaints_and_follow_ups"),
        ("organizations", "0004_organization_accounts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsultationDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", common.encryption.EncryptedTextField(verbose_name="内容")),
                ("saved_at", models.DateTimeField(verbose_name="保存时间")),
            ],
            options={
                "verbose_name": "咨询草稿",
                "ordering": ["-saved_at"],
            },
        ),
        migrations.CreateModel(
            name="ConsultationRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="更正原因")),
                ("changes", common.encryption.EncryptedTextField(verbose_name="更正内容")),
                ("revised_at", models.DateTimeField(verbose_name="更正时间")),
            ],
            options={
                "verbose_name": "咨询记录更正",
                "ordering": ["-revised_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("legal_aid", "法律援助申请"),
                            ("mediation", "人民调解"),
                            ("petition", "信访事项"),
                            ("organ", "有关机关"),
                        ],
                        max_length=10,
                        verbose_name="去向",
                    ),
                ),
                ("to", models.CharField(blank=True, max_length=100, verbose_name="接收单位")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="转办说明")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "待接收"), ("taken", "已接收"), ("done", "已有结果"), ("declined", "未接收")],
                        default="open",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("day", models.DateField(verbose_name="转出日期")),
                ("taken_on", models.DateField(blank=True, null=True, verbose_name="接收日期")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="结果日期")),
                ("result", models.CharField(blank=True, max_length=300, verbose_name="结果")),
                ("made_at", models.DateTimeField(verbose_name="登记时间")),
            ],
            options={
                "verbose_name": "转办",
                "ordering": ["day", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LateEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("sign_in", "签到"), ("sign_out", "签退"), ("consultation", "咨询登记")],
                        max_length=12,
                        verbose_name="事项",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="设备记录时间")),
                ("received_at", models.DateTimeField(verbose_name="服务器收到时间")),
                ("clock_off", models.IntegerField(default=0, verbose_name="设备时钟偏差（秒）")),
            ],
            options={
                "verbose_name": "补传",
                "ordering": ["received_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="StationDayCode",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="日期")),
                ("code", models.CharField(max_length=6, verbose_name="值班码")),
                ("made_at", models.DateTimeField(verbose_name="生成时间")),
            ],
            options={
                "verbose_name": "站点值班码",
            },
        ),
        migrations.AddField(
            model_name="consultation",
            name="client_gender",
            field=models.CharField(
                blank=True,
                choices=[("male", "男"), ("female", "女")],
                db_default="",
                default="",
                max_length=6,
                verbose_name="性别",
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="client_id_index",
            field=models.CharField(blank=True, db_default="", db_index=True, default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="consultation",
            name="client_id_number",
            field=common.encryption.EncryptedTextField(blank=True, db_default="", default="", verbose_name="身份证号"),
        ),
        migrations.AddField(
            model_name="consultation",
            name="client_id_tail",
            field=models.CharField(blank=True, db_default="", db_index=True, default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="consultation",
            name="client_initials",
            field=models.CharField(blank=True, db_default="", db_index=True, default="", editable=False, max_length=50),
        ),
        migrations.AddField(
            model_name="consultation",
            name="client_phone_tail",
            field=models.CharField(blank=True, db_default="", db_index=True, default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="consultation",
            name="key",
            field=models.UUIDField(blank=True, editable=False, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="consultation",
            name="merge_filled",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name="consultation",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="consultations.consultation",
                verbose_name="并入",
            ),
        ),
        migrations.AddField(
            model_name="consultation",
            name="topic",
            field=models.CharField(blank=True, db_default="", default="", max_length=40, verbose_name="具体事项"),
        ),
        migrations.AlterField(
            model_name="attendance",
            name="source",
            field=models.CharField(
                choices=[
                    ("phone", "本人手机签到"),
                    ("code", "站点值班码签到"),
                    ("clerk", "站点文员签到"),
                    ("import", "考勤表导入"),
                ],
                max_length=10,
                verbose_name="来源",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into", None),
                    models.Q(("is_void", True), models.Q(("merged_into", models.F("pk")), _negated=True)),
                    _connector="OR",
                ),
                name="consultation_merged_is_void",
            ),
        ),
        migrations.AddField(
            model_name="consultationdraft",
            name="station",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="organizations.station",
                verbose_name="站点",
            ),
        ),
        migrations.AddField(
            model_name="consultationdraft",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="填写人"
            ),
        ),
        migrations.AddField(
            model_name="consultationrevision",
            name="consultation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="revisions",
                to="consultations.consultation",
                verbose_name="咨询记录",
            ),
        ),
        migrations.AddField(
            model_name="consultationrevision",
            name="revised_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="更正人"
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="consultation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handovers",
                to="consultations.consultation",
                verbose_name="咨询记录",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="转办人"
            ),
        ),
        migrations.AddField(
            model_name="lateentry",
            name="consultation",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="late_entry",
                to="consultations.consultation",
                verbose_name="咨询记录",
            ),
        ),
        migrations.AddField(
            model_name="lateentry",
            name="sent_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="补传人"
            ),
        ),
        migrations.AddField(
            model_name="lateentry",
            name="shift",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="late_entries",
                to="consultations.shift",
                verbose_name="班次",
            ),
        ),
        migrations.AddField(
            model_name="lateentry",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organizations.station", verbose_name="站点"
            ),
        ),
        migrations.AddField(
            model_name="stationdaycode",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="生成人"
            ),
        ),
        migrations.AddField(
            model_name="stationdaycode",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="day_codes",
                to="organizations.station",
                verbose_name="站点",
            ),
        ),
        migrations.AddConstraint(
            model_name="consultationdraft",
            constraint=models.UniqueConstraint(
                fields=("user", "station"), name="draft_one_a_person_and_station", nulls_distinct=False
            ),
        ),
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(fields=["state", "day"], name="consultatio_state_9bc118_idx"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(fields=("consultation", "kind"), name="handover_once_of_a_kind"),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on", None), ("state", "open"), ("taken_on", None)),
                    models.Q(("closed_on", None), ("state", "taken"), ("taken_on__isnull", False)),
                    models.Q(
                        ("closed_on__isnull", False), ("state__in", ["done", "declined"]), models.Q(("result", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="handover_state_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_on", None), ("taken_on__gte", models.F("day")), _connector="OR"),
                    models.Q(("closed_on", None), ("closed_on__gte", models.F("day")), _connector="OR"),
                ),
                name="handover_fate_comes_after",
            ),
        ),
        migrations.AddConstraint(
            model_name="lateentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("consultation__isnull", False), ("kind", "consultation")),
                    models.Q(models.Q(("kind", "consultation"), _negated=True), ("consultation", None), ("shift__isnull", False)),
                    _connector="OR",
                ),
                name="late_entry_is_about_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="lateentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("made_at__lte", models.F("received_at"))), name="late_entry_comes_later"
            ),
        ),
        migrations.AddConstraint(
            model_name="stationdaycode",
            constraint=models.UniqueConstraint(fields=("station", "day"), name="day_code_one_a_day"),
        ),
        migrations.AddConstraint(
            model_name="stationdaycode",
            constraint=models.CheckConstraint(condition=models.Q(("code__regex", "^\\d{6}$")), name="day_code_has_six_digits"),
        ),
        migrations.RunPython(make_keys, migrations.RunPython.noop),
    ]
