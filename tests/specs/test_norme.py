"""The dictionaries of the norm: consistent in themselves, and true to facts written by hand."""

from __future__ import annotations

import re
from importlib.resources import files

import polars as pl
import pytest
import yaml

from specs.dsn import NATURES, TABLES_OUVERTES, VERSIONS, Norme, read_norme, read_table

BORNES = re.compile(r"interdit|(\d+)\.\.(\d+|\*)")
PERSONNELLES = {
    "S21.G00.30.001",  # NIR
    "S21.G00.30.002",  # surname
    "S21.G00.30.004",  # first names
    "S21.G00.30.006",  # date of birth
    "S21.G00.30.008",  # street
}


@pytest.fixture(params=VERSIONS)
def norme(request: pytest.FixtureRequest) -> Norme:
    """Each version in turn."""
    return read_norme(request.param)


def codes(version: str, rubrique: str) -> set[str]:
    """Codes admitted in one rubric of one version."""
    norme = read_norme(version)
    liste = norme.rubriques.filter(pl.col("rubrique") == rubrique)["liste"].item()
    return set(norme.codes_of(liste))


def versions_of(rubrique: str) -> list[str]:
    """Versions that hold a rubric."""
    return [v for v in VERSIONS if rubrique in read_norme(v).rubriques["rubrique"]]


def test_the_tree_is_written_depth_first(norme: Norme) -> None:
    """Each block follows its parent or a descendant of an elder brother."""
    branche: list[str] = []
    for bloc, parent in norme.blocs.select("bloc", "parent").iter_rows():
        while branche and branche[-1] != parent:
            branche.pop()
        assert branche or parent is None, bloc
        branche.append(bloc)


def test_blocks_are_known_once_in_order_with_bounds(norme: Norme) -> None:
    """Blocks are unique, numbered in order; minimum never exceeds maximum, for any nature."""
    blocs = norme.blocs
    assert blocs["bloc"].is_unique().all()
    assert blocs["ordre"].is_sorted()
    assert blocs["ordre"].is_unique().all()
    assert blocs.filter(pl.col("maximum") < pl.col("minimum")).is_empty()
    for colonne in (*(f"nature_{n}" for n in NATURES), "nature_01_sans_individu"):
        for valeur in blocs[colonne]:
            bornes = BORNES.fullmatch(valeur)
            assert bornes, (colonne, valeur)
            assert bornes[2] in (None, "*") or int(bornes[1]) <= int(bornes[2])


def test_rubrics_belong_to_blocks_in_document_order(norme: Norme) -> None:
    """Every rubric has its block; rubrics follow the blocks' order, then their own numbers."""
    ordre = dict(norme.blocs.select("bloc", "ordre").iter_rows())
    rubriques = norme.rubriques["rubrique"].to_list()
    assert {rubrique[:10] for rubrique in rubriques} <= ordre.keys()
    assert len(set(rubriques)) == len(rubriques)
    assert rubriques == sorted(rubriques, key=lambda r: (ordre[r[:10]], r[11:]))


def test_rubrics_are_well_formed(norme: Norme) -> None:
    """Legal identifiers, types, lengths and usage letters; decimals on numbers only."""
    rubriques = norme.rubriques
    assert rubriques["rubrique"].str.contains(r"^S\d\d\.G\d\d\.\d\d\.\d\d\d$").all()
    assert set(rubriques["type"]) <= {"X", "N", "D"}
    assert rubriques.filter(pl.col("longueur_min") > pl.col("longueur_max")).is_empty()
    assert rubriques.filter(pl.col("longueur_min") < 0).is_empty()
    assert rubriques.filter(pl.col("decimales").is_not_null() & (pl.col("type") != "N")).is_empty()
    for nature in NATURES:
        assert set(rubriques[f"usage_{nature}"]) <= set("OCIN")


def test_mandatory_rubrics_of_a_refused_block_do_not_exist(norme: Norme) -> None:
    """Where a block is forbidden for a nature, none of its rubrics is mandatory there."""
    for nature in NATURES:
        interdits = norme.blocs.filter(pl.col(f"nature_{nature}") == "interdit")["bloc"].to_list()
        contraires = norme.rubriques.filter(
            pl.col("rubrique").str.head(10).is_in(interdits), pl.col(f"usage_{nature}") == "O"
        )
        assert contraires["rubrique"].to_list() == [], nature


def test_regular_expressions_compile_in_polars(norme: Norme) -> None:
    """Each pattern runs on the engine that applies it, alone and anchored at both ends."""
    for motif in norme.rubriques["motif"].drop_nulls().unique():
        pl.Series(["x"]).str.contains(f"^(?:{motif})$", strict=True)


