"""Settings common to all ways of running; docs/operating.md has the table."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from librephotos.settings.connection import LocalConnection
from librephotos.settings.database import database
from librephotos.settings.env import (
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_path,
    env_paths,
    env_proxies,
    env_rate,
    env_str,
)
from librephotos.settings.folder import default_data_folder
from librephotos.settings.hosts import own_names
from librephotos.settings.secret import secret_key

PACKAGE = Path(__file__).resolve().parent.parent

DATA = env_path("LIBREPHOTOS_DATA", default_data_folder())
DEBUG = env_bool("LIBREPHOTOS_DEBUG", default=False)
SECRET_KEY = secret_key(DATA)
# Names that are answered to beside literal addresses; the middleware looks at these,
# Django at nothing further.
HOSTS = [*own_names(), *env_list("LIBREPHOTOS_ALLOWED_HOSTS")]
ALLOWED_HOSTS = ["*"]
# Proxies in front, whose word on where a request comes from is taken.
PROXIES = env_proxies("LIBREPHOTOS_PROXIES")
# Processes that answer requests, 0 for one a core and four at most.
WEB_PROCESSES = env_int("LIBREPHOTOS_WEB_PROCESSES", 0)
# Most connections to all of them, and of one address among them.
CONNECTIONS = env_int("LIBREPHOTOS_CONNECTIONS", 1000, minimum=10)
CONNECTIONS_PER_ADDRESS = env_int("LIBREPHOTOS_CONNECTIONS_PER_ADDRESS", 200, minimum=1)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "librephotos.api",
    "librephotos.server",
]
MIDDLEWARE = [
    # Before anything reads a cookie.
    "librephotos.web.cookies.CookieMiddleware",
    "librephotos.web.callers.ForwardedAddressMiddleware",
    "librephotos.web.compression.CompressionMiddleware",
    "librephotos.web.callers.HostMiddleware",
    "librephotos.web.body_limits.BodyLimitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "librephotos.web.middleware.SecretAddressMiddleware",
    # The entry document of the page lies among the static files too.
    "librephotos.web.middleware.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "librephotos.web.static_files.StaticFilesMiddleware",
    "librephotos.web.middleware.PrivateAnswersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "librephotos.web.admin_queries.AdminQueryMiddleware",
]
ROOT_URLCONF = "librephotos.web.urls"
WSGI_APPLICATION = "librephotos.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Without DATABASE_URL, PostgreSQL runs in the data folder: `librephotos` starts it.
DATABASE_URL = env_str("DATABASE_URL")
EMBEDDED_POSTGRES = not DATABASE_URL
DATABASES = {"default": database(DATABASE_URL, DATA)}
DATABASES["default"].update(
    CONN_MAX_AGE=0,
    CONN_HEALTH_CHECKS=True,
    OPTIONS={
        # Other servers may stand behind a pooler, which loses what was prepared.
        **({"prepare_threshold": 2} if EMBEDDED_POSTGRES else {}),
        **DATABASES["default"].get("OPTIONS", {}),
        "pool": {
            **({"connection_class": LocalConnection} if EMBEDDED_POSTGRES else {}),
            # An idle connection is a PostgreSQL process of 5 to 10 MiB.
            "min_size": 0,
            "max_size": env_int("LIBREPHOTOS_DATABASE_POOL", 12, minimum=2),
            "max_idle": 15,
            # A request that waits for a connection keeps others from being answered.
            "timeout": 3,
        },
    },
)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # What one process may know and another not; see ThrottleHistory for the rest.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "api.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_PASSWORDS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_PASSWORDS}.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": f"{_PASSWORDS}.CommonPasswordValidator"},
    {"NAME": f"{_PASSWORDS}.NumericPasswordValidator"},
    {"NAME": f"{_PASSWORDS}.UserAttributeSimilarityValidator"},
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_AUTOREFRESH = DEBUG
# Vite puts the hash of the content into the names of its files.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/ui/assets/.+-[\w-]{8}\.\w+$"
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA / "media"
_WHOLE_FILES = "librephotos.api.storage.previews.AtomicFileSystemStorage"
STORAGES = {
    "default": {"BACKEND": _WHOLE_FILES},
    "previews": {
        "BACKEND": _WHOLE_FILES,
        "OPTIONS": {"location": DATA / "previews"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Header through which a proxy (nginx: X-Accel-Redirect) is asked to send a file, and
# the internal location that it maps to the root of the file system.
ACCEL_REDIRECT_PREFIX = env_str("LIBREPHOTOS_ACCEL_REDIRECT_PREFIX")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "librephotos.api.http.authentication.BearerAuthentication",
        "librephotos.api.http.authentication.EnvelopeBasicAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["librephotos.api.http.renderers.FastJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "librephotos.api.http.parsers.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "librephotos.api.http.errors.exception_handler",
    "DEFAULT_THROTTLE_RATES": {
        "login": env_rate("LIBREPHOTOS_LOGIN_RATE", "20/min"),
        "sign_up": env_rate("LIBREPHOTOS_SIGN_UP_RATE", "20/hour"),
    },
    "NUM_PROXIES": PROXIES.count,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "REFRESH_TOKEN_LIFETIME": timedelta(
        days=env_int("REFRESH_TOKEN_DAYS", 7, minimum=1)
    ),
    "ROTATE_REFRESH_TOKENS": False,
    "UPDATE_LAST_LOGIN": True,
    "CHECK_REVOKE_TOKEN": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LibrePhotos",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "MediaType": "librephotos.api.serializers.library.grid.MEDIA_TYPES",
        "FaceKind": "librephotos.api.serializers.people.face.KINDS",
        "AlbumRole": "librephotos.api.serializers.library.user_album.ROLES",
        "PhotoOrder": "librephotos.api.serializers.library.user_album.ORDERS",
        "ShareRole": "librephotos.api.models.sharing.shares.AlbumShare.Role",
    },
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["librephotos.api.pipeline.worker.tasks"]

# The first administrator, made by `serve` in an empty library.
ADMIN_USERNAME = env_str("LIBREPHOTOS_ADMIN_USERNAME", "admin")
ADMIN_PASSWORD = env_str("LIBREPHOTOS_ADMIN_PASSWORD")

ALLOW_UPLOAD = env_bool("ALLOW_UPLOAD", default=True)
# The largest file that is taken, and what the files of an account may take together
# with its uploads, 0 for any number of bytes.
UPLOAD_MAX_MIB = env_int("LIBREPHOTOS_UPLOAD_MAX_MIB", 102_400, minimum=1)
UPLOAD_QUOTA_MIB = env_int("LIBREPHOTOS_UPLOAD_QUOTA_MIB", 0)
SKIP_PATTERNS = env_str("SKIP_PATTERNS")
DEFAULT_FAVORITE_MIN_RATING = env_int("DEFAULT_FAVORITE_MIN_RATING", 4, minimum=1)
IMAGE_TAG = env_str("IMAGE_TAG")
# Directories that pictures may be scanned from and that the directory picker shows;
# `serve DIR…` adds its arguments.
SCAN_ROOTS = env_paths("LIBREPHOTOS_SCAN_ROOTS")

# Published models, the hub that they come from and a mirror to take instead.
MODELS = env_path("LIBREPHOTOS_MODELS", DATA / "models")
MODEL_MIRROR = env_str("LIBREPHOTOS_MODEL_MIRROR")
HF_ENDPOINT = env_str("HF_ENDPOINT") or "https://huggingface.co"
HF_HUB_OFFLINE = env_bool("HF_HUB_OFFLINE", default=False)
DEVICE = env_str("LIBREPHOTOS_DEVICE", "auto")

MAX_PIXELS = env_int("LIBREPHOTOS_MAX_PIXELS", 300_000_000, minimum=1)
DECODE_TIMEOUT_S = env_int("LIBREPHOTOS_DECODE_TIMEOUT", 60, minimum=1)
DECODE_MEMORY_MIB = env_int("LIBREPHOTOS_DECODE_MEMORY_MIB", 6144, minimum=256)
LEARN_TIMEOUT_S = env_int("LIBREPHOTOS_LEARN_TIMEOUT", 600, minimum=1)
FACE_RECOGNITION = env_bool("LIBREPHOTOS_FACE_RECOGNITION", default=True)
MIN_FREE_MIB = env_int("LIBREPHOTOS_MIN_FREE_MIB", 512)
# Copies without metadata, for visitors of public photos.
STRIPPED_MIB = env_int("LIBREPHOTOS_STRIPPED_MIB", 10_240, minimum=1)
# Films as every browser plays them.
FILMS_MIB = env_int("LIBREPHOTOS_FILMS_MIB", 10_240, minimum=1)

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = env_bool("LIBREPHOTOS_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
# Only the Django admin has sessions and forms.
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/api/django-admin/"
CSRF_TRUSTED_ORIGINS = env_list("LIBREPHOTOS_CSRF_TRUSTED_ORIGINS")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 2**20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "librephotos.logs.formatter.LineFormatter",
            "format": "{asctime} {levelname} {name}[{process}]: {message}",
            "style": "{",
            # How people call their files is not told.
            "private": SCAN_ROOTS,
        }
    },
    "filters": {"outages": {"()": "librephotos.logs.outages.OutageFilter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["outages"],
        }
    },
    "root": {
        "handlers": ["stderr"],
        "level": env_choice(
            "LIBREPHOTOS_LOG_LEVEL",
            "WARNING",
            choices=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
        ),
    },
    "loggers": {
        # An answer of 4xx is the caller's concern, and its address may name a photo.
        "django.request": {"level": "ERROR"},
        # Likewise, each with a traceback.
        "django.security": {"level": "CRITICAL"},
        # Tells the arguments of tasks, the texts of searches among them.
        "procrastinate": {"level": "WARNING"},
        # Warns of each moment in which all threads are busy.
        "waitress.queue": {"level": "ERROR"},
        # Tells each address, which may hold a mirror's password.
        "httpx2": {"level": "WARNING"},
    },
}
