# The county's installation: docker compose builds this image. See docker-compose.yml and docs/operations.md.
FROM debian:bookworm-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 900 --home-dir /var/lib/huimin --create-home huimin

WORKDIR /srv/huimin
ENV PATH=/srv/huimin/.venv/bin:$PATH PYTHONUNBUFFERED=1 LANG=C.UTF-8 HUIMIN_VAR=/var/lib/huimin STATIC_ROOT=/srv/huimin/staticfiles

COPY requirements.txt ./
# A folder `wheelhouse` beside this file, if there is one, serves an intranet without a registry.
RUN --mount=type=bind,source=.,target=/context \
    python3 -m venv .venv \
    && if [ -d /context/wheelhouse ]; then export PIP_NO_INDEX=1 PIP_FIND_LINKS=/context/wheelhouse; fi \
    && .venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.txt

COPY manage.py CHANGELOG.md ./
COPY docs/user-guide.zh-CN.md docs/
COPY templates templates
COPY static static
COPY common common
COPY accounts accounts
COPY records records
COPY organizations organizations
COPY programmes programmes
COPY consultations consultations
COPY legalaid legalaid
COPY subsidies subsidies
COPY performance performance
COPY desk desk
COPY huimin huimin
# Collecting asks the settings, and the settings refuse to start without these; none of them stays in the image.
RUN DATABASE_URL=postgresql://nobody@/nothing REDIS_URL=redis://nowhere SECRET_KEY=$(head -c 48 /dev/urandom | base64 -w0) \
    FIELD_KEYS=index:$(head -c 32 /dev/urandom | base64 -w0),k1:$(head -c 32 /dev/urandom | base64 -w0) \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q common accounts records organizations programmes consultations legalaid subsidies performance desk huimin

USER huimin
EXPOSE 8000
CMD ["gunicorn", "huimin.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "4", "--timeout", "60", "--no-control-socket"]
