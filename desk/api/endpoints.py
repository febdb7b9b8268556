"""The interface's addresses. Each asks: which client, which scope, which county; then one service of the floors below."""

import time
from datetime import date

from django.conf import settings
from django.core.cache import cache
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from accounts import audit
from common import clock
from common.errors import Refused
from common.periods import Quarter, YearMonth
from consultations.services.brakes import counted_in, is_over
from consultations.services.progress import progress_of
from consultations.services.public_duty import published_duty
from desk.api import schemas
from desk.models import ApiClient
from desk.services.api_clients import client_of, note_reading
from organizations.models import Region
from organizations.models.places import within
from subsidies.models import QuarterlyReturn
from subsidies.services import case_figures

PER_MINUTE = 60
WRONG_PER_MINUTE = 20
"""Tokens tried in vain from one address: enough for a client set up wrongly, nothing for a machine that guesses."""


class Token(HttpBearer):
    """`Authorization: Bearer …`. A token that is unknown, revoked or over reads nothing, and is not told why."""

    def authenticate(self, request, token):
        door = f"api-wrong:{audit.origin.get().address or 'nowhere'}"
        if is_over(door, most=WRONG_PER_MINUTE):
            raise HttpError(429, "口令连续不对：请一分钟以后再试。")
        client = client_of(token)
        if client is None:
            counted_in(door, most=WRONG_PER_MINUTE, seconds=60)
            return None
        key = f"api:{client.pk}:{int(time.time() // 60)}"
        cache.add(key, 0, timeout=90)
        if cache.incr(key) > PER_MINUTE:
            raise HttpError(429, f"每分钟最多读取 {PER_MINUTE} 次：请稍后再试。")
        note_reading(client)
        return client


api = NinjaAPI(
    title="惠民数据接口",
    version="1",
    description="供上级平台只读：已公示的值班表、任务进度、已报送的季度数据。没有受援人、咨询人的个人信息。",
    auth=Token(),
    docs_url=None,  # its page would load scripts from elsewhere; the description itself is openapi.json
    urls_namespace="api",
)


def county_for(client: ApiClient, scope: str, code: str) -> Region:
    """The county, if the client may read this scope and this place. 403 and 404 in words."""
    if scope not in client.scopes:
        raise HttpError(403, f"这个口令不能读取“{ApiClient.Scope(scope).label}”。")
    county = Region.objects.counties().filter(within([client.region_id], "self"), code=code).first()
    if county is None:
        raise HttpError(404, f"没有代码为“{code}”的县，或不在可读区域内。")
    return county


def parsed(read, text):
    try:
        return read(text)
    except ValueError as error:
        raise HttpError(422, str(error)) from None


ERRORS = {code: schemas.Problem for code in (401, 403, 404, 422, 429)}


@api.get(
    "/counties/{str:county}/rosters/{str:month}",
    response={200: schemas.Roster, **ERRORS},
    summary="一个月已公示的值班表",
    url_name="api-roster",
)
def roster(request, county: str, month: str):
    period = parsed(YearMonth.parse, month)
    region = county_for(request.auth, ApiClient.Scope.ROSTERS, county)
    duty = published_duty(county=region, first=period.first, last=period.last)
    return {
        "county": region.code,
        "month": str(period),
        "published_at": duty.published_at.astimezone(clock.SHANGHAI).isoformat() if duty.published_at else None,
        "turns": [
            {
                "day": turn.day,
                "station": turn.station.name,
                "name": turn.name,
                "category": turn.kind,
                "unit": turn.unit,
                "starts_at": f"{turn.starts_at:%H:%M}",
                "ends_at": f"{turn.ends_at:%H:%M}",
            }
            for turn in duty.turns
        ],
    }


@api.get(
    "/counties/{str:county}/progress",
    response={200: schemas.CountyProgress, **ERRORS},
    summary="到某一天的任务进度",
    url_name="api-progress",
)
def progress(request, county: str, day: date | None = None):
    region = county_for(request.auth, ApiClient.Scope.PROGRESS, county)
    day = min(day or clock.today(), clock.today())
    found = progress_of(county=region, day=day)
    if found is None:
        raise HttpError(404, f"{region}没有载入实施方案。")
    total = found.total
    return {
        "county": region.code,
        "day": found.day,
        "time_percent": f"{found.time_percent:.1f}",
        "target": total.target,
        "done": total.done,
        "satisfaction": share(total.satisfaction),
        "stations": [
            {
                "station": each.station.name,
                "target": each.target,
                "done": each.done,
                "satisfaction": share(each.satisfaction),
            }
            for each in found.stations
        ],
        "cases": cases_of(region, found.day),
    }


def cases_of(region: Region, day: date) -> dict:
    """The three numbers of cases; nothing where no plan holds cases."""
    try:
        return case_figures.progress_of(county=region, year=day.year, until=day)._asdict()
    except Refused:
        return {"target": 0, "concluded": 0, "entered": 0, "counted": 0}


@api.get(
    "/counties/{str:county}/quarters/{str:quarter}",
    response={200: schemas.QuarterReturn, **ERRORS},
    summary="已报送的季度数据",
    url_name="api-quarter",
)
def quarter_return(request, county: str, quarter: str):
    period = parsed(Quarter.parse, quarter)
    region = county_for(request.auth, ApiClient.Scope.QUARTERS, county)
    sent = QuarterlyReturn.objects.of_quarter(region, period).filter(status__in=["sent", "noted"]).first()
    if sent is None:
        raise HttpError(404, f"{region}{period.label}的季度报告还没有报送。")
    figures = sent.figures
    return {
        "county": region.code,
        "quarter": str(period),
        "revision": sent.revision,
        "due_on": sent.due_on,
        "sent_on": sent.sent_on,
        "special_fund": figures["special_fund"],
        "duty_pay": figures["duty_pay"],
        "case_subsidy": figures["case_subsidy"],
        "cases": figures["cases"],
    }


def share(percent) -> str | None:
    return None if percent is None else f"{percent:.1f}"


@api.exception_handler(AuthenticationError)
def unknown(request, error):
    return api.create_response(request, {"detail": "没有口令，或者口令不对、已停用、已到期：请联系县司法局。"}, status=401)


@api.exception_handler(ValidationError)
def unreadable(request, error):
    """What ninja itself could not read from the address, in one sentence as every other problem."""
    names = "、".join(dict.fromkeys(str(each["loc"][-1]) for each in error.errors))
    return api.create_response(request, {"detail": f"看不懂参数 {names}：日期请写成 2022-03-31。"}, status=422)


@api.exception_handler(Refused)
def refused(request, error):
    return api.create_response(request, {"detail": str(error)}, status=422)


@api.exception_handler(Exception)
def broken(request, error):
    """Never a stack trace, not to machines either."""
    if settings.DEBUG or settings.TESTING:
        raise error
    return api.create_response(request, {"detail": "服务器出错，请稍后再试或联系县司法局。"}, status=500)
