"""What quality evaluation will not do, in words; also what the database refuses."""

from contextlib import contextmanager

from django.db import IntegrityError

from common.errors import Refused

# Constraints speak in names; triggers speak Chinese already.
WORDS = {
    "sampled_file_one_running_of_a_kind": "抽中的案卷里有的正在另一批次同一方式的评查中：请作废本次抽样，重新抽取。",
    "file_review_once_a_person": "同一人不能在一份案卷里评两次：请换一位评查人。",
    "file_review_one_a_seat": "这个评查席位刚被别人分配了：请刷新页面。",
    "rectification_confirmed_by_another": "整改人不能复核自己的整改：请由另一人复核。",
    "rectification_due_after_it_is_asked_for": "整改期限早于提出日期：请填写以后的日期。",
}


class ReviewRefused(Refused):
    """Something about an evaluation that will not be done; the sentence says why and how to go on."""


class SheetRefused(ReviewRefused):
    """A score sheet that cannot be taken: `faults` says of each field what is wrong."""

    def __init__(self, faults):
        super().__init__(f"评查表还有 {len(faults)} 处要改：请按提示修改后再提交，已填的内容都还在。")
        self.faults = faults


@contextmanager
def told_in_words():
    """Turn a refusal of the database into a ReviewRefused. Inside the service's own transaction, which then rolls back."""
    try:
        yield
    except IntegrityError as error:
        told = getattr(error.__cause__, "diag", None)
        if told is None:
            raise
        if told.constraint_name:
            words = WORDS.get(told.constraint_name, f"数据不合规定，没有保存（{told.constraint_name}）。")
        else:
            words = f"{told.message_primary}。"
        raise ReviewRefused(words) from error
