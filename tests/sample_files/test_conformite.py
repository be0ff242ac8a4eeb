"""What the generator writes is a DSN, by a reader that owes it nothing but the dictionary."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import pairwise

import pytest
from stdnum.fr import nir, siren, siret

from sample_files.generateur.identites import DEPARTEMENTS, PREMIERE_COMMUNE, compute_nir
from sample_files.generateur.portefeuille import Fichier, Parametres, generate_portefeuille
from specs.dsn import read_norme
from specs.periodes import Mois

INDIVIDU = "S21.G00.30"
LIGNE = re.compile(r"(S\d{2}\.G\d{2}\.\d{2})\.(\d{3}),'(.+)'")
PERMIS = re.compile(r"[ \"&-:=@A-Z_`a-z«»°À-ÅÇ-ÏÑ-ÖÙ-Ýà-åç-ïñ-öù-ýÿ]+")
Bloc = tuple[str, dict[str, str]]


def blocs(octets: bytes) -> list[Bloc]:
    """Blocks of a file, in order: identifier and values by number of rubric."""
    lus: list[Bloc] = []
    precedent = ("", "")
    for texte in octets.decode("latin-1").splitlines():
        trouve = LIGNE.fullmatch(texte)
        assert trouve, texte
        bloc, numero, valeur = trouve.groups()
        if bloc != precedent[0] or numero <= precedent[1]:
            lus.append((bloc, {}))
        lus[-1][1][numero] = valeur
        precedent = (bloc, numero)
    return lus


@cache
def rubriques(version: str) -> dict[str, dict[str, object]]:
    """Rubrics of a version, with the codes of their closed list."""
    norme = read_norme(version)
    return {
        ligne["rubrique"]: ligne
        | {"codes": norme.codes_of(ligne["liste"]) if ligne["liste"] else []}
        for ligne in norme.rubriques.iter_rows(named=True)
    }


def refusal(version: str, rubrique: str, valeur: str) -> str | None:
    """Why the dictionary refuses a value; None when it takes it."""
    regle = rubriques(version).get(rubrique)
    if regle is None:
        return "inconnue"
    minimum, maximum = regle["longueur_min"], regle["longueur_max"]
    assert isinstance(minimum, int)
    assert isinstance(maximum, int)
    if not minimum <= len(valeur) <= maximum:
        return "longueur"
    if not PERMIS.fullmatch(valeur) or valeur != valeur.strip():
        return "caractères"
    if regle["motif"] and not re.fullmatch(str(regle["motif"]), valeur):
        return "motif"
    if regle["codes"] and valeur not in regle["codes"]:  # type: ignore[operator]
        return "liste"
    return _date_refusal(str(regle["type"]), valeur)


def _date_refusal(type_: str, valeur: str) -> str | None:
    try:
        if type_ == "D":
            datetime.strptime(valeur, "%d%m%Y")  # noqa: DTZ007, a day of the calendar
    except ValueError:
        return "date"
    return None


@dataclass(frozen=True, slots=True)
class Lecture:
    """One good file, read: its version and its blocks."""

    fichier: Fichier
    version: str
    blocs: list[Bloc]


@pytest.fixture(scope="session")
def lectures() -> list[Lecture]:
    """Every file of three small portfolios without fault, one a version of the norm."""
    lues = []
    for annee in (2024, 2025, 2026):
        mois = Mois.range(Mois(annee, 1), Mois(annee, 4))
        for fichier in generate_portefeuille(Parametres(20, 400, mois, graine=annee)):
            trouves = blocs(fichier.octets)
            lues.append(Lecture(fichier, trouves[0][1]["006"], trouves))
    return lues


def test_every_value_is_taken_by_the_dictionary(lectures: list[Lecture]) -> None:
    """Length, characters, pattern, closed list and calendar hold for every line."""
    refus = Counter(
        (lecture.version, f"{bloc}.{numero}", valeur, cause)
        for lecture in lectures
        for bloc, valeurs in lecture.blocs
        for numero, valeur in valeurs.items()
        if (cause := refusal(lecture.version, f"{bloc}.{numero}", valeur))
    )
    assert not refus


def test_no_mandatory_rubric_lacks_and_no_forbidden_one_stands(lectures: list[Lecture]) -> None:
    """Each block holds all the rubrics of usage O of a monthly declaration, and none of usage I."""
    for lecture in lectures:
        regles = rubriques(lecture.version)
        for bloc, valeurs in lecture.blocs:
            du_bloc = {r: u["usage_01"] for r, u in regles.items() if r.startswith(f"{bloc}.")}
            presentes = {f"{bloc}.{numero}" for numero in valeurs}
            assert {r for r, u in du_bloc.items() if u == "O"} <= presentes
            assert not {r for r, u in du_bloc.items() if u in ("I", "N")} & presentes


def test_blocks_follow_the_tree(lectures: list[Lecture]) -> None:
    """Under one parent, blocks come in document order; each hangs from an open ancestor."""
    for lecture in lectures:
        arbre = read_norme(lecture.version).blocs
        parent = dict(arbre.select("bloc", "parent").iter_rows())
        ordre = dict(arbre.select("bloc", "ordre").iter_rows())
        ouverts: list[str] = []
        for (avant, _), (bloc, _) in pairwise([("", {}), *lecture.blocs]):
            fermes = []
            while ouverts and ouverts[-1] != parent[bloc]:
                fermes.append(ouverts.pop())
            assert ouverts or parent[bloc] is None, f"{bloc} après {avant}"
            assert not fermes or ordre[fermes[-1]] <= ordre[bloc], f"{bloc} après {avant}"
            ouverts.append(bloc)


def test_every_individual_has_the_blocks_it_needs(lectures: list[Lecture]) -> None:
    """Contract, pension scheme, payment, the four pays that the norm wants, seniority."""
    for lecture in lectures:
        for individu in _individus(lecture):
            compte = Counter(bloc for bloc, _ in individu)
            assert compte["S21.G00.40"] == compte["S21.G00.71"] == compte["S21.G00.50"] == 1
            assert compte["S21.G00.62"] <= 1
            assert {v["011"] for b, v in individu if b == "S21.G00.51"} >= {
                "001",
                "002",
                "003",
                "010",
            }
            assert {v["001"] for b, v in individu if b == "S21.G00.86"} == {"02", "07"}


def test_totals_of_the_footer_are_right(lectures: list[Lecture]) -> None:
    """S90 states the number of lines, its own two included, and the number of declarations."""
    for lecture in lectures:
        pied = lecture.blocs[-1]
        assert pied[0] == "S90.G00.90"
        assert int(pied[1]["001"]) == lecture.fichier.octets.count(b"\n")
        assert pied[1]["002"] == "1"


def test_keys_of_companies_are_valid(lectures: list[Lecture]) -> None:
    """SIREN and SIRET pass their key, and begin with digits that the register has not reached."""
    for lecture in lectures:
        par_bloc = dict(lecture.blocs)
        numero = par_bloc["S21.G00.06"]["001"] + par_bloc["S21.G00.11"]["001"]
        assert siren.is_valid(numero[:9])
        assert siret.is_valid(numero)
        assert numero == lecture.fichier.siret
        assert numero.startswith("999")


def test_people_are_nobody(lectures: list[Lecture]) -> None:
    """Each NIR has a key, agrees with the birth date, and names a commune that does not exist."""
    for lecture in lectures:
        for individu in _individus(lecture):
            personne = individu[0][1]
            numero, naissance = personne["001"], personne["006"]
            assert nir.is_valid(f"{numero}{97 - int(numero) % 97:02}")
            assert numero[1:5] == naissance[6:] + naissance[2:4]
            assert numero[5:7] == personne["014"]
            assert int(numero[7:10]) >= PREMIERE_COMMUNE
            assert not numero.endswith("999999")


def test_a_nir_is_of_one_person(lectures: list[Lecture]) -> None:
    """In a portfolio, a NIR goes with one birth date, one name and one number in one company."""
    for version in {lecture.version for lecture in lectures}:
        vus: dict[str, tuple[str, ...]] = {}
        for lecture in lectures:
            if lecture.version != version:
                continue
            for individu in _individus(lecture):
                p = individu[0][1]
                identite = (lecture.fichier.siret, p["002"], p["004"], p["006"], p["019"])
                assert vus.setdefault(p["001"], identite) == identite


def test_tails_of_nir_never_meet() -> None:
    """Two tails give two NIR, whatever their order."""
    tires = {compute_nir("1", date(1990, 5, 1), queue) for queue in range(50_000)}
    assert len(tires) == 50_000
    assert len(DEPARTEMENTS) == 94


def test_dates_and_amounts_agree(lectures: list[Lecture]) -> None:
    """Tax is the rate of the taxable pay; sick leave begins inside the contract."""
    for lecture in lectures:
        for individu in _individus(lecture):
            versement = next(v for b, v in individu if b == "S21.G00.50")
            taux, soumis, impot = (float(versement[n]) for n in ("006", "013", "009"))
            assert abs(soumis * taux / 100 - impot) <= 1
            debut = next(v["001"] for b, v in individu if b == "S21.G00.40")
            for bloc, valeurs in individu:
                if bloc == "S21.G00.60":
                    assert _iso(valeurs["002"]) >= _iso(debut)
                if bloc == "S21.G00.65":
                    assert _iso(debut) <= _iso(valeurs["002"]) <= _iso(valeurs["003"])


def test_every_situation_is_there(lectures: list[Lecture]) -> None:
    """Ends of contract, absences, bad weather, premiums, corrections, replaced and empty months."""
    presents = Counter(bloc for lecture in lectures for bloc, _ in lecture.blocs)
    for bloc in ("60", "62", "65", "52", "82"):
        assert presents[f"S21.G00.{bloc}"]
    assert presents["S20.G00.08"]
    types = {(lecture.fichier.type, lecture.fichier.fraction) for lecture in lectures}
    assert types >= {("01", "11"), ("03", "11"), ("02", "11"), ("01", "12"), ("01", "22")}
    assert any("007" in v for lec in lectures for b, v in lec.blocs if b == "S21.G00.78")


def _individus(lecture: Lecture) -> list[list[tuple[str, dict[str, str]]]]:
    """Blocks of each individual, block 30 first."""
    groupes: list[list[tuple[str, dict[str, str]]]] = []
    for bloc, valeurs in lecture.blocs:
        if bloc == INDIVIDU:
            groupes.append([])
        if groupes and bloc.startswith("S21"):
            groupes[-1].append((bloc, valeurs))
    return groupes


def _iso(jour: str) -> str:
    return jour[4:] + jour[2:4] + jour[:2]
