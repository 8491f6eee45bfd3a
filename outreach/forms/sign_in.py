from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """allauth's form with labels only: a placeholder looks like an answer, and a password is reset by the branch."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
