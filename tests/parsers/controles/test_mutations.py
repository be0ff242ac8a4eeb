"""Conforming generated files, broken one rule at a time: the expected code, and never a crash.

The rules come from the dictionary and from the faulty excerpts, the files from the generator: none
of them is written for the other.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers.anomalies import BLOQUANTE, MAXIMUM_CONSERVE
from parsers.controles.lecture import controles_by_code
from pipelines.verification import verify_fichiers
from sample_files.generateur.fautes import count_again
from sample_files.generateur.hasard import stream
from sample_files.generateur.portefeuille import Parametres, generate_portefeuille
from specs.dsn import read_norme
from specs.periodes import Mois

# The tests are no package: the reader of excerpts is a module beside this one.
_spec = importlib.util.spec_from_file_location("extraits", Path(__file__).with_name("extraits.py"))
extraits = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("extraits", extraits)
_spec.loader.exec_module(extraits)

VERSION, PAR_GENRE, EXTRAITS = "P26V01", 12, 60
Lignes = list[str]


@cache
def conforme() -> tuple[str, ...]:
    """Lines of a small monthly declaration."""
    mois = Mois.range(Mois(2026, 3), Mois(2026, 3))
    fichiers = generate_portefeuille(Parametres(3, 12, mois, graine=3))
    octets = min((f.octets for f in fichiers if b"S21.G00.78" in f.octets), key=len)
    return tuple(octets.decode("latin-1").splitlines())


def codes(lignes: list[Lignes]) -> list[set[str]]:
    """Codes of each file, all read in one call."""
    fichiers = ["".join(f"{li}\n" for li in count_again(un)).encode("latin-1") for un in lignes]
    lecture = verify_fichiers(enumerate(fichiers))
    trouves = dict(lecture.anomalies.group_by("fichier").agg("code").iter_rows())
    return [set(trouves.get(i, [])) for i in range(len(fichiers))]


def of_body(lignes: tuple[str, ...]) -> Iterator[int]:
    """Ranks of the lines that a mutation may break alone, the header and the footer aside."""
    return (i for i, li in enumerate(lignes) if li.startswith("S21."))


def _drawn(retenue: Callable[[str], bool]) -> list[int]:
    """Some lines whose rubric is such, one a rubric, always the same."""
    rangs = {conforme()[i][:14]: i for i in of_body(conforme()) if retenue(conforme()[i][:14])}
    return sorted(stream(1).sample(sorted(rangs.values()), min(PAR_GENRE, len(rangs))))


def _rubriques(condition: pl.Expr) -> set[str]:
    return set(read_norme(VERSION).rubriques.filter(condition)["rubrique"])


def _removed() -> list[Lignes]:
    obligatoires = _rubriques(pl.col("usage_01") == "O")
    # The first rubric of a block tells one occurrence from the next.
    seules = _drawn(lambda r: r in obligatoires and not r.endswith(".001"))
    return [[*conforme()[:i], *conforme()[i + 1 :]] for i in seules]


def _set(retenue: set[str], valeur: str) -> list[Lignes]:
    return [
        [*conforme()[:i], f"{conforme()[i][:14]},'{valeur}'", *conforme()[i + 1 :]]
        for i in _drawn(lambda r: r in retenue)
    ]


def _swapped() -> list[Lignes]:
    lignes = conforme()
    rangs = [
        i
        for i in of_body(lignes)
        if lignes[i][:10] in ("S21.G00.06", "S21.G00.11") and lignes[i][:10] == lignes[i + 1][:10]
    ]
    return [[*lignes[:i], lignes[i + 1], lignes[i], *lignes[i + 2 :]] for i in rangs]


GENRES: dict[str, Callable[[], list[Lignes]]] = {
    "CST-03": _removed,
    "CST-05": _swapped,
    "CSL-02": lambda: _set(_rubriques((pl.col("type") == "N") & (pl.col("decimales") > 0)), "A.00"),
    "CSL-03": lambda: _set(_rubriques(pl.col("type") == "D"), "2026-03-1"),
    "CSL-05": lambda: _set(_rubriques(pl.col("type") == "X"), " 1"),
    "CSL-11": lambda: _set(_rubriques(pl.col("liste").is_not_null()), "¤"),
}


def test_the_file_that_is_broken_conforms() -> None:
    """Before any mutation: no anomaly."""
    assert codes([list(conforme())]) == [set()]


@pytest.mark.parametrize("annee", [2024, 2025, 2026])
def test_a_portfolio_without_fault_raises_nothing(annee: int) -> None:
    """Every situation that the generator knows, in the version of its year: not even a signal."""
    mois = Mois.range(Mois(annee, 1), Mois(annee, 3))
    fichiers = generate_portefeuille(Parametres(20, 400, mois, graine=annee))
    lecture = verify_fichiers(enumerate(f.octets for f in fichiers))
    assert lecture.anomalies.select("code", "ligne", "fichier").rows() == []
    assert {bilan.verdict for bilan in lecture.bilans} == {"CONFORME"}


@pytest.mark.parametrize("code", GENRES)
def test_a_broken_rule_of_the_dictionary_is_found(code: str) -> None:
    """Each mutation of the kind gets its code, or that of a wrong form of the same value."""
    mutants = GENRES[code]()
    assert mutants
    admis = {code} | ({"CSL-00", "CSL-01", "CSL-05"} if code.startswith("CSL") else set())
    assert all(admis & trouves for trouves in codes(mutants))


def _excerpts() -> list[extraits.Extrait]:
    """Faulty excerpts of a monthly declaration that set values, for this version."""
    simples = [
        e
        for e in extraits.read_extraits()
        if not e.conforme
        and (e.nature, e.version) == ("01", VERSION)
        and all(li.startswith("S21.G00.40.") for li in e.lignes.splitlines())
    ]
    return stream(2).sample(simples, min(EXTRAITS, len(simples)))


def test_the_lines_of_faulty_excerpts_break_other_files_too() -> None:
    """The contract of a generated file, given the faulty values, gets the same control."""
    choisis = _excerpts()
    base = list(conforme())
    mutants = []
    for extrait in choisis:
        contrat = {li[:14]: li for li in extrait.lignes.splitlines()}
        mutants.append([contrat.get(li[:14], li) for li in base])
    trouves = codes(mutants)
    # An excerpt may need rubrics that the generated contract does not have: it then breaks nothing.
    complets = [
        (e.controle, t)
        for e, t, m in zip(choisis, trouves, mutants, strict=True)
        if all(li in m for li in e.lignes.splitlines())
    ]
    manques = [controle for controle, t in complets if controle not in t and not _inhibited(t)]
    # One may also lean on another block, which the generated file fills otherwise.
    assert len(manques) * 10 <= len(complets), manques


def _inhibited(trouves: set[str]) -> bool:
    """Whether a value was refused, which spares its consequences."""
    return any(code.startswith(("CSL-", "CST-")) for code in trouves)


@settings(max_examples=20, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    places=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=8),
    coupe=st.integers(0, 1 << 20),
)
def test_no_bytes_make_the_controls_fail(places: list[tuple[int, int]], coupe: int) -> None:
    """Flipped bytes and a cut: anomalies, a verdict, never an exception."""
    octets = bytearray("\n".join(conforme()).encode("latin-1"))
    for place, octet in places:
        octets[place % len(octets)] = octet
    lecture = verify_fichiers([(0, bytes(octets[: max(400, coupe % len(octets))]))])
    [bilan] = lecture.bilans
    bloquantes = lecture.anomalies.filter(severite=BLOQUANTE)
    assert len(lecture.anomalies) <= MAXIMUM_CONSERVE
    assert (bilan.verdict == "CONFORME") == bloquantes.is_empty()


def test_every_control_has_words() -> None:
    """A message and a remedy, which are sentences."""
    for controle in controles_by_code().values():
        assert controle.message.endswith("."), controle.identifiant
        assert controle.remede.endswith("."), controle.identifiant
