"""Writing down who did what, in the transaction of the act (safety.md §1.9).

Mask personal numbers before you hand them over: an entry is read by more people than the row is.
"""

import contextvars
import datetime
import json
from dataclasses import dataclass

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from accounts.models import AuditEntry
from accounts.policy import ACTIONS
from common.free_text import mask_numbers


@dataclass(frozen=True)
class Origin:
    """Where an act comes from. Commands and jobs have neither address nor request."""

    address: str | None = None
    request_id: str = ""


NOWHERE = Origin()
origin = contextvars.ContextVar("origin", default=NOWHERE)

# Acts that stand in the log under a name of their own, beside the actions of the policy.
EVENTS = {
    "accounts.signed_in": "登录",
    "accounts.signed_out": "退出",
    "accounts.sign_in_failed": "登录失败",
    "accounts.sign_in_locked": "登录被锁定",
    "accounts.change_password": "修改密码",
    "accounts.start_second_factor": "启用二次验证",
    "accounts.stop_second_factor": "停用二次验证",
    "accounts.create_user": "新建用户",
    "accounts.edit_user": "修改用户",
    "accounts.disable_user": "停用用户",
    "accounts.enable_user": "启用用户",
    "accounts.reset_password": "重置密码",
    "accounts.reset_second_factor": "取消二次验证",
    "accounts.end_sessions": "结束登录会话",
    "accounts.first_administrator": "建立首个管理员",
    "accounts.export_audit": "导出审计日志",
    "organizations.register_person": "登记服务人员",
    "organizations.edit_person": "修改服务人员",
    "organizations.correct_id_number": "更正身份证号",
    "organizations.change_kind": "变更人员类别",
    "organizations.change_firm": "变更所属单位",
    "organizations.link_login": "关联登录用户",
    "organizations.set_status": "公职身份生效",
    "organizations.propose_pool": "提出入库",
    "organizations.set_stations": "变更可值班站点",
    "organizations.leave_pool": "出库",
    "organizations.add_post": "登记岗位",
    "organizations.delegate_post": "登记委托",
    "organizations.confirm_post": "确认岗位",
    "organizations.refuse_post": "不同意岗位",
    "organizations.end_post": "结束岗位",
    "organizations.add_station": "新建站点",
    "organizations.edit_station": "修改站点",
    "organizations.add_organization": "新建机构",
    "organizations.edit_organization": "修改机构",
    "organizations.add_region": "新建区划",
    "organizations.edit_region": "修改区划",
    "records.mark_as_demo": "设为演示数据",
    "records.remember_day": "设定演示日期",
    "records.start_job": "发起后台任务",
    "records.store_file": "存入文件",
    "records.issue_paper": "签发文书",
    "records.void_paper": "作废文书",
    "consultations.give_rating": "群众评价",
    "consultations.accept_complaint": "受理服务投诉",
    "consultations.refuse_complaint": "不予受理服务投诉",
    "consultations.answer_complaint": "答复服务投诉",
    "consultations.reveal_phone": "查看联系电话",
    "consultations.hand_over_screen": "交给群众评价（本机）",
    "legalaid.edit_case": "修改案件信息",
    "legalaid.note_papers": "登记收到的材料",
    "legalaid.download_paper": "下载案件文书",
    "subsidies.send_back_mark": "退回惠民标注",
    "subsidies.record_ordinary_subsidy": "登记已发普通补贴",
    "subsidies.choose_payee": "改定案件补贴收款人",
    "subsidies.send_back_case": "从季表退回单件",
    "subsidies.put_forward": "重新列入季表",
    "subsidies.send_return": "报送季度报告",
    "performance.supersede_report": "报告被新版替代",
    "records.apply_import": "导入工作簿",
    "records.undo_import": "撤销导入",
    "legalaid.sign_reconciliation_as_centre": "经办签认系统对账表",
    "legalaid.return_reconciliation": "退回系统对账表",
    "legalaid.void_reconciliation": "作废系统对账表",
    "legalaid.download_export": "下载对方系统导出文件",
    "legalaid.export_legal_help": "导出值班律师工作台账",
    "legalaid.print_legal_help": "打印值班律师法律帮助文书",
    "legalaid.register": "案件：登记",
    "legalaid.receive": "案件：接收申请",
    "legalaid.ask_supplement": "案件：一次性告知补正",
    "legalaid.supply": "案件：收到补正材料",
    "legalaid.deem_withdrawn": "案件：视为撤回申请",
    "legalaid.redirect": "案件：告知向有管辖权的机构申请",
    "legalaid.dismiss": "案件：登记作废",
    "legalaid.accept": "案件：受理",
    "legalaid.review": "案件：开始审查",
    "legalaid.cooperate": "案件：请求异地协作",
    "legalaid.resume_review": "案件：协作完毕，继续审查",
    "legalaid.grant": "案件：决定给予法律援助",
    "legalaid.grant_pre_aid": "案件：决定先行提供法律援助",
    "legalaid.complete_pre_aid": "案件：补办先行援助手续",
    "legalaid.refuse": "案件：决定不予法律援助",
    "legalaid.withdraw": "案件：申请人撤回",
    "legalaid.take_notice": "案件：接收通知",
    "legalaid.ask_organ": "案件：通知机关补送材料",
    "legalaid.organ_supplied": "案件：材料补齐",
    "legalaid.return_notice": "案件：不属本机构办理，函告通知机关",
    "legalaid.assign": "案件：指派",
    "legalaid.accept_assignment": "案件：接受指派",
    "legalaid.decline_assignment": "案件：不接受指派",
    "legalaid.engage": "案件：签订委托协议",
    "legalaid.begin": "案件：首次约见受援人",
    "legalaid.meet": "案件：首次会见",
    "legalaid.consent": "案件：本人同意辩护",
    "legalaid.decline": "案件：本人拒绝辩护",
    "legalaid.consent_after_all": "案件：办案机关查明后同意辩护",
    "legalaid.begin_defence": "案件：开始承办",
    "legalaid.request_replacement": "案件：申请更换承办人",
    "legalaid.keep_undertaker": "案件：不予更换承办人",
    "legalaid.replace": "案件：更换承办人",
    "legalaid.terminate": "案件：终止法律援助",
    "legalaid.conclude": "案件：结案",
    "legalaid.submit_file": "案件：交卷",
    "legalaid.return_file": "案件：退卷补正",
    "legalaid.accept_file": "案件：结案审查合格",
    "legalaid.archive": "案件：归档",
    "legalaid.submit_terminated": "案件：终止案件交卷",
    "legalaid.archive_terminated": "案件：终止案件归档",
    "legalaid.verify_quality": "案件：质量核验合格",
    "legalaid.correct_refusal": "案件：异议成立，改为给予",
    "legalaid.correct_termination": "案件：异议成立，恢复办理",
    "legalaid.correct_termination_early": "案件：异议成立，重新指派",
    "legalaid.take_back": "案件：撤回上一步",
    "legalaid.add_file": "添加案件材料",
    "legalaid.remove_file": "移出案件材料",
    "legalaid.withdraw_objection": "撤回异议",
    "legalaid.strike_note": "划去承办记录",
    "legalaid.draw_reviews": "评查抽样",
    "legalaid.confirm_reviews": "确认评查批次",
    "legalaid.void_reviews": "作废评查批次",
    "legalaid.close_reviews": "结束评查批次",
    "legalaid.assign_reviewers": "分配评查人",
    "legalaid.withdraw_review": "收回评查表",
    "legalaid.decline_review": "申请回避",
    "legalaid.submit_review": "提交评查表",
    "legalaid.decide_review": "核定质量等次",
    "legalaid.fail_quality": "质量核验不合格",
    "legalaid.revoke_quality": "撤销质量核验",
    "legalaid.open_fix": "提出整改",
    "legalaid.confirm_fix": "确认整改",
    "legalaid.send_back_fix": "退回整改",
    # Acts that other acts bring about.
    "programmes.load_calendar": "载入工作日历",
    "programmes.close_month": "结账",
    "programmes.propose_reopening": "申请重开月份",
    "programmes.reopen_month": "重开月份",
    "subsidies.ask_for_recomputing": "提请复算",
    "subsidies.record_recovery": "登记扣回",
}


