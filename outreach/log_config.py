"""Which logger writes what, for Django and for gunicorn; outreach/logs.py masks what is in a line."""


def config(level: str) -> dict:
    """For logging.config.dictConfig: one line a record, all on stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "outreach.logs.OneLine"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},  # no mails to admins
            # Strangers probe a public server with invented hosts: an answer of 400 is enough, without a traceback.
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
            "django.server": {
                "handlers": ["nowhere"],
                "propagate": False,
            },  # runserver's lines hold query strings
            "django.db.backends": {"level": "INFO"},  # DEBUG would write SQL with its values
            "django.template": {"level": "INFO"},  # DEBUG would write the context
            "asyncio": {"level": "WARNING"},
            "gunicorn.error": {"handlers": ["stderr"], "level": level, "propagate": False},
            "gunicorn.access": {"handlers": ["stderr"], "level": level, "propagate": False},
        },
    }