def test_lists_and_rubrics_name_each_other(norme: Norme) -> None:
    """A rubric's list exists, a list is used, and a code stands once in its list."""
    assert set(norme.rubriques["liste"].drop_nulls()) == set(norme.codes["liste"])
    assert norme.codes.select("liste", "code").is_unique().all()
    assert norme.codes["libelle"].null_count() == 0


def test_codes_of_a_list_respect_their_rubrics(norme: Norme) -> None:
    """A code of a closed list is never shorter or longer than a rubric that uses it."""
    longueurs = norme.codes.join(
        norme.rubriques.select("liste", "rubrique", "longueur_min", "longueur_max"), on="liste"
    ).with_columns(longueur=pl.col("code").str.len_chars())
    hors = longueurs.filter(
        ~pl.col("longueur").is_between(pl.col("longueur_min"), pl.col("longueur_max"))
    )
    assert hors.select("rubrique", "code").rows() == []


def test_personal_rubrics_are_marked(norme: Norme) -> None:
    """What tells who an employee is, is masked in reports."""
    marquees = norme.rubriques.filter("personnelle")["rubrique"]
    assert set(marquees) >= PERSONNELLES


@pytest.mark.parametrize(
    ("rubrique", "versions"),
    [
        ("S21.G00.40.086", ["P27V01"]),
        ("S21.G00.41.068", ["P27V01"]),
        ("S20.G00.05.014", ["P27V01"]),
        ("S21.G00.40.084", ["P27V01"]),
        ("S21.G00.71.003", ["P24V01"]),
        ("S21.G00.72.002", ["P24V01"]),
        ("S21.G00.06.009", ["P24V01", "P25V01"]),
        ("S21.G00.54.005", ["P25V01", "P26V01", "P27V01"]),
        ("S21.G00.11.025", ["P26V01", "P27V01"]),
        ("S21.G00.40.022", list(VERSIONS)),
        ("S21.G00.78.004", list(VERSIONS)),
    ],
)
def test_rubrics_exist_in_the_versions_that_the_norm_gives(
    rubrique: str, versions: list[str]
) -> None:
    """Rubrics come and go with the versions (norm, section 7)."""
    assert versions_of(rubrique) == versions


@pytest.mark.parametrize(
    ("rubrique", "code", "versions"),
    [
        ("S21.G00.78.001", "20", list(VERSIONS)),
        ("S21.G00.78.001", "37", ["P24V01"]),
        ("S21.G00.78.001", "63", ["P27V01"]),
        ("S21.G00.51.011", "026", ["P24V01"]),
        ("S21.G00.51.011", "033", ["P25V01"]),
        ("S21.G00.51.011", "034", ["P26V01", "P27V01"]),
        ("S21.G00.51.011", "036", ["P27V01"]),
        ("S21.G00.62.002", "119", ["P25V01", "P26V01", "P27V01"]),
        ("S21.G00.62.002", "072", ["P27V01"]),
        ("S20.G00.05.001", "10", ["P26V01", "P27V01"]),
        ("S10.G00.00.005", "01", list(VERSIONS)),
        ("S21.G00.82.002", "024", list(VERSIONS)),
    ],
)
def test_codes_exist_in_the_versions_that_the_norm_gives(
    rubrique: str, code: str, versions: list[str]
) -> None:
    """A list of codes is that of its version, never a mixture (norm, section 7)."""
    assert [v for v in VERSIONS if code in codes(v, rubrique)] == versions


@pytest.mark.parametrize(
    ("bloc", "versions"), [("S21.G00.75", ["P27V01"]), ("S21.G00.59", ["P27V01"])]
)
def test_blocks_that_only_the_last_version_holds(bloc: str, versions: list[str]) -> None:
    """Two blocks appear with P27V01 (norm, section 3)."""
    assert [v for v in VERSIONS if bloc in read_norme(v).blocs["bloc"]] == versions


@pytest.mark.parametrize(
    ("bloc", "parent", "minimum", "maximum"),
    [
        ("S20.G00.05", "S10.G00.00", 1, None),
        ("S21.G00.11", "S21.G00.06", 1, 1),
        ("S21.G00.40", "S21.G00.30", 1, None),
        ("S21.G00.62", "S21.G00.40", 0, 1),
        ("S21.G00.51", "S21.G00.50", 1, None),
        ("S21.G00.78", "S21.G00.50", 0, None),
        ("S21.G00.82", "S21.G00.11", 0, None),
        ("S21.G00.85", "S20.G00.05", 0, None),
        ("S90.G00.90", "S10.G00.00", 1, 1),
    ],
)
def test_the_places_of_the_blocks_a_fund_reads(
    norme: Norme, bloc: str, parent: str, minimum: int, maximum: int | None
) -> None:
    """Parent and bounds of the main blocks are the norm's (section 3), in every version."""
    ligne = norme.blocs.row(by_predicate=pl.col("bloc") == bloc, named=True)
    assert (ligne["parent"], ligne["minimum"], ligne["maximum"]) == (parent, minimum, maximum)


