"""A bare Django project, the second reference: one ModelForm of twenty fields, one INSERT, and what
`django-admin startproject` brings (sessions, auth, csrf), on PostgreSQL and the same gunicorn settings."""
