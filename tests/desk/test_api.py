"""The read-only interface: tokens, scopes, places, its answers against its own description."""

import re
from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from accounts.models import AuditEntry
from accounts.policy import Role
from common.errors import Refused
from common.periods import Quarter
from desk.api.endpoints import PER_MINUTE, WRONG_PER_MINUTE, api
from desk.models import ApiClient
from desk.services.api_clients import make_client, revoke_client
from organizations.models import Region
from subsidies.services import returns
from tests.subsidies.test_quarterly_return import Story
from tests.subsidies.world import PASSWORD

DESCRIPTION = api.get_openapi_schema()
URI = "urn:huimin"


@pytest.fixture(autouse=True)
def april(monkeypatch):
    monkeypatch.setenv("TODAY", "2022-04-06")
    cache.clear()


@pytest.fixture
def story(db):
    story = Story()
    story.admin = story.user(Role.ADMIN, "admin")
    return story


def client_for(story, *scopes, region=None, until=date(2022, 12, 31)):
    return make_client(
        name="市局平台（演示）", region=region or story.county.parent, scopes=scopes or ("rosters", "progress", "quarters"),
        paper="晋市司〔2022〕演示1号", until=until, by=story.admin,
    )  # fmt: skip


def ask(path, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client().get(f"/api/v1/{path}", headers=headers)


def schema_of(path, status):
    answer = DESCRIPTION["paths"][f"/api/v1/{path}"]["get"]["responses"][status]
    return answer["content"]["application/json"]["schema"]


def fits(response, path):
    """The answer is what the description of its path says, for its status; no key is missing or unknown."""
    registry = Registry().with_resource(URI, Resource.from_contents(DESCRIPTION, default_specification=DRAFT202012))
    schema = {"$id": f"{URI}:answer", "$ref": f"{URI}{schema_of(path, response.status_code)['$ref']}"}
    Draft202012Validator(schema, registry=registry).validate(response.json())
    name = schema["$ref"].rsplit("/", 1)[-1]
    assert set(response.json()) == set(DESCRIPTION["components"]["schemas"][name]["properties"])
    return response.json()


ROSTER = "counties/{county}/rosters/{month}"
PROGRESS = "counties/{county}/progress"
QUARTER = "counties/{county}/quarters/{quarter}"


def test_the_description_names_every_address_and_asks_for_a_token():
    assert {f"/api/v1/{path}" for path in (ROSTER, PROGRESS, QUARTER)} == set(DESCRIPTION["paths"])
    assert all("security" in operation["get"] for operation in DESCRIPTION["paths"].values())


def test_the_description_is_public_and_needs_nothing_from_elsewhere(db):
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200 and response.json()["info"]["title"] == "惠民数据接口"
    assert Client().get("/api/v1/docs").status_code == 404


@pytest.mark.parametrize("token", [None, "", "nonsense", "x" * 4000])
def test_without_a_token_that_is_in_force_nothing_is_read(story, token):
    client_for(story)
    assert ask("counties/140525/progress", token).status_code == 401


def test_progress_is_told_as_the_description_says(story):
    _client, token = client_for(story)
    document = fits(ask("counties/140525/progress", token), PROGRESS)
    assert document["target"] == 4400 and document["cases"] == {"target": 135, "concluded": 6, "entered": 5, "counted": 4}
    assert len(document["stations"]) == 17


def test_a_roster_is_told_only_as_far_as_it_is_published(story):
    _client, token = client_for(story)
    document = fits(ask("counties/140525/rosters/2022-03", token), ROSTER)
    assert document["turns"] == [] and document["published_at"] is None


def test_a_quarter_is_told_only_when_it_was_sent_and_without_a_single_case(story):
    _client, token = client_for(story)
    report = story.to_signed(Quarter(2022, 1))
    assert ask("counties/140525/quarters/2022Q1", token).status_code == 404
    story.step(returns.send_return, report, "finance", sent_on=date(2022, 4, 6))
    document = fits(ask("counties/140525/quarters/2022Q1", token), QUARTER)
    assert document["special_fund"]["received"] == "20000.00" and "rows" not in document["case_subsidy"]


def test_a_token_reads_its_scopes_and_its_region_and_nothing_else(story):
    _client, token = client_for(story, "rosters")
    refused = ask("counties/140525/progress", token)
    assert refused.status_code == 403 and "任务进度" in fits(refused, PROGRESS)["detail"]
    elsewhere = Region.objects.create(level="province", name="示例省")
    city = Region.objects.create(level="city", name="示例市", parent=elsewhere)
    _client, token = client_for(story, region=city)
    assert ask("counties/140525/progress", token).status_code == 404


def test_bad_words_in_the_address_are_told_in_chinese(story):
    _client, token = client_for(story)
    for path, of in (("rosters/2022-13", ROSTER), ("quarters/2022Q9", QUARTER)):
        response = ask(f"counties/140525/{path}", token)
        assert response.status_code == 422 and "：" in fits(response, of)["detail"]


def test_every_refusal_is_one_sentence_as_the_description_says(story):
    _client, token = client_for(story)
    for path, given in (
        ("progress?day=yesterday", token),
        ("progress?day=2022-02-30", token),
        ("progress", None),
        ("progress", "guess"),
    ):
        response = ask(f"counties/140525/{path}", given)
        assert response.status_code == (422 if given == token else 401)
        assert re.search("[\u4e00-\u9fff]", fits(response, PROGRESS)["detail"])


def test_a_revoked_or_expired_token_reads_nothing_any_more(story, monkeypatch):
    client, token = client_for(story, until=date(2022, 4, 30))
    assert ask("counties/140525/progress", token).status_code == 200
    monkeypatch.setenv("TODAY", "2022-05-01")
    assert ask("counties/140525/progress", token).status_code == 401
    monkeypatch.setenv("TODAY", "2022-04-06")
    revoke_client(client=client, by=story.admin)
    assert ask("counties/140525/progress", token).status_code == 401
    with pytest.raises(Refused, match="已经停用"):
        revoke_client(client=client, by=story.admin)


def test_only_the_hash_of_a_token_is_kept_and_giving_it_out_is_audited(story):
    client, token = client_for(story)
    client.refresh_from_db()
    assert token not in str(ApiClient.objects.filter(pk=client.pk).values().get())
    entry = AuditEntry.objects.filter(action="accounts.manage_api_clients").get()
    assert token not in str(entry.after) and entry.after["使用方"] == "市局平台（演示）"


def test_a_token_lasts_a_year_at_most(story):
    for until in (date(2022, 4, 6), date(2022, 4, 6) + timedelta(days=367)):
        with pytest.raises(Refused, match="一年之内"):
            client_for(story, until=until)


def test_nothing_is_written_through_the_interface(story):
    _client, token = client_for(story)
    for method in ("post", "put", "patch", "delete"):
        response = getattr(Client(), method)("/api/v1/counties/140525/progress", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 405


def test_a_client_that_reads_on_and_on_is_braked(story):
    _client, token = client_for(story)
    statuses = [ask("counties/999999/progress", token).status_code for _ in range(2 * PER_MINUTE + 2)]
    assert statuses[0] == 404 and 429 in statuses


def test_tokens_tried_in_vain_are_braked_by_address_and_do_not_shut_out_others(story):
    _client, token = client_for(story)
    guess = lambda: Client(REMOTE_ADDR="203.0.113.7").get(  # noqa: E731
        "/api/v1/counties/140525/progress", headers={"Authorization": "Bearer guess"}
    )
    assert [guess().status_code for _ in range(WRONG_PER_MINUTE + 1)] == [401] * WRONG_PER_MINUTE + [429]
    assert fits(guess(), PROGRESS)["detail"].startswith("口令连续不对")
    assert ask("counties/140525/progress", token).status_code == 200


def test_the_administrator_sees_the_token_once(story):
    page = Client()
    page.post("/login/", {"login": "admin", "password": PASSWORD})  # a fresh login, which giving out a token asks for
    values = {"name": "市局平台", "region": story.county.pk, "scopes": ["progress"], "paper": "演示1号", "until": "2022-12-31"}
    told = page.post("/api-clients/new/", values).content.decode()
    client = ApiClient.objects.get()
    [token] = re.findall(rf'value="({client.token_start}[^"]+)"', told)
    assert ask("counties/140525/progress", token).status_code in (200, 404)
    assert token not in page.get("/api-clients/").content.decode()