@pytest.mark.parametrize(
    ("nature", "bloc", "admis"),
    [
        ("01", "S21.G00.78", True),
        ("04", "S21.G00.78", False),
        ("07", "S21.G00.63", True),
        ("01", "S21.G00.63", False),
        ("01", "S21.G00.45", False),
        ("09", "S21.G00.78", True),
        ("04", "S21.G00.60", True),
        ("01", "S21.G00.82", True),
        ("07", "S21.G00.82", False),
    ],
)
def test_a_block_stands_only_in_the_natures_that_admit_it(
    norme: Norme, nature: str, bloc: str, *, admis: bool
) -> None:
    """Which declarations hold which blocks (norm, section 3)."""
    ligne = norme.blocs.row(by_predicate=pl.col("bloc") == bloc, named=True)
    assert (ligne[f"nature_{nature}"] != "interdit") is admis


def test_a_declaration_without_individual_holds_none() -> None:
    """A monthly declaration without individual has neither individuals nor work places."""
    for version in VERSIONS:
        blocs = read_norme(version).blocs
        for bloc in ("S21.G00.30", "S21.G00.85", "S21.G00.12", "S21.G00.13"):
            ligne = blocs.row(by_predicate=pl.col("bloc") == bloc, named=True)
            assert ligne["nature_01_sans_individu"] == "interdit", (version, bloc)


def test_the_month_of_a_declaration_is_for_monthly_ones() -> None:
    """S20.G00.05.005 is forbidden in a signal of event, mandatory in a monthly declaration."""
    for version in VERSIONS:
        rubriques = read_norme(version).rubriques
        ligne = rubriques.row(by_predicate=pl.col("rubrique") == "S20.G00.05.005", named=True)
        assert ligne["usage_01"] == "O"
        assert {ligne[f"usage_{n}"] for n in ("04", "05", "07", "08")} == {"I"}


def test_the_fund_has_the_first_code_of_its_table() -> None:
    """Code 01 of the table of paid-leave funds is the fund of public works."""
    caisses = read_table("CPCP")
    assert "Entrepreneurs de TP" in caisses.filter(pl.col("code") == "01")["libelle"].item()


@pytest.mark.parametrize("table", TABLES_OUVERTES)
def test_an_open_table_is_a_sorted_list_of_codes(table: str) -> None:
    """Five characters each, the second a letter in Corsica only, none twice."""
    codes = read_table(table)["code"]
    assert codes.is_sorted()
    assert codes.is_unique().all()
    assert codes.str.contains("^(?:[0-9]{2}|2[AB])[0-9]{3}$").all()


@pytest.mark.parametrize(
    ("table", "connus", "inconnus"),
    [
        # Paris and an arrondissement, a delegated commune that is no more, Corsica, overseas,
        # Monaco; what is a postal code only.
        ("COMMUNES", ["75056", "75101", "01172", "2A004", "97701", "98818", "99138"], ["69000"]),
        # A place, Corsica, overseas, Monaco; the code of no place, a CEDEX.
        ("CODES_POSTAUX", ["69003", "20000", "97133", "98714", "98000"], ["75000", "69439"]),
    ],
)
def test_an_open_table_has_what_a_declaration_may_name(
    table: str, connus: list[str], inconnus: list[str]
) -> None:
    """Facts of the official code of places and of the post, of today and of a few years ago."""
    codes = set(read_table(table)["code"])
    assert codes.issuperset(connus)
    assert codes.isdisjoint(inconnus)


def test_each_file_of_tables_has_its_source() -> None:
    """Where it comes from, its edition, and its licence when it is not the norm's."""
    dossier = files("specs.dsn").joinpath("tables")
    sources = yaml.safe_load(dossier.joinpath("sources.yaml").read_text("utf-8"))
    fichiers = {f.name.removesuffix(".csv") for f in dossier.iterdir() if f.name.endswith(".csv")}
    assert set(sources) == fichiers
    for nom, entree in sources.items():
        assert entree["edition"]
        assert {"titre", "lien"} <= entree["source"].keys()
        assert nom not in TABLES_OUVERTES or entree["source"]["licence"]


def test_an_unknown_version_is_refused() -> None:
    """A version without a dictionary is never read with another's."""
    with pytest.raises(KeyError):
        read_norme("P23V01")
