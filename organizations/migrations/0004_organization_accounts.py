import common.encryption
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Where a firm's money goes is never rewritten: a change is a new row with a second person and the firm's paper.
FORWARD = """
CREATE FUNCTION huimin_organization_account_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('refused', 'replaced') OR OLD.state = 'confirmed' AND NEW.state <> 'replaced' AND NEW.state <> OLD.state THEN
        RAISE EXCEPTION '停用的收款账户不能恢复，须另行登记变更' USING ERRCODE = 'check_violation';
    END IF;
    IF (OLD.organization_id, OLD.proposed_by_id) IS DISTINCT FROM (NEW.organization_id, NEW.proposed_by_id) OR OLD.state <> 'proposed' AND
       (OLD.holder, OLD.bank_name, OLD.account_index, OLD.paper_id, OLD.decided_by_id)
       IS DISTINCT FROM (NEW.holder, NEW.bank_name, NEW.account_index, NEW.paper_id, NEW.decided_by_id) THEN
        RAISE EXCEPTION '收款账户不能改写，须另行登记变更' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER not_rewritten BEFORE UPDATE ON organizations_organizationaccount
    FOR EACH ROW EXECUTE FUNCTION huimin_organization_account_stays();
"""
BACKWARD = """
DROP TRIGGER not_rewritten ON organizations_organizationaccount;
DROP FUNCTION huimin_organization_account_stays;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("organizations", "0003_guards"),
        ("records", "0002_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OrganizationAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("holder", models.CharField(max_length=100, verbose_name="户名")),
                ("bank_name", models.CharField(max_length=100, verbose_name="开户行")),
                ("account_no", common.encryption.EncryptedTextField(verbose_name="银行账号")),
                ("account_index", models.CharField(db_index=True, editable=False, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("proposed", "待确认"), ("confirmed", "使用中"), ("refused", "未确认"), ("replaced", "已停用")],
                        default="proposed",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="登记时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="变更原因")),
                ("opinion", models.CharField(blank=True, max_length=200, verbose_name="审定意见")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="审定时间")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审定人",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="organizations.organization",
                        verbose_name="机构",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.storedfile",
                        verbose_name="盖章的账户确认书",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
            ],
            options={
                "verbose_name": "机构收款账户",
                "ordering": ["organization", "-proposed_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "confirmed")),
                        fields=("organization",),
                        name="organization_account_one_in_use",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("organization",),
                        name="organization_account_one_waiting",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "proposed"),
                            ("state", "refused"),
                            models.Q(
                                ("decided_by__isnull", False), models.Q(("decided_by", models.F("proposed_by")), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="organization_account_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
