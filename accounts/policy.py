"""Who may do what: the whole matrix of safety.md §5 and ui.md §3.1, as data.

Views, menu, help page and tests all ask this table. It answers "may this role do this?"; "may she see
this row?" is asked of the queryset (`visible_to`), and "is she someone else than the drafter?" of the
service. An action is `app.verb_noun`. Add yours here, beside its neighbours, before you guard a view.
"""

from dataclasses import dataclass

from django.db.models import TextChoices


class Role(TextChoices):
    SECTION = "section", "业务股"
    LEADER = "leader", "局领导"
    CLERK = "clerk", "站点文员"
    HEAD = "head", "站点负责人"
    DUTY = "duty", "值班人员"
    CENTRE = "centre", "援助中心经办"
    DIRECTOR = "director", "援助中心主任"
    EXPERT = "expert", "评查专家"
    LAWYER = "lawyer", "承办人"
    FINANCE = "finance", "财务"
    CASHIER = "cashier", "出纳"
    TREASURY = "treasury", "财政局"
    CITY = "city", "市局"
    AUDITOR = "auditor", "审计"
    ADMIN = "admin", "系统管理员"


@dataclass(frozen=True)
class Action:
    """What is done, in the words the interface uses, and the roles that may."""

    words: str
    roles: frozenset


S, L, CLERK, HEAD, DUTY = Role.SECTION, Role.LEADER, Role.CLERK, Role.HEAD, Role.DUTY
CENTRE, DIRECTOR, EXPERT, LAWYER = Role.CENTRE, Role.DIRECTOR, Role.EXPERT, Role.LAWYER
FINANCE, CASHIER, TREASURY, CITY = Role.FINANCE, Role.CASHIER, Role.TREASURY, Role.CITY
AUDITOR, ADMIN = Role.AUDITOR, Role.ADMIN

EVERYBODY = tuple(Role)  # and every signed-in person who holds no post at the moment
BUREAU = (S, L)
STATION = (CLERK, HEAD)
AID = (CENTRE, DIRECTOR)
PAY_READERS = (S, L, FINANCE, CASHIER, TREASURY, CITY, AUDITOR)
STAFF = (S, L, CLERK, HEAD, DUTY, CENTRE, DIRECTOR, FINANCE, CASHIER, TREASURY, CITY, AUDITOR)

