import pytest
from celery import current_app

from records import services


@pytest.fixture
def job(anna, monkeypatch):
    monkeypatch.setattr(current_app, "send_task", lambda *args, **options: None)
    return services.start_job(kind="duty_pay", task="t", county="140525", period="2022-03", by=anna, title="核算2022年3月补贴")


def test_a_running_job_asks_again_and_a_finished_one_does_not(client, anna, job):
    client.force_login(anna)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "核算2022年3月补贴" in page and "2022-03" not in page and 'hx-trigger="load delay:1s"' in page and "<progress" in page
    assert f'href="/jobs/{job.pk}/"' in page, "without JavaScript there is a link to look again"
    services.run_job(job_id=job.pk, work=lambda progress: {"message": "核算完成：14 人。", "url": "/pay/1/"})
    part = client.get(f"/jobs/{job.pk}/progress/", headers={"HX-Request": "true"}).content.decode()
    assert "核算完成：14 人。" in part and 'href="/pay/1/"' in part
    assert "hx-trigger" not in part and "<html" not in part


def test_without_htmx_the_fragment_leads_to_the_page(client, anna, job):
    client.force_login(anna)
    assert client.get(f"/jobs/{job.pk}/progress/")["Location"] == f"/jobs/{job.pk}/"


def test_a_failed_job_says_why_row_by_row_and_may_be_tried_again(client, anna, job):
    rows = [{"sheet": "排班", "row": 3, "column": "B", "value": "<b>", "problem": "没有这个站点。"}]
    services.fail_job(job_id=job.pk, message="有 1 处错误。", error_rows=rows)
    client.force_login(anna)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "有 1 处错误。" in page and "没有这个站点。" in page and "&lt;b&gt;" in page and "重试" in page
    again = client.post(f"/jobs/{job.pk}/retry/")
    assert again.status_code == 302 and again["Location"] != f"/jobs/{job.pk}/"


def test_a_job_that_runs_is_not_started_twice_by_retrying(client, anna, job):
    client.force_login(anna)
    assert client.post(f"/jobs/{job.pk}/retry/")["Location"] == f"/jobs/{job.pk}/"
    assert "只有没有完成的任务" in client.get(f"/jobs/{job.pk}/").content.decode()


def test_the_jobs_of_others_are_not_found(client, boris, job):
    client.force_login(boris)
    for address in (f"/jobs/{job.pk}/", f"/jobs/{job.pk}/progress/", "/jobs/999999/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/jobs/{job.pk}/retry/").status_code == 404


def test_a_stranger_is_led_to_the_login(client, job):
    assert "/login/" in client.get(f"/jobs/{job.pk}/")["Location"]


def test_the_page_needs_few_queries(client, anna, job, django_assert_max_num_queries):
    client.force_login(anna)
    client.get(f"/jobs/{job.pk}/")
    with django_assert_max_num_queries(10):
        client.get(f"/jobs/{job.pk}/progress/", headers={"HX-Request": "true"})
