"""All settings, all from the environment. What is missing or unsafe stops the program here, with a sentence that says why.

With DATABASE_URL unset this is the embedded set-up: PostgreSQL and Redis of HUIMIN_VAR are started or attached to, and
secrets are made into HUIMIN_VAR. With DATABASE_URL set, nothing is made up: every secret must be given.
"""

import base64
import binascii
import ipaddress
import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from huimin import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
HUIMIN_VAR = Path(os.environ.get("HUIMIN_VAR") or BASE_DIR / "var").absolute()


# --- reading the environment ------------------------------------------------------------------------------------------


def flag(name: str, default: bool = False) -> bool:
    """A switch: on/off, true/false, yes/no, 1/0. Anything else is a mistake, not off."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text in ("1", "on", "true", "yes"):
        return True
    if text in ("0", "off", "false", "no"):
        return False
    raise ImproperlyConfigured(f"{name} 应为 on 或 off，不是 {text!r}。")


def database(url: str, name: str) -> dict:
    """Django's settings for postgresql://role:password@host:port/database?host=/folder&sslmode=require."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(f"{name} 应以 postgresql:// 开头：只支持 PostgreSQL。")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": 10, **options},
    }


def field_keys(text: str) -> dict[str, bytes]:
    """Key id to key, in order: the first data key encrypts, all decrypt. `index:<base64>,k2:<base64>,k1:<base64>`, 32 bytes each."""
    keys = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not re.fullmatch(r"[A-Za-z0-9]{1,16}", name) or len(key) != 32 or name in keys:
            raise ImproperlyConfigured("FIELD_KEYS 应写成 编号:base64,编号:base64，编号各不相同，每个密钥 32 字节。")
        keys[name] = key
    if not keys:
        raise ImproperlyConfigured("没有设置 FIELD_KEYS：身份证号无法加密保存。")
    if "index" not in keys or len(keys) < 2:
        raise ImproperlyConfigured("FIELD_KEYS 应有一个名为 index 的检索密钥和至少一个数据密钥。")
    return keys


def fonts(text: str) -> dict[str, str]:
    """The bureau's own fonts for its papers: `fang:/srv/fonts/simfang.ttf,title:/srv/fonts/fzxbs.ttf`. Whether they are there, common.pdf says."""
    files = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, path = part.partition(":")
        if not name or not path or name in files:
            raise ImproperlyConfigured("HUIMIN_FONTS 应写成 名称:文件,名称:文件，名称各不相同，如 fang:/srv/fonts/fang.ttf。")
        files[name] = path
    return files


def is_loopback(host: str) -> bool:
    if host in ("localhost", ".localhost", "testserver"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


# --- database, Redis, secrets -----------------------------------------------------------------------------------------

EMBEDDED = not os.environ.get("DATABASE_URL")
if EMBEDDED:
    try:
        _servers = embedded.attach(HUIMIN_VAR)
        _database_url, _owner_url = _servers.database_url, _servers.owner_url
        _redis_url = os.environ.get("REDIS_URL") or _servers.redis_url
        SECRET_KEY = os.environ.get("SECRET_KEY") or embedded.secret(HUIMIN_VAR, "secret-key")
        _field_keys = os.environ.get("FIELD_KEYS") or embedded.secret(HUIMIN_VAR, "field-keys")
        DEMO_PASSWORD = embedded.secret(HUIMIN_VAR, "demo-password")
    except embedded.EmbeddedError as error:
        raise ImproperlyConfigured(str(error)) from error
else:
    _database_url = os.environ["DATABASE_URL"]
    # Without the owner's address the program still runs; only migrating needs it.
    _owner_url = os.environ.get("DATABASE_OWNER_URL") or _database_url
    _redis_url = os.environ.get("REDIS_URL", "")
    SECRET_KEY = os.environ.get("SECRET_KEY", "")
    _field_keys = os.environ.get("FIELD_KEYS", "")
    DEMO_PASSWORD = os.environ.get("DEMO_PASSWORD", "")  # no demonstration without it
    if not _redis_url:
        raise ImproperlyConfigured("没有设置 REDIS_URL：设置了 DATABASE_URL 时，Redis 也要给出。")

if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10:
    raise ImproperlyConfigured("SECRET_KEY 至少 50 个字符，而且要随机。")
FIELD_KEYS = field_keys(_field_keys)

DATABASES = {
    # The role of web and worker. It owns no table and cannot change what is append-only.
    "default": database(_database_url, "DATABASE_URL"),
    # The role that owns the tables, for setup_database only.
    "owner": database(_owner_url, "DATABASE_OWNER_URL"),
}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- where we are -----------------------------------------------------------------------------------------------------

DEBUG = flag("DEBUG")
HTTPS = flag("HTTPS")
ALLOWED_HOSTS = [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]
if not ALLOWED_HOSTS and EMBEDDED:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
if DEBUG and not all(is_loopback(host) for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured("DEBUG 会在错误页显示内部数据：请关闭，或在 ALLOWED_HOSTS 只写本机地址。")
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS if HTTPS and host != "*"]

VERSION = re.search(r"^## \[(\d[^\]]*)\]", (BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)[1]
BUSINESS_DAY_SOURCE = "records.services.remembered_day"
DEMONSTRATION_SOURCE = "records.services.installation.may_shift_today"
TODAY = os.environ.get("TODAY", "")
TESTING = "pytest" in sys.modules

# --- the house --------------------------------------------------------------------------------------------------------

FLOORS = (
    "accounts",
    "records",
    "organizations",
    "programmes",
    "consultations",
    "legalaid",
    "subsidies",
    "performance",
    "desk",
)

INSTALLED_APPS = (
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    *FLOORS,
    "huimin",
)

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "accounts.middleware.OriginMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "consultations.handing_over.HandedOverMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "huimin.urls"
WSGI_APPLICATION = "huimin.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.shell",
                "records.context.demonstration",
                "programmes.context.calendar_warning",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = DEBUG

# --- language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
USE_I18N = True
FORMAT_MODULE_PATH = "huimin.formats"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or HUIMIN_VAR / "static")
STATICFILES_FINDERS = ["huimin.static.NeededFinder"]
MEDIA_ROOT = HUIMIN_VAR / "files"  # outside the web root: every file goes through a view that asks who may
HUIMIN_FONTS = fonts(os.environ.get("HUIMIN_FONTS", ""))
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        # The manifest gives every file a name of its own for ever; tests serve the plain files.
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# --- who is there -----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.MinimumLength", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.passwords.NotCommon"},
    {"NAME": "accounts.passwords.NotSimilar", "OPTIONS": {"user_attributes": ("username", "name", "phone")}},
    {"NAME": "accounts.passwords.NotNumeric"},
    {"NAME": "accounts.passwords.Classes"},
]
# mlps: classes of characters and a change every 180 days, as 等级保护 asks; asvs: length only, as OWASP advises.
PASSWORD_PROFILE = os.environ.get("PASSWORD_PROFILE", "asvs")
if PASSWORD_PROFILE not in ("asvs", "mlps"):
    raise ImproperlyConfigured("PASSWORD_PROFILE 应为 asvs 或 mlps。")

LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
CSRF_FAILURE_VIEW = "accounts.views.errors.csrf_failure"
# What makes the first administrator of an empty installation one; posts lie on a higher floor than users.
APPOINT_FIRST_ADMINISTRATOR = "organizations.services.posts.appoint_first_administrator"
# Addresses of our own proxies: only they are believed about whom they speak for.
TRUSTED_PROXIES = [proxy.strip() for proxy in os.environ.get("TRUSTED_PROXIES", "").split(",") if proxy.strip()]
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.signing_in.SignInForm",
    "reauthenticate": "accounts.forms.signing_in.ReauthenticateForm",
    "change_password": "accounts.forms.signing_in.ChangePasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # people sign in by name; nobody's mail address is kept
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# Five failures lock a login from one address and, over addresses, the login itself for fifteen minutes.
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,50/15m/ip", "login": "60/m/ip", "reauthenticate": "10/m/user"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "惠民"
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_TOTP_TOLERANCE = 1  # telephones are up to half a minute off
MFA_FORMS = {
    "authenticate": "accounts.forms.signing_in.SecondFactorForm",
    "reauthenticate": "accounts.forms.signing_in.ReauthenticateSecondFactorForm",
    "activate_totp": "accounts.forms.signing_in.ActivateSecondFactorForm",
}
# The middleware of accounts notes the last request of a session once a minute, not four queries at each.
USERSESSIONS_TRACK_ACTIVITY = False

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 9 * 60 * 60  # the longest day; twenty idle minutes are the business of accounts' middleware
SESSION_IDLE_MINUTES = 20
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Health checks come from the same machine without TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- jobs -------------------------------------------------------------------------------------------------------------

# In the database, so that pages and login limits work while Redis is away.
# Locks of logins and counters of the public doors live here: at Django's own three hundred entries, a few hundred readers would
# sweep them out, and with them the brake. `run_due` takes out what is past its time, so the table stays far below this.
_cache_room = {"OPTIONS": {"MAX_ENTRIES": 200_000, "CULL_FREQUENCY": 10}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache", **_cache_room}}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", **_cache_room}}

CELERY_BROKER_URL = _redis_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 480
CELERY_TASK_TIME_LIMIT = 540
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A page does not wait for Redis: the job is a row, and run_due sends it when Redis is back.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    # Kombu's own second and third attempt would hold the page for six seconds more.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(HUIMIN_VAR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "run-due": {"task": "desk.tasks.run_due", "schedule": timedelta(minutes=1), "options": {"expires": 50}},
    "seal-audit": {"task": "accounts.tasks.seal_audit", "schedule": timedelta(minutes=5), "options": {"expires": 250}},
    "draft-last-month": {"task": "subsidies.tasks.draft_last_month", "schedule": crontab(hour="2", minute="0", day_of_month="1")},
}
if TESTING:
    CELERY_BROKER_URL = "memory://"

# --- log --------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "huimin": {"level": "INFO"},
        "django.server": {"level": "WARNING"},
        # fontTools tells of every font that it makes smaller.
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
