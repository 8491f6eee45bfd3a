import pytest

from outreach import mail_url
from outreach.environ import Refused


def test_a_mail_url_becomes_djangos_settings():
    found = mail_url.settings("smtp://us%40er:p%2Fw@mail.example", sender="jb@host.example")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == (
        "mail.example", 587, "us@er", "p/w",
    )  # fmt: skip
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (True, False)


@pytest.mark.parametrize(
    ("url", "tls", "ssl", "port"),
    [
        ("smtps://mail.example", False, True, 465),
        ("smtp://mail.example:25", True, False, 25),
        ("smtp://127.0.0.1:25", False, False, 25),
    ],
)
def test_mail_leaves_this_machine_encrypted(url, tls, ssl, port):
    found = mail_url.settings(url, sender="jb@host.example")
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"], found["EMAIL_PORT"]) == (tls, ssl, port)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://mail.example", "jb@host.example"),
        ("smtp://", "jb@host.example"),
        ("smtp://hemlig@mail.example", "jb@host.example"),
        ("smtp://u:hemlig@mail.example:port", "jb@host.example"),
        ("smtp://u:hemlig@mail.example/?tls=0", "jb@host.example"),
        ("smtp://u:hemlig@mail.example", ""),
        ("smtp://u:hemlig@mail.example", "nobody"),
    ],
)
def test_a_malformed_mail_setting_is_refused_without_its_password(url, sender):
    with pytest.raises(Refused) as refusal:
        mail_url.settings(url, sender=sender)
    assert "hemlig" not in str(refusal.value)
