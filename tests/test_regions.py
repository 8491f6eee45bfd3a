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


# --- Typed in part

DISTRICT_OF_EVENT = "31.72.01.1001"


@pytest.mark.parametrize(
    ("typed", "first", "total"),
    [
        ("pen", "31.72.01.1001", 525),
        ("PENJ", "31.72.01.1001", 16),
        ("kel. penj", "31.72.01.1001", 16),
        ("muara", "31.72.01.1002", None),  # any word: Kamal Muara, in the event's own district
        ("penjaringan, jakarta utara", "31.72.01.1001", 1),
        ("penjaringan, kota surabaya", "35.78.03.1004", 1),
        ("bu nuapuu", "53.07.17.2010", 1),  # Bu Nuapu’u
    ],
)
def test_search_finds_a_word_s_beginning_nearest_first(typed, first, total):
    found = regions.search(typed, near=DISTRICT_OF_EVENT)
    assert (found.codes[0], found.total if total else None) == (first, total)


def test_search_goes_from_the_own_district_to_the_rest_of_the_country():
    codes = regions.search("kam", near=DISTRICT_OF_EVENT).codes
    distances = [
        max(len(part) for part in ("", "31", "31.72", "31.72.01") if code.startswith(part)) for code in codes
    ]
    assert distances == sorted(distances, reverse=True)
    assert len(set(distances)) > 2


@pytest.mark.parametrize("typed", ["", "pe", "p e", "..", ", penjaringan", "zzz"])
def test_search_answers_nothing_to_less_than_three_letters_or_no_name(typed):
    assert regions.search(typed) == regions.Found()


def test_search_names_ten_and_counts_all():
    found = regions.search("suk")
    assert (len(found.codes), found.total > 1000) == (10, True)


@pytest.mark.parametrize("typed", ["penjar", "penjaringan", "kamal mu", "menteng", "sorkam kanan"])
def test_fits_is_what_search_finds(typed):
    found = regions.search(typed)
    assert 0 < found.total <= 10
    assert all(regions.fits(code, typed) for code in found.codes)
    assert not regions.fits("31.72.01.1005", typed)


def test_search_of_regencies_gives_both_of_one_name():
    assert [regions.label(code) for code in regions.search("bandung", near="32.73", level=regions.REGENCY).codes] == [
        "Kota Bandung", "Kabupaten Bandung", "Kabupaten Bandung Barat",
    ]  # fmt: skip


def test_every_label_of_the_country_is_one_village_s():
    """So that what a suggestion writes into the box means exactly it: twins of one district carry their code."""
    codes = [code for code, _name in regions.wilayah._region_names() if code.count(".") == 3]
    assert len({regions.label(code).casefold() for code in codes}) == len(codes) == 83_762
    twins = [code for code in codes if regions.label(code).endswith(code)]
    assert len(twins) == 32
    awkward = ["35.04.01.1010", "32.03.01.2003", *twins]  # a district that bears its regency's name
    awkward += [code for code in codes if "," in regions.wilayah.wilayah_name(code)]
    assert [regions.find_village(regions.label(code), near=NORTH_JAKARTA) for code in awkward] == awkward
