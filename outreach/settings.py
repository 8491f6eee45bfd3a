"""Settings, from the environment alone. Every variable is explained in .env.example."""

from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from outreach import database_url, environ, log_config, mail_url

BASE_DIR = environ.ROOT
# The embedded database and the collected static files: what this machine makes and git does not keep.
VAR_DIR = environ.folder("VAR_DIR", BASE_DIR / "var")

DEMO = environ.flag("DEMO")
DEBUG = environ.flag("DEBUG")
# Everything that is not the demo is a production; checks.py then refuses what is unsafe.
PRODUCTION = not DEMO
DEMO_PASSWORD = environ.text("DEMO_PASSWORD", "jemputbola")

PORT = environ.integer(
    "PORT", 8000, 1, 65535
)  # gunicorn_conf.py listens; read here so that every command refuses

SECRET_KEY = environ.text("SECRET_KEY")
FIELD_KEYS = environ.keys("FIELD_KEYS")
INDEX_KEYS = environ.keys("INDEX_KEYS")
AUDIT_KEYS = environ.keys("AUDIT_KEYS")

PUBLIC_URL = environ.text("PUBLIC_URL").rstrip("/")
ALLOWED_HOSTS = environ.words("ALLOWED_HOSTS", "127.0.0.1,localhost" if DEMO else "")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if urlsplit(PUBLIC_URL).scheme in {"http", "https"} else []

INSTALLED_APPS = [
    # Before the admin, so that their templates and commands win.
    "enrolment",
    "outreach",
    "outreach.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "outreach.middleware.RefuseNul",
    "outreach.middleware.DemoIsLocal",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "outreach.middleware.Compressed",
    "outreach.middleware.Language",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "outreach.middleware.NotedOrigin",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "outreach.middleware.SignedInOnly",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # These two after Csrf and SignedInOnly, whose checks come first.
    "outreach.middleware.SecondFactor",
    "outreach.shared_phone.SharedPhone",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "outreach.urls"
WSGI_APPLICATION = "outreach.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["outreach.template_loader.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
# Form widgets come from templates/ too, so that the look can override them.
FORM_RENDERER = "outreach.form_renderer.Renderer"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

DATABASES = {
    "default": database_url.parse(
        environ.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'jemputbola.sqlite3'}"), root=BASE_DIR
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # Rate limits must be shared by all workers. `migrate` makes the table (outreach/apps.py).
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "outreach_cache",
        # Django forgets from 300 entries on, expired or not: that would reset everybody's lock.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

# --- People and signing in
AUTH_USER_MODEL = "outreach.User"
AUTHENTICATION_BACKENDS = ["outreach.auth.RoleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SIGN_IN_LINK_TIMEOUT = 7 * 24 * 3600  # seconds; longer than a reset by e-mail: a slip of paper is handed on
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
# Wiring: where each role lands. The rooms below do not know one another's addresses.
ROLE_HOMES = {
    "officer": "today",
    "reviewer": "admin:enrolment_registration_changelist",
    "head": "admin:enrolment_registration_counts",
    "organiser": "own-events",
    "system_admin": "admin:index",
}
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "outreach.auth.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "outreach.forms.sign_in.SignInForm",
    "reauthenticate": "outreach.forms.sign_in.PasswordForm",
    "reset_password": "outreach.forms.sign_in.ForgottenForm",
    "reset_password_from_key": "outreach.forms.sign_in.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
# A bazaar shares one address behind carrier NAT: what is counted is the account together with the address, so that
# nobody's wrong password locks anybody else; the account alone only against guessing from many addresses, and the
# address alone only against a machine. Also counted: codes of the second factor (as login_failed, by account).
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "300/m/ip,5/5m/key",
    "login_account": "100/h/key",
    "pin": "5/16h/key",
    "region_search": "240/m/key",
    # Of these the page says: wait an hour.
    "change_password": "20/h/user",
    "reauthenticate": "20/h/user",
    "reset_password": "60/h/ip,3/h/key",
    "reset_password_from_key": "60/h/ip",
}

# The roles of the admin prove a second factor in each session; 0 only for the demo.
SECOND_FACTOR = environ.flag("SECOND_FACTOR", default=True)
MFA_ADAPTER = "outreach.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Jemput Bola"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds: the clocks of cheap phones
MFA_FORMS = {
    "activate_totp": "outreach.forms.second_factor.SetUpForm",
    "authenticate": "outreach.forms.second_factor.CodeForm",
    "reauthenticate": "outreach.forms.second_factor.CodeAgainForm",
}

# How long a sign-in lasts, in seconds. An officer's and an organiser's counts from the last use.
SESSION_AGES = {
    "officer": 14 * 86400,
    "organiser": 14 * 86400,
    "reviewer": 12 * 3600,
    "head": 12 * 3600,
    "system_admin": 12 * 3600,
}
# After so many minutes without a request an officer's phone asks who holds it.
OFFICER_LOCK_MINUTES = environ.integer("OFFICER_LOCK_MINUTES", 10, 1, 240)
# So long after the event a prospect may be called; then the name and number are destroyed (`manage.py purge`).
PROSPECT_DAYS = environ.integer("PROSPECT_DAYS", 90, 1, 366)
# How many of a hundred approvals a second reviewer looks at.
SECOND_LOOK_PERCENT = environ.integer("SECOND_LOOK_PERCENT", 5, 0, 100)
# How many digits a payment code (kode iuran) has. BPJS issues them; here they are only written down.
BILLING_CODE_DIGITS = environ.integers("BILLING_CODE_DIGITS", "12", 6, 15)
# An approved one that is not paid after so many days lapses, so that the worker may come again (`manage.py lapse`).
LAPSE_DAYS = environ.integer("LAPSE_DAYS", 60, 30, 365)
# Who paid and stopped lapses so many months after the last paid one. 0: never, for a branch that records no more
# than the first payment knows of nobody that they stopped.
LAPSE_STOPPED_MONTHS = environ.integer("LAPSE_STOPPED_MONTHS", 0, 0, 36)
ROSTER_COOKIE_NAME = "phone"
CSRF_FAILURE_VIEW = "outreach.views.phone.stale_form"

# --- Mail: without a server nobody is promised one
MAIL_WORKS = DEMO or bool(environ.text("MAIL_URL"))
if environ.text("MAIL_URL"):
    vars().update(mail_url.settings(environ.text("MAIL_URL"), sender=environ.text("MAIL_FROM")))
elif DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
PASSWORD_RESET_TIMEOUT = 3600  # seconds a link is good for
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# --- The browser
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    # The proxy before gunicorn sets this header itself and drops the visitor's.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # So many proxies stand before gunicorn and add to X-Forwarded-For: login limits are per visitor's address.
    ALLAUTH_TRUSTED_PROXY_COUNT = environ.integer("PROXIES", 1, 0, 5)
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    ROSTER_COOKIE_NAME = "__Host-phone"

# --- Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "outreach.static_files.PackedStorage"},
}
# An uploaded file holds identities: it stays in memory and never becomes a temporary file.
# A larger one is dropped, and its form says that the file is missing.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # an event's booths and duties: days × booths × officers × 4
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# --- Words and time
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
if PRODUCTION:
    LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_NAME = True, "__Host-language"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"
USE_THOUSAND_SEPARATOR = False  # it would turn {{ pk }} into 12.345

# --- Logs: outreach/logs.py masks what may not be in them
LOG_LEVEL = environ.choice("LOG_LEVEL", "INFO", environ.LOG_LEVELS)
DEFAULT_EXCEPTION_REPORTER_FILTER = "outreach.logs.NoVariables"
LOGGING = log_config.config(LOG_LEVEL)