def words_of(action):
    """The action as the interface says it; events of services that policy does not name stand as they are."""
    return EVENTS.get(action) or (ACTIONS[action].words if action in ACTIONS else action)


def record(*, by, action, on=None, before=None, after=None, reason=""):
    """Write one entry. `by` is the user, or None when nobody is signed in; `on` a row, a text or None.

    `before` and `after` are dicts of what changed; days, amounts and instants are written as text.
    """
    return AuditEntry.objects.create(**_fields(by, action, on, before, after, reason))


def record_many(entries):
    """Write many entries in one statement: an iterable of dicts with the keywords of `record`."""
    rows = [AuditEntry(**_fields(**_with_defaults(entry))) for entry in entries]
    return AuditEntry.objects.bulk_create(rows, batch_size=1000)


def changes(before, after):
    """The two dicts reduced to the keys whose values differ, or None where nothing does."""
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    if not keys:
        return None
    return {key: before.get(key) for key in keys}, {key: after.get(key) for key in keys}


def _with_defaults(entry):
    return {"on": None, "before": None, "after": None, "reason": "", **entry}


def _fields(by, action, on, before, after, reason):
    here = origin.get()
    is_row = isinstance(on, models.Model)
    person = by if by is not None and by.pk else None
    return {
        "actor": person,
        "actor_name": f"{person.name}（{person.username}）"[:120] if person else "未登录",
        "address": here.address,
        "request_id": here.request_id,
        "action": action,
        "object_type": on._meta.label if is_row else "",
        "object_id": str(on.pk) if is_row else "",
        "object_label": str(on or "")[:200],
        "before": _plain(before),
        "after": _plain(after),
        # Free text, kept for ever: a personal number that somebody typed into it is not.
        "reason": mask_numbers(reason).text if reason else "",
    }


class _Encoder(DjangoJSONEncoder):
    def default(self, value):
        if isinstance(value, models.Model):
            return str(value)
        if isinstance(value, set | frozenset):
            return sorted(value)
        if isinstance(value, datetime.datetime):
            return value.isoformat()
        try:
            return super().default(value)
        except TypeError:
            return str(value)


def _plain(values):
    return None if values is None else json.loads(json.dumps(values, cls=_Encoder))