_MATRIX = {
    # -- accounts: users, login, audit
    "accounts.own_account": ("自己的账号", EVERYBODY),
    "accounts.read_help": ("看帮助", EVERYBODY),
    "accounts.manage_users": ("管理用户", (ADMIN,)),
    "accounts.confirm_money_posts": ("确认经手资金的岗位", (L,)),
    "accounts.view_audit": ("查看审计日志", (L, AUDITOR, ADMIN)),
    # -- records: what every office keeps
    "records.follow_job": ("看后台任务", EVERYBODY),
    "records.read_notices": ("看通知", EVERYBODY),
    "records.download_file": ("下载附件和文书", EVERYBODY),
    "records.view_jobs": ("看全部后台任务", (S, ADMIN)),
    # -- organizations: regions, stations, people, posts
    "organizations.view": ("查看机构与站点", (*(role for role in STAFF if role != DUTY), ADMIN)),
    "organizations.edit": ("维护机构与站点", (S, ADMIN)),
    "organizations.view_people": ("查看服务人员", (*BUREAU, *STATION, *AID, FINANCE, CASHIER, AUDITOR)),
    "organizations.view_own_record": ("我的登记资料", (DUTY,)),
    "organizations.view_accounts": ("查看收款账户", (S, L, FINANCE, CASHIER, AUDITOR)),
    "organizations.view_proposals": ("查看待审定的人员事项", (S, L, AUDITOR)),
    "organizations.edit_people": ("维护服务人员", (S,)),
    "organizations.merge_people": ("合并重复人员", (S,)),
    "organizations.admit_to_pool": ("提出入库", (S,)),
    "organizations.decide_pool": ("审定入库", (L,)),
    "organizations.propose_status": ("登记公职身份", (S,)),
    "organizations.decide_status": ("审定公职身份", (L,)),
    "organizations.propose_account": ("登记银行账户", (S,)),
    "organizations.decide_account": ("审定银行账户", (L,)),
    "organizations.reveal": ("查看完整证件号", (S, CENTRE, FINANCE, CASHIER, CLERK)),
    "organizations.view_posts": ("查看岗位", (L, AUDITOR, ADMIN)),
    "organizations.manage_posts": ("登记岗位与授权", (ADMIN,)),
    "organizations.confirm_posts": ("确认经手资金的岗位", (L,)),
    # -- programmes: plan, calendar, months
    "programmes.view_plan": ("查看实施方案", EVERYBODY),
    "programmes.view_calendar": ("查看工作日历", EVERYBODY),
    "programmes.load_plan": ("载入方案文件", (S,)),
    "programmes.open_year": ("开启新年度", (S,)),
    "programmes.confirm_year": ("确认新年度方案", (S, L)),
    "programmes.edit_calendar": ("维护工作日历", (S, ADMIN)),
    "programmes.set_frequency": ("确定站点值班频次", (S,)),
    "programmes.view_months": ("查看月度结账", (*PAY_READERS, HEAD)),
    # -- consultations: rosters
    "consultations.view_roster": ("查看值班表", (*BUREAU, *STATION, DUTY, *AID, FINANCE, CITY, AUDITOR)),
    "consultations.plan_roster": ("编排值班表", (S,)),
    "consultations.publish_roster": ("公示值班表", (S, HEAD)),
    "consultations.request_change": ("申请换班、请假", (S, *STATION, DUTY)),
    "consultations.decide_change": ("审批换班、请假", (S,)),
    "consultations.offer_shift": ("请人接班、接班", (DUTY,)),
    "consultations.state_availability": ("登记自己的请假与排班意愿", (DUTY,)),
    "consultations.keep_availability": ("查看、登记他人的请假", (S,)),
    "consultations.withdraw_leave": ("撤销请假", (S, DUTY)),
    "consultations.print_roster": ("打印排班、替班审批表", (*BUREAU, *STATION)),
    "consultations.subscribe_calendar": ("订阅自己的值班日历", (DUTY,)),
    # -- consultations: attendance and findings
    "consultations.view_own_shifts": ("我的值班", (DUTY,)),
    "consultations.view_attendance": ("查看考勤", (*BUREAU, *STATION, DUTY, FINANCE, AUDITOR)),
    "consultations.sign_in": ("自己签到签退", (DUTY,)),
    "consultations.sign_in_for_others": ("为他人签到签退", (CLERK,)),
    "consultations.enter_past_day": ("补登往日考勤", (S, CLERK)),
    "consultations.settle_shift": ("处理未定班次", (S, CLERK)),
    "consultations.confirm_settlement": ("确认补登与处理", (S, HEAD)),
    "consultations.roll_call": ("点名抽查", BUREAU),
    "consultations.view_findings": ("查看考核事项", (*BUREAU, *STATION, DUTY, FINANCE, AUDITOR)),
    "consultations.report_finding": ("登记考核事项", (*BUREAU, *STATION)),
    "consultations.hear_finding": ("听取本人意见", (S,)),
    "consultations.state_own_case": ("本人说明", (DUTY,)),
    "consultations.decide_finding": ("核实考核事项", (S,)),
    "consultations.issue_criticism": ("制发通报批评", BUREAU),
    "consultations.confirm_month": ("确认本站月报", (S, HEAD)),
    "consultations.receive_month": ("接收或退回站点月报", (S,)),
    # -- consultations: records
    "consultations.write_consultation": ("登记咨询", (*STATION, DUTY)),
    "consultations.view_consultations": ("查看咨询记录", (*BUREAU, *STATION, DUTY, *AID)),
    "consultations.follow_handover": ("登记咨询转办的去向和结果", (*STATION, DUTY)),
    "consultations.show_day_code": ("出示站点值班码", STATION),
    "consultations.view_totals": ("查看咨询统计", (*BUREAU, *STATION, DUTY, *AID, CITY, AUDITOR)),
    # -- consultations: what citizens say, what the bureau looks at
    "consultations.view_ratings": ("查看评价与投诉", (*BUREAU, *STATION)),
    "consultations.view_followups": ("查看回访", (*BUREAU, *STATION)),
    "consultations.view_inspections": ("查看检查整改", (*BUREAU, HEAD, AUDITOR)),
    "consultations.view_signals": ("查看异常提示", BUREAU),
    "consultations.inspect": ("登记检查、提出整改要求", BUREAU),
    "consultations.rectify": ("报送整改", (S, HEAD)),
    "consultations.confirm_rectification": ("确认或退回整改", BUREAU),
    "consultations.handle_signals": ("核查异常提示", BUREAU),
    # -- consultations: ratings, complaints, follow-ups
    "consultations.ask_for_rating": ("请咨询人评价", (*STATION, DUTY)),
    "consultations.file_complaint": ("登记服务投诉", (S, *STATION)),
    "consultations.handle_complaint": ("受理、答复服务投诉", (S,)),
    "consultations.draw_follow_ups": ("抽取回访对象", (S,)),
    "consultations.follow_up": ("咨询回访", (S, *STATION)),
    # -- legalaid
    "legalaid.view_cases": ("查看援助案件", (*AID, LAWYER)),
    "legalaid.hand_in_application": ("转交援助申请", (*STATION, CENTRE)),
    "legalaid.follow_hand_ins": ("查看本站代收的援助申请", STATION),
    "legalaid.handle_case": ("办理援助案件", (CENTRE,)),
    "legalaid.decide_case": ("审批援助案件", (DIRECTOR,)),
    "legalaid.decide_objection": ("审查异议", (L,)),
    "legalaid.undertake_case": ("承办案件", (LAWYER,)),
    "legalaid.change_file": ("增减案件材料", (CENTRE, LAWYER)),
    "legalaid.hand_over": ("转交案件给同事", AID),
    "legalaid.reveal": ("查看案件的完整证件号、电话", (*AID, LAWYER)),
    "legalaid.view_objections": ("查看异议", (L, *AID)),
    "legalaid.file_objection": ("登记异议", (L, *AID)),
    "legalaid.view_complaints": ("查看援助案件投诉", (L, *AID)),
    "legalaid.file_complaint": ("登记援助案件投诉", (L, *AID)),
    "legalaid.answer_complaint": ("调查、答复援助案件投诉", (L, DIRECTOR)),
    "legalaid.assign_case": ("指派承办人", (CENTRE,)),
    "legalaid.keep_specialties": ("维护承办人专长", AID),
    "legalaid.note_progress": ("登记承办记录", (CENTRE, LAWYER)),
    "legalaid.close_case": ("结案、交卷", (CENTRE, LAWYER)),
    "legalaid.review_closed_file": ("结案审查、归档", (CENTRE,)),
    "legalaid.supervise_case": ("案前告知、案中监督、案后回访", (CENTRE,)),
    "legalaid.view_papers": ("查看案件文书", (*AID, LAWYER)),
    "legalaid.make_paper": ("制发案件文书", (*AID, LAWYER)),
    "legalaid.serve_paper": ("登记文书送达", (*AID, LAWYER)),
    "legalaid.void_paper": ("作废案件文书", AID),
    "legalaid.set_paper_prefix": ("设定文号代字", (DIRECTOR,)),
    "legalaid.print_blank_paper": ("打印空白文书", (S, *STATION, DUTY, *AID, LAWYER)),
    "legalaid.view_reviews": ("查看质量评查", (*BUREAU, *AID, EXPERT, CITY, AUDITOR)),
    "legalaid.take_part_in_reviews": ("参与质量评查", (S, *AID, EXPERT)),
    "legalaid.view_review_batches": ("查看评查批次", (*BUREAU, *AID, CITY, AUDITOR)),
    "legalaid.view_reviewers": ("查看评查人姓名", (*BUREAU, AUDITOR)),
    "legalaid.organize_reviews": ("组织案件评查", (S,)),
    "legalaid.review_administratively": ("行政评查、核定等次", (S,)),
    "legalaid.review_file": ("同行评估", (EXPERT,)),
    "legalaid.score_file": ("填写评查表", (S, EXPERT)),
    "legalaid.view_fixes": ("查看评查整改", (*BUREAU, *AID, AUDITOR)),
    "legalaid.rectify": ("评查整改", (CENTRE,)),
    "legalaid.view_provincial": ("查看省系统录入与对账", AID),
    "legalaid.enter_provincial": ("登记省系统录入", (CENTRE,)),
    "legalaid.reconcile": ("与省系统、惠民系统对账", (CENTRE,)),
    "legalaid.sign_reconciliation": ("签认系统对账表", (DIRECTOR,)),
    "legalaid.view_legal_help": ("查看值班律师法律帮助", (*AID, LAWYER)),
    "legalaid.handle_legal_help": ("办理值班律师法律帮助", (CENTRE,)),
    "legalaid.give_legal_help": ("提供值班律师法律帮助", (LAWYER,)),
    # -- subsidies: pay
    "subsidies.view_own_pay": ("我的补贴", (DUTY,)),
    "subsidies.view_pay": ("查看补贴表", PAY_READERS),
    "subsidies.draft_pay": ("核算补贴表", (S,)),
    "subsidies.review_pay": ("复核补贴表", (S, FINANCE)),  # finance only where four or three people hold the chain
    "subsidies.check_pay": ("审核补贴表", (FINANCE,)),
    "subsidies.approve_pay": ("审批补贴表", (L,)),
    "subsidies.pay": ("支付补贴", (CASHIER,)),
    "subsidies.send_back_pay": ("退回补贴表", (S, L, FINANCE, CASHIER)),
    "subsidies.object_to_pay": ("对补贴提出异议", (DUTY,)),
    "subsidies.decide_objection": ("处理补贴异议", (S,)),
    "subsidies.export_pay": ("导出补贴表", PAY_READERS),
    "subsidies.export_with_numbers": ("导出含完整证件号、账号的补贴表", (S, FINANCE, CASHIER)),
    "subsidies.export_bank_file": ("导出银行付款文件", (FINANCE, CASHIER)),
    "subsidies.print_own_slip": ("打印自己的补贴条", (DUTY,)),
    "subsidies.propose_reopening": ("提出重开月份", (S, FINANCE)),
    "subsidies.reopen_month": ("提出重开月份", (S, FINANCE)),
    "subsidies.decide_reopening": ("审定重开月份", (L,)),
    "subsidies.set_chain": ("确定岗位分工", (L,)),
    # -- subsidies: marks and case subsidies
    "subsidies.view_case_money": ("查看案件的标注与补贴", (*AID, LAWYER, *PAY_READERS)),
    "subsidies.view_marks": ("惠民标注工作", AID),  # the others come to marks from the lists
    "subsidies.mark_case": ("提出惠民标注", (CENTRE,)),
    "subsidies.sign_marks": ("签发惠民标注", (DIRECTOR,)),
    "subsidies.decide_scope": ("决定案件是否纳入惠民工程", (L,)),
    "subsidies.view_case_lists": ("查看案件补贴季表", (*AID, *PAY_READERS)),
    "subsidies.draft_case_list": ("编制案件补贴季表", (CENTRE,)),
    "subsidies.submit_case_list": ("签报案件补贴季表", (DIRECTOR,)),
    "subsidies.review_case_list": ("复核案件补贴季表", (S,)),
    "subsidies.send_back_cases": ("退回案件补贴季表或单件", (DIRECTOR, S, L, FINANCE)),
    "subsidies.send_back_single": ("退回季表中的单件", (*AID, S, L, FINANCE)),
    "subsidies.export_case_list": ("导出案件补贴季表", (*AID, *PAY_READERS)),
    # -- subsidies: funds
    "subsidies.view_ledger": ("查看资金台账", PAY_READERS),
    "subsidies.export_ledger": ("导出资金台账和对账表", PAY_READERS),
    "subsidies.manage_funds": ("设立资金账", (FINANCE,)),
    "subsidies.enter_receipt": ("登记资金到位", (FINANCE,)),
    "subsidies.confirm_receipt": ("确认到账与拨付日期", (TREASURY,)),
    "subsidies.propose_reversal": ("提出冲销", (S, FINANCE)),
    "subsidies.decide_reversal": ("审定冲销", (L,)),
    "subsidies.record_return": ("登记退票", (CASHIER,)),
    "subsidies.reconcile_bank": ("银行对账", (FINANCE,)),
    "subsidies.prepare_return": ("编制季报", (FINANCE,)),
    "subsidies.review_return": ("复核季报", (S,)),
    "subsidies.sign_return": ("签发季报", (L,)),
    "subsidies.note_return": ("接收或退回季报", (CITY,)),
    "subsidies.view_returns": ("查看季度报告", PAY_READERS),
    "subsidies.export_return": ("导出季度报告", PAY_READERS),
    "subsidies.send_back_return": ("退回季度报告", (S, L)),
    "subsidies.check_books": ("核对账目", (S, L, FINANCE, AUDITOR)),
    # -- performance
    "performance.view": ("查看绩效", (*BUREAU, *AID, CITY, AUDITOR)),
    "performance.view_reports": ("查看报告", (*BUREAU, *AID, FINANCE, TREASURY, CITY, AUDITOR)),
    "performance.draft_report": ("编制报告", (S,)),
    "performance.review_report": ("复核报告", (S,)),
    "performance.send_back_report": ("退回报告", BUREAU),
    "performance.issue_report": ("签发、公布报告", (L,)),
    "performance.export_report": ("导出报告", (*BUREAU, *AID, FINANCE, TREASURY, CITY, AUDITOR)),
    # -- desk: what looks at everything
    "desk.view_dashboard": ("工作台", EVERYBODY),
    "desk.view_todo": ("待办", EVERYBODY),
    "desk.search": ("查找", EVERYBODY),
    "desk.import_workbook": ("导入工作簿", (S,)),
    "desk.undo_import": ("撤销导入", (S,)),
    "desk.view_imports": ("查看导入批次", (S, L, AUDITOR)),
    "desk.export": ("导出", (*BUREAU, *STATION, *AID, FINANCE, CASHIER, TREASURY, CITY, AUDITOR)),
    "desk.view_obligations": ("查看年度任务台账", (*BUREAU, *AID, CITY, AUDITOR)),
    "desk.keep_obligations": ("办结年度任务", (*BUREAU, *AID)),
    "desk.assign_obligations": ("确定年度任务的责任人", BUREAU),
    "accounts.manage_api_clients": ("管理数据接口", (ADMIN,)),
    "desk.view_reports": ("报表", (*BUREAU, *AID, FINANCE, TREASURY, CITY, AUDITOR)),
}

