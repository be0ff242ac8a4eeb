"""The coverage can't lie: numbers add up, nothing is counted twice, all that counts is tested."""

from __future__ import annotations

import importlib
import json
from collections import Counter
from pathlib import Path

from parsers.controles.couverture import (
    ABSENT,
    IMPLEMENTE,
    PAS_ECRIT,
    SIGNALE,
    STATUTS,
    compute_couverture,
    is_generic,
    keys_of_dictionary,
    own_controles,
    read_catalogue,
    read_etats,
    read_exceptions,
)
from parsers.controles.lecture import controles_by_code, read_controles
from specs.dsn import VERSIONS
from specs.fichiers import load_yaml

RACINE = Path(__file__).parents[3]
LISTES = 693
# Said under another code (see the reason of each), or of a line that no sample file has.
SANS_EXEMPLE = {"CV02", "CV03", "CV11", "CV12", "CST-07", "CST-08", "CST-10"}


def test_every_listed_control_is_in_the_coverage_once_a_version() -> None:
    """The 693 of the catalogue, the generic ones and the fund's, each once in each version."""
    etats = read_etats()
    assert etats.select("version", "controle").is_unique().all()
    listes = {c for c in etats["controle"] if "/" in c}
    assert listes == set(read_catalogue())
    assert len(listes) == LISTES


def test_the_numbers_add_up() -> None:
    """The counts of a family make its number of controls, those of all make the rows."""
    etats, couverture = read_etats(), compute_couverture(read_etats())
    comptes = couverture["implementes"] + couverture["decides_ailleurs"]
    assert (comptes + couverture["non_implementes"] == couverture["controles"]).all()
    assert couverture["controles"].sum() == len(etats)
    par_version = Counter(v for _, versions in read_catalogue().values() for v in versions)
    propres = Counter(v for c in own_controles().values() for v in c.versions)
    generiques = sum(is_generic(e["controle"]) for e in read_exceptions())
    for version in VERSIONS:
        attendu = par_version[version] + propres[version] + generiques
        assert etats.filter(version=version).height == attendu


def test_what_is_written_is_of_the_norm_or_of_the_fund() -> None:
    """A condition has an identifier and versions of the catalogue, or a code of the fund."""
    catalogue = read_catalogue()
    for controle in read_controles():
        if not controle.identifiant.startswith("CP-"):
            assert controle.identifiant in catalogue
            assert set(controle.versions) <= set(catalogue[controle.identifiant][1])


def test_no_control_is_counted_twice() -> None:
    """One condition, one exception or one key of the dictionary: never two for a version."""
    places = [
        *((c.identifiant, version) for c in read_controles() for version in c.versions),
        *((e["controle"], v) for e in read_exceptions() for v in e.get("versions", VERSIONS)),
        *((identifiant, v) for identifiant in keys_of_dictionary() for v in VERSIONS),
    ]
    assert {c: n for c, n in Counter(places).items() if n > 1} == {}


def test_an_exception_is_of_a_known_control_and_says_why() -> None:
    """Its identifier is listed or generic, its status known, its part of the reader exists."""
    for exception in read_exceptions():
        code = exception["controle"]
        assert is_generic(code) or code in read_catalogue(), code
        assert exception["raison"], code
        assert exception["statut"] in STATUTS, code
        if STATUTS[exception["statut"]] == IMPLEMENTE:
            importlib.import_module(exception["par"])


def test_what_is_not_written_has_a_reason() -> None:
    """The general reason stands only for versions where no exception names one."""
    absents = read_etats().filter(statut=ABSENT)
    assert absents["raison"].null_count() == 0
    nommes = {e["controle"] for e in read_exceptions() if "versions" not in e}
    assert not nommes & set(absents.filter(raison=PAS_ECRIT)["controle"])


def test_what_signals_instead_of_refusing_says_on_which_table() -> None:
    """Written, counted apart, and none of them is the norm's own signal or the fund's."""
    etats = read_etats()
    signales = etats.filter(statut=SIGNALE)
    assert compute_couverture(etats)["signales"].sum() == len(signales)
    assert set(signales["famille"]) == {"CRE"}
    raisons = dict(signales.filter(version="P26V01").select("controle", "raison").iter_rows())
    assert "géographique" in raisons["S21.G00.85.011/CRE-11"]
    assert "CEDEX" in raisons["S21.G00.30.009/CRE-11"]
    assert "2021" in raisons["S21.G00.40.017/CRE-11"]


def test_what_counts_has_excerpts() -> None:
    """Each condition has its two excerpts, each generic code a faulty sample file."""
    eprouves: Counter[tuple[str, str]] = Counter()
    for fichier in sorted((RACINE / "tests" / "parsers" / "controles" / "extraits").glob("*.yaml")):
        for entree in load_yaml(fichier.read_text("utf-8")) or []:
            eprouves.update((entree["controle"], cle) for cle in ("conforme", "fautif"))
    for identifiant in controles_by_code():
        assert eprouves[identifiant, "conforme"], identifiant
        assert eprouves[identifiant, "fautif"], identifiant
    fautifs = sorted((RACINE / "sample_files" / "mauvais").glob("*.attendu.json"))
    vus = {code for f in fautifs for code, _ in json.loads(f.read_text("utf-8"))["codes"]}
    generiques = {e["controle"] for e in read_exceptions() if is_generic(e["controle"])}
    assert generiques - SANS_EXEMPLE <= vus
