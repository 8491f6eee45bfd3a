from django.contrib.auth.decorators import login_required
from django.forms import modelform_factory
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from tests.bench.bare.models import Worker

WorkerForm = modelform_factory(Worker, fields="__all__")


@login_required
def form(request):
    """The whole project: an empty form, or a row stored and a redirect."""
    bound = WorkerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and bound.is_valid():
        return redirect(f"/done/{bound.save().pk}/")
    return render(request, "bare/form.html", {"form": bound}, status=422 if bound.is_bound else 200)


urlpatterns = [path("form/", form), path("healthz", lambda request: HttpResponse("ok"))]
