import common.money
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("legalaid", "0002_procedure"),
        ("organizations", "0004_organization_accounts"),
        ("programmes", "0003_plan_text"),
        ("records", "0002_triggers"),
        ("subsidies", "0004_closer_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BureauDecision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_included", models.BooleanField(verbose_name="纳入惠民工程")),
                ("reason", models.CharField(max_length=300, verbose_name="理由")),
                ("document_no", models.CharField(max_length=60, verbose_name="会议纪要或批示文号")),
                ("decided_at", models.DateTimeField(verbose_name="决定时间")),
            ],
            options={
                "verbose_name": "纳入决定",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="CaseClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("marked_on", models.DateField(blank=True, null=True, verbose_name="标注日期")),
                ("standard", common.money.YuanField(default=0, verbose_name="当地补贴标准")),
                ("place", models.PositiveSmallIntegerField(default=0, verbose_name="专项名额序号")),
                (
                    "payee_choice",
                    models.CharField(
                        blank=True,
                        choices=[("", "按方案（有所的发给所）"), ("person", "发给承办人"), ("institution", "发给承办机构")],
                        default="",
                        max_length=12,
                        verbose_name="收款人选择",
                    ),
                ),
                ("held_reason", models.CharField(blank=True, max_length=500, verbose_name="退回原因")),
                ("held_at", models.DateTimeField(blank=True, null=True, verbose_name="退回时间")),
            ],
            options={
                "verbose_name": "案件补贴申领",
                "ordering": ["marked_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CaseList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(verbose_name="年度")),
                ("quarter", models.PositiveSmallIntegerField(verbose_name="季度")),
                ("batch", models.PositiveSmallIntegerField(default=1, verbose_name="批次")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "已编制，待主任签报"),
                            ("submitted", "已报送，待复核"),
                            ("reviewed", "已复核，待审核"),
                            ("checked", "已审核，待审批"),
                            ("approved", "已审批，待支付"),
                            ("paid", "已支付"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                (
                    "chain",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (5, "五人制：起草、复核、审核、审批、支付各一人"),
                            (4, "四人制：复核与审核可由一人"),
                            (3, "三人制：复核与审核可由一人，起草与支付可由一人"),
                        ],
                        default=5,
                        verbose_name="岗位分工",
                    ),
                ),
                ("special_total", common.money.YuanField(default=0, verbose_name="专项资金合计")),
                ("operating_total", common.money.YuanField(default=0, verbose_name="业务经费合计")),
                ("drafted_at", models.DateTimeField(verbose_name="编制时间")),
                ("submitted_at", models.DateTimeField(blank=True, null=True, verbose_name="签报时间")),
                ("reviewed_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="审核时间")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="审批时间")),
                ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="付清时间")),
            ],
            options={
                "verbose_name": "案件补贴季表",
                "ordering": ["-year", "-quarter", "-batch"],
            },
        ),
        migrations.CreateModel(
            name="CaseListEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("from_status", models.CharField(blank=True, max_length=10, verbose_name="原状态")),
                ("to_status", models.CharField(max_length=10, verbose_name="新状态")),
                ("version", models.PositiveIntegerField(verbose_name="版本")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="意见")),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "季表流转",
                "ordering": ["list", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CaseMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("told", "导入"), ("proposed", "待主任签发"), ("signed", "已标注"), ("sent_back", "已退回")],
                        default="told",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("marked_on", models.DateField(blank=True, null=True, verbose_name="标注日期")),
                ("entry_no", models.CharField(blank=True, max_length=60, verbose_name="惠民工程管理系统编号")),
                ("local_standard", common.money.YuanField(default=1000, verbose_name="当地补贴标准")),
                ("is_ordinary_subsidy_paid", models.BooleanField(default=False, verbose_name="已发普通补贴")),
                ("proposed_at", models.DateTimeField(blank=True, null=True, verbose_name="提出时间")),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="签发时间")),
                ("opinion", models.CharField(blank=True, max_length=200, verbose_name="意见")),
            ],
            options={
                "verbose_name": "惠民标注",
                "ordering": ["marked_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="CasePayRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, verbose_name="收款人")),
                ("cases", models.PositiveSmallIntegerField(default=0, verbose_name="件数")),
                ("amount", common.money.YuanField(default=0, verbose_name="金额")),
            ],
            options={
                "verbose_name": "案件补贴付款项",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ClaimPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("special", "专项补贴"), ("topup", "业务经费补足"), ("local_full", "业务经费全额")],
                        max_length=12,
                        verbose_name="项目",
                    ),
                ),
                ("amount", common.money.YuanField(verbose_name="金额")),
                ("clause", models.CharField(max_length=60, verbose_name="依据")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
            ],
            options={
                "verbose_name": "案件补贴项",
                "ordering": ["pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="payment",
            name="payment_transfer_has_an_account",
        ),
        migrations.AddField(
            model_name="payment",
            name="organization_account",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organizationaccount",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="row",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="subsidies.payrow",
                verbose_name="补贴项",
            ),
        ),
        migrations.AddField(
            model_name="bureaudecision",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bureau_decisions",
                to="legalaid.aidcase",
                verbose_name="案件",
            ),
        ),
        migrations.AddField(
            model_name="bureaudecision",
            name="decided_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="决定人"
            ),
        ),
        migrations.AddField(
            model_name="bureaudecision",
            name="paper",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.storedfile"
            ),
        ),
        migrations.AddField(
            model_name="caseclaim",
            name="case",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="claim", to="legalaid.aidcase", verbose_name="案件"
            ),
        ),
        migrations.AddField(
            model_name="caseclaim",
            name="held_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="caseclaim",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.organization",
                verbose_name="收款机构",
            ),
        ),
        migrations.AddField(
            model_name="caseclaim",
            name="practitioner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organizations.practitioner",
                verbose_name="收款人",
            ),
        ),
        migrations.AddField(
            model_name="caselist",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="审批人",
            ),
        ),
        migrations.AddField(
            model_name="caselist",
            name="checked_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="审核人",
            ),
        ),
        migrations.AddField(
            model_name="caselist",
            name="county",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="case_lists",
                to="organizations.region",
                verbose_name="县",
            ),
        ),
        migrations.AddField(
            model_name="caselist",
            name="drafted_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="编制人"
            ),
        ),
        migrations.AddField(
            model_name="caselist",
            name="operating_fund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="subsidies.fund", verbose_name="业务经费"
            ),
        ),
        migrations.AddField(
            model_name="caselist",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programmes.plan", verbose_name="实施方案"
            ),
        ),
        migrations.AddField(
            model_name="caselist",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="复核人",
            ),
        ),
        migrations.AddField(
            model_name="caselist",
            name="special_fund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="subsidies.fund", verbose_name="专项资金"
            ),
        ),
        migrations.AddField(
            model_name="caselist",
            name="submitted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="签报人",
            ),
        ),
        migrations.AddField(
            model_name="caseclaim",
            name="list",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claims",
                to="subsidies.caselist",
                verbose_name="季表",
            ),
        ),
        migrations.AddField(
            model_name="caselistevent",
            name="by",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="caselistevent",
            name="case",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="legalaid.aidcase",
                verbose_name="退回的案件",
            ),
        ),
        migrations.AddField(
            model_name="caselistevent",
            name="list",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="subsidies.caselist"),
        ),
        migrations.AddField(
            model_name="casemark",
            name="case",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="mark", to="legalaid.aidcase", verbose_name="案件"
            ),
        ),
        migrations.AddField(
            model_name="casemark",
            name="proof",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="records.storedfile",
                verbose_name="标注截图",
            ),
        ),
        migrations.AddField(
            model_name="casemark",
            name="proposed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="提出人",
            ),
        ),
        migrations.AddField(
            model_name="casemark",
            name="signed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="签发人",
            ),
        ),
        migrations.AddField(
            model_name="casepayrow",
            name="fund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="subsidies.fund", verbose_name="资金来源"
            ),
        ),
        migrations.AddField(
            model_name="casepayrow",
            name="list",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="subsidies.caselist"),
        ),
        migrations.AddField(
            model_name="casepayrow",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="case_pay_rows",
                to="organizations.organization",
                verbose_name="收款机构",
            ),
        ),
        migrations.AddField(
            model_name="casepayrow",
            name="practitioner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="case_pay_rows",
                to="organizations.practitioner",
                verbose_name="收款人",
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="case_row",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payments",
                to="subsidies.casepayrow",
                verbose_name="案件补贴付款项",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case_row", None), ("row__isnull", False)),
                    models.Q(("case_row__isnull", False), ("row", None)),
                    _connector="OR",
                ),
                name="payment_of_one_row",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "paid")), fields=("case_row",), name="payment_once_a_payee_and_fund"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "transfer"), _negated=True),
                    ("account__isnull", False),
                    ("organization_account__isnull", False),
                    _connector="OR",
                ),
                name="payment_transfer_has_an_account",
            ),
        ),
        migrations.AddField(
            model_name="claimpart",
            name="claim",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="subsidies.caseclaim", verbose_name="申领"
            ),
        ),
        migrations.AddField(
            model_name="claimpart",
            name="fund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="subsidies.fund", verbose_name="资金来源"
            ),
        ),
        migrations.AddField(
            model_name="claimpart",
            name="list",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="subsidies.caselist"
            ),
        ),
        migrations.AddField(
            model_name="claimpart",
            name="row",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="parts",
                to="subsidies.casepayrow",
                verbose_name="付款项",
            ),
        ),
        migrations.AddConstraint(
            model_name="bureaudecision",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("document_no", ""), _negated=True)),
                name="bureau_decision_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="caselist",
            constraint=models.UniqueConstraint(fields=("county", "year", "quarter", "batch"), name="case_list_once_a_batch"),
        ),
        migrations.AddConstraint(
            model_name="caselist",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "draft")),
                fields=("county", "year", "quarter"),
                name="case_list_one_draft_a_quarter",
            ),
        ),
        migrations.AddConstraint(
            model_name="caselist",
            constraint=models.CheckConstraint(
                condition=models.Q(("operating_total__gte", 0), ("special_total__gte", 0)), name="case_list_totals_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="caselist",
            constraint=models.CheckConstraint(
                condition=models.Q(("quarter__gte", 1), ("quarter__lte", 4)), name="case_list_of_a_quarter"
            ),
        ),
        migrations.AddConstraint(
            model_name="caselist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "draft"),
                    models.Q(("submitted_by__isnull", False), models.Q(("submitted_by", models.F("drafted_by")), _negated=True)),
                    _connector="OR",
                ),
                name="case_list_signed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="caselist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "submitted"]),
                    models.Q(
                        ("reviewed_by__isnull", False),
                        models.Q(("reviewed_by", models.F("drafted_by")), _negated=True),
                        models.Q(("reviewed_by", models.F("submitted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_list_reviewed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="caselist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "submitted", "reviewed"]),
                    models.Q(
                        ("checked_by__isnull", False),
                        models.Q(("checked_by", models.F("drafted_by")), _negated=True),
                        models.Q(("checked_by", models.F("submitted_by")), _negated=True),
                        models.Q(
                            ("chain__lt", 5), models.Q(("checked_by", models.F("reviewed_by")), _negated=True), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="case_list_checked_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="caselist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["draft", "submitted", "reviewed", "checked"]),
                    models.Q(
                        ("approved_by__isnull", False),
                        models.Q(("approved_by", models.F("drafted_by")), _negated=True),
                        models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                        models.Q(("approved_by", models.F("reviewed_by")), _negated=True),
                        models.Q(("approved_by", models.F("checked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_list_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("held_at", None),
                    models.Q(("list", None), models.Q(("held_reason", ""), _negated=True), ("held_by__isnull", False)),
                    _connector="OR",
                ),
                name="case_claim_held_outside_of_lists_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseclaim",
            constraint=models.CheckConstraint(
                condition=models.Q(("organization", None), ("practitioner", None), _connector="OR"), name="case_claim_one_payee"
            ),
        ),
        migrations.AddIndex(
            model_name="casemark",
            index=models.Index(fields=["marked_on"], name="case_mark_by_day"),
        ),
        migrations.AddConstraint(
            model_name="casemark",
            constraint=models.CheckConstraint(
                condition=models.Q(("local_standard__gte", 0)), name="case_mark_standard_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="casemark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "told"),
                    models.Q(
                        ("marked_on__isnull", False),
                        ("proof__isnull", False),
                        ("proposed_at__isnull", False),
                        ("proposed_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="case_mark_has_its_day_and_proof",
            ),
        ),
        migrations.AddConstraint(
            model_name="casemark",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "signed"), _negated=True),
                    models.Q(
                        ("signed_at__isnull", False),
                        ("signed_by__isnull", False),
                        models.Q(("signed_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_mark_signed_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="casepayrow",
            constraint=models.UniqueConstraint(
                fields=("list", "fund", "organization", "practitioner"),
                name="case_pay_row_once_a_payee_and_fund",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="casepayrow",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="case_pay_row_never_below_zero"),
        ),
        migrations.AddConstraint(
            model_name="casepayrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("organization", None), ("practitioner__isnull", False)),
                    models.Q(("organization__isnull", False), ("practitioner", None)),
                    _connector="OR",
                ),
                name="case_pay_row_has_one_payee",
            ),
        ),
        migrations.AddIndex(
            model_name="claimpart",
            index=models.Index(fields=["list"], name="claim_part_of_list"),
        ),
        migrations.AddConstraint(
            model_name="claimpart",
            constraint=models.UniqueConstraint(fields=("claim", "kind"), name="claim_part_once_a_kind"),
        ),
        migrations.AddConstraint(
            model_name="claimpart",
            constraint=models.UniqueConstraint(fields=("claim", "fund"), name="claim_part_once_a_fund"),
        ),
        migrations.AddConstraint(
            model_name="claimpart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["special", "local_full"])), fields=("claim",), name="claim_special_or_whole"
            ),
        ),
        migrations.AddConstraint(
            model_name="claimpart",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="claim_part_of_something"),
        ),
        migrations.AddConstraint(
            model_name="claimpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("clause", ""), _negated=True), name="claim_part_names_its_clause"
            ),
        ),
    ]
