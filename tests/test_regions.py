import pytest

from outreach import regions

NORTH_JAKARTA = "31.72"
PENJARINGAN = "31.72.01.1001"


@pytest.mark.parametrize("code", ["31", "31.72", "31.72.01", PENJARINGAN])
def test_known_takes_every_level(code):
    assert regions.known(code)


@pytest.mark.parametrize("code", ["", "99", "31.99", "31.72.99", "31.72.01.9999", "Penjaringan"])
def test_known_refuses_what_is_not_in_the_list(code):
    assert not regions.known(code)


@pytest.mark.parametrize(
    ("code", "name", "postal_code"),
    [
        ("31.72.01.1001", "Penjaringan", "14440"),
        ("31.72.01.1002", "Kamal Muara", "14470"),
        ("31.72.01.1003", "Kapuk Muara", "14460"),
        ("31.72.01.1004", "Pejagalan", "14450"),
        ("31.72.01.1005", "Pluit", "14450"),
    ],
)
def test_villages_of_penjaringan(code, name, postal_code):
    assert regions.label(code) == f"{name}, Kec. Penjaringan, Kota Administrasi Jakarta Utara"
    assert regions.postal_code(code) == postal_code


def test_label_of_an_unknown_code_is_the_code():
    assert (regions.label("99.99"), regions.postal_code("99.99")) == ("99.99", "")


def test_every_label_of_the_regency_is_taken_back_for_its_own_code():
    villages = regions.villages_of(NORTH_JAKARTA)
    assert len(villages) == 31
    for code, label in villages:
        assert regions.find_village(label, near=NORTH_JAKARTA) == code
        assert regions.find_village(code, near=NORTH_JAKARTA) == code


@pytest.mark.parametrize(
    "typed",
    ["Penjaringan", "PENJARINGAN", " kel.  penjaringan ", "Kelurahan Penjaringan", "penjaringan, kec. penjaringan",
     "Penjaringan, Penjaringan, Jakarta Utara", "31.72.01.1001", "3172011001"],
)  # fmt: skip
def test_find_village_reads_what_people_type(typed):
    assert regions.find_village(typed, near=NORTH_JAKARTA) == PENJARINGAN


def test_find_village_means_the_one_nearby():
    assert regions.find_village("Tugu Utara", near=NORTH_JAKARTA).startswith("31.72.")
    with pytest.raises(regions.Ambiguous) as several:
        regions.find_village("Tugu Utara")
    assert 2 <= len(several.value.paths) <= 5


def test_find_village_of_several_names_them_and_each_is_taken():
    with pytest.raises(regions.Ambiguous) as several:
        regions.find_village("Menteng", near=NORTH_JAKARTA)
    found = {regions.find_village(path, near=NORTH_JAKARTA) for path in several.value.paths}
    assert len(found) == len(several.value.paths) == 3


@pytest.mark.parametrize(
    "typed",
    [
        "",
        ",",
        "Kec.",
        "Desa Tiada",
        "31.72.01",
        "31.72.01.9999",
        "3172",
        "Penjaringan, Kec. Koja",
        "31.72.01.1001x",
    ],
)
def test_find_village_refuses_what_is_none(typed):
    with pytest.raises(LookupError):
        regions.find_village(typed, near=NORTH_JAKARTA)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Jakarta Utara", "31.72"),
        ("jakarta utara", "31.72"),
        ("Kota Administrasi Jakarta Utara", "31.72"),
        ("31.72", "31.72"),
        ("3172", "31.72"),
        ("Kota Bekasi", "32.75"),
        ("Kabupaten Bekasi", "32.16"),
    ],
)
def test_find_regency_reads_what_people_type(typed, code):
    assert regions.find_regency(typed) == code


def test_find_regency_of_city_and_regency_of_one_name_is_ambiguous():
    with pytest.raises(regions.Ambiguous) as several:
        regions.find_regency("Bekasi")
    assert several.value.paths == ["Kabupaten Bekasi", "Kota Bekasi"]


@pytest.mark.parametrize("typed", ["", "Atlantis", "31", "31.72.01", "99.99"])
def test_find_regency_refuses_what_is_none(typed):
    with pytest.raises(LookupError):
        regions.find_regency(typed)