ACTIONS = {name: Action(words, frozenset(roles)) for name, (words, roles) in _MATRIX.items()}

# The system user runs jobs and commands without a person behind them: she may bring in and draft, never decide.
# She may also export what the command line asks for, with masked numbers.
# What the public page brings is registered in her name.
SYSTEM_ACTIONS = frozenset({"programmes.load_plan", "desk.import_workbook", "legalaid.hand_in_application",
                            "subsidies.draft_pay", "subsidies.export_pay",
                            "subsidies.prepare_return", "subsidies.export_return", "performance.draft_report"})  # fmt: skip

# Steps of one paper that must be held by different people. No role may hold both; the services compare the persons.
APART = (
    ("subsidies.draft_pay", "subsidies.check_pay"),
    ("subsidies.draft_pay", "subsidies.approve_pay"),
    ("subsidies.draft_pay", "subsidies.pay"),
    ("subsidies.review_pay", "subsidies.approve_pay"),
    ("subsidies.check_pay", "subsidies.approve_pay"),
    ("subsidies.check_pay", "subsidies.pay"),
    ("subsidies.approve_pay", "subsidies.pay"),
    ("subsidies.propose_reversal", "subsidies.decide_reversal"),
    ("subsidies.propose_reopening", "subsidies.decide_reopening"),
    ("subsidies.enter_receipt", "subsidies.confirm_receipt"),
    ("subsidies.pay", "subsidies.reconcile_bank"),
    ("subsidies.prepare_return", "subsidies.sign_return"),
    ("performance.draft_report", "performance.issue_report"),
    ("organizations.admit_to_pool", "organizations.decide_pool"),
    ("organizations.propose_account", "organizations.decide_account"),
    ("organizations.propose_status", "organizations.decide_status"),
    ("organizations.manage_posts", "organizations.confirm_posts"),
    ("legalaid.handle_case", "legalaid.decide_case"),
    ("legalaid.decide_case", "legalaid.decide_objection"),
    ("legalaid.handle_case", "legalaid.decide_objection"),
    ("legalaid.reconcile", "legalaid.sign_reconciliation"),
    ("subsidies.mark_case", "subsidies.sign_marks"),
    ("subsidies.draft_case_list", "subsidies.submit_case_list"),
    ("subsidies.draft_case_list", "subsidies.review_case_list"),
    ("subsidies.draft_case_list", "subsidies.check_pay"),
    ("subsidies.draft_case_list", "subsidies.approve_pay"),
    ("subsidies.submit_case_list", "subsidies.review_case_list"),
    ("subsidies.submit_case_list", "subsidies.check_pay"),
    ("subsidies.submit_case_list", "subsidies.approve_pay"),
    ("subsidies.review_case_list", "subsidies.approve_pay"),
    ("legalaid.rectify", "legalaid.review_administratively"),
    ("legalaid.handle_case", "legalaid.review_file"),
)

# Posts through which money passes: entered by the administrator, in force only when the leader confirms them.
MONEY_ROLES = frozenset({Role.SECTION, Role.LEADER, Role.FINANCE, Role.CASHIER, Role.TREASURY})

# Posts that sign in with a second factor (safety.md §2).
SECOND_FACTOR_ROLES = frozenset({Role.ADMIN, Role.LEADER, Role.FINANCE, Role.CASHIER})

# Posts that see the whole business of their region; the others see their station, their assignments or themselves.
WHOLE_REGION_ROLES = frozenset({S, L, CENTRE, DIRECTOR, FINANCE, CASHIER, TREASURY, CITY, AUDITOR, ADMIN})


def may(user, action):
    """Whether this user's posts allow the action. KeyError for an action the table does not know."""
    allowed_roles = ACTIONS[action].roles
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_system:
        return action in SYSTEM_ACTIONS
    return allowed_roles == frozenset(EVERYBODY) or not allowed_roles.isdisjoint(user.roles)
