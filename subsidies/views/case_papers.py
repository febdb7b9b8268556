"""Papers of quarterly lists: F14, F15, F09, F31, F33, F24. Each is looked up in the reader's scope, made, audited with its count, and sent."""

from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, fresh_login
from common import clock
from common.periods import Quarter
from subsidies.exports import case_bank_file, case_checks, case_lists
from subsidies.exports.case_lists import ListBook
from subsidies.views.case_lists import list_of
from subsidies.views.papers import chosen, give
from subsidies.views.places import county_of

SHEETS = {"xlsx": case_lists.information_workbook, "pdf": case_lists.information_pdf}


def give_list(request, pk, make, *, action="subsidies.export_case_list", with_numbers=False, **told):
    """A file about a list."""
    found = list_of(request, pk)
    book = ListBook(found, with_numbers=with_numbers)
    back = reverse("case-list", args=[pk])
    return give(request, lambda: make(book, by=request.user), on=found, action=action, back=back, **told)


@require_safe
@allowed("subsidies.export_case_list")
def case_list_file(request, pk, suffix):
    """F14, names and account numbers masked; F15 behind it."""
    return give_list(request, pk, chosen(SHEETS, suffix), 证件号和账号="掩码")


@require_POST
@allowed("subsidies.export_with_numbers")
@fresh_login
def case_list_full_file(request, pk):
    """F14 and F15 with whole account numbers."""
    make = case_lists.information_workbook
    return give_list(request, pk, make, action="subsidies.export_with_numbers", with_numbers=True, 证件号和账号="完整")


@require_safe
@allowed("subsidies.export_case_list")
def case_list_payees_file(request, pk):
    """F15 as a workbook."""
    return give_list(request, pk, case_lists.payees_workbook, 证件号和账号="掩码")


@require_POST
@allowed("subsidies.export_pay")
def case_list_sign_sheet(request, pk):
    """F15 to sign. A POST: the first print takes a number."""
    return give_list(request, pk, case_lists.sign_sheet_pdf)


@require_POST
@allowed("subsidies.export_pay")
def case_list_approval_paper(request, pk):
    """F31. A POST: the first print takes a number."""
    return give_list(request, pk, case_lists.payment_approval_pdf)


BANK_FILES = {"xlsx": case_bank_file.case_bank_workbook, "csv": case_bank_file.case_bank_csv}


@require_POST
@allowed("subsidies.export_bank_file")
@fresh_login
def case_list_bank_file(request, pk):
    """F09 of one fund, with whole account numbers of those whom it still owes."""
    found = list_of(request, pk)
    make = chosen(BANK_FILES, request.POST.get("format", "xlsx"))
    fund = found.operating_fund if request.POST.get("fund") == "operating" else found.special_fund
    back = reverse("case-list-pay", args=[pk])
    action = "subsidies.export_bank_file"
    return give(request, lambda: make(found, fund), on=found, action=action, back=back, 资金=fund.get_kind_display(), 账号="完整")


@require_safe
@allowed("subsidies.export_pay")
def case_double_funds(request):
    """F33 of a year."""
    county, year = county_of(request), request.GET.get("year", "")
    year = int(year) if year.isdigit() and len(year) == 4 else clock.today().year
    make = lambda: case_checks.double_fund_workbook(county, year, by=request.user)  # noqa: E731
    return give(request, make, on=county, action="subsidies.export_case_list", back=reverse("case-lists"))


@require_POST
@allowed("subsidies.export_with_numbers")
@fresh_login
def case_tax_free(request):
    """F24 of a quarter, with whole ID numbers as the tax office wants them."""
    county = county_of(request)
    try:
        quarter = Quarter.parse(request.POST.get("quarter", ""))
    except ValueError:
        quarter = Quarter.of(clock.today()).previous()
    make = lambda: case_checks.tax_free_workbook(county, quarter, by=request.user, with_numbers=True)  # noqa: E731
    action = "subsidies.export_with_numbers"
    return give(request, make, on=county, action=action, back=reverse("case-lists"), 证件号="完整")


urlpatterns = [
    path("pay/cases/<int:pk>/file.<str:suffix>", case_list_file, name="case-list-file"),
    path("pay/cases/<int:pk>/full/", case_list_full_file, name="case-list-full-file"),
    path("pay/cases/<int:pk>/payees.xlsx", case_list_payees_file, name="case-list-payees-file"),
    path("pay/cases/<int:pk>/sign-sheet/", case_list_sign_sheet, name="case-list-sign-sheet"),
    path("pay/cases/<int:pk>/bank-file/", case_list_bank_file, name="case-list-bank-file"),
    path("pay/cases/<int:pk>/approval-paper/", case_list_approval_paper, name="case-list-approval-paper"),
    path("pay/cases/double-funds.xlsx", case_double_funds, name="case-double-funds"),
    path("pay/cases/tax-free/", case_tax_free, name="case-tax-free"),
]
