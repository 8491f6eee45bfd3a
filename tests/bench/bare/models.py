from django.db import models

SEXES = (("L", "Male"), ("P", "Female"))


class Worker(models.Model):
    """Twenty fields of the kinds that a registration has, and nothing around them."""

    nik = models.CharField(max_length=16)
    full_name = models.CharField(max_length=100)
    birth_place = models.CharField(max_length=60)
    birth_date = models.DateField()
    sex = models.CharField(max_length=1, choices=SEXES)
    address = models.CharField(max_length=200)
    rt = models.PositiveSmallIntegerField()
    rw = models.PositiveSmallIntegerField()
    village = models.CharField(max_length=60)
    phone = models.CharField(max_length=15)
    email = models.EmailField(blank=True)
    job_1 = models.CharField(max_length=60)
    job_2 = models.CharField(max_length=60, blank=True)
    work_location = models.CharField(max_length=60)
    income = models.PositiveIntegerField()
    package = models.CharField(max_length=1, choices=(("T", "T"), ("L", "L")))
    months = models.PositiveSmallIntegerField()
    first_month = models.DateField()
    government_paid = models.BooleanField()
    guardian = models.CharField(max_length=100, blank=True)

    def __str__(self) -> str:
        return f"worker {self.pk}"
