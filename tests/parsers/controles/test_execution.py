"""How controls are judged: severity, periods when one is switched off, pieces of a message."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from parsers.anomalies import SCHEMA, merge
from parsers.controles import execution
from parsers.controles.analyse import may_break
from parsers.controles.arbre import Arbre, Contenu
from parsers.controles.execution import check_coherence
from parsers.controles.larges import wide_of
from parsers.controles.lecture import (
    Controle,
    Suspension,
    controles_by_code,
    controles_of,
    read_suspensions,
)
from parsers.dsn.grammaire import read_grammaire
from parsers.dsn.lecteur import read_dsn
from parsers.dsn.lots import Envoi
from parsers.dsn.morceaux import MORCEAU_OCTETS
from pipelines.verification import verify_fichiers
from specs.dsn import VERSIONS
from tests.efforts import UN_EXTRAIT_SUR

# The tests are no package: the reader of excerpts is a module beside this one.
_spec = importlib.util.spec_from_file_location("extraits", Path(__file__).with_name("extraits.py"))
extraits = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("extraits", extraits)
_spec.loader.exec_module(extraits)

METIER_FAUX = extraits.Extrait("CP-22", False, "01", "P26V01", "S21.G00.40.005,'ZZZZ'")


def _codes(suspensions: list[Suspension]) -> set[str]:
    """Codes of the coherence anomalies of a file made on 2 April 2026 with a wrong trade."""
    [morceau] = read_dsn([Envoi(0, METIER_FAUX.octets())], "P26V01")
    arbre = Arbre(read_grammaire("P26V01"), morceau.blocs)
    trouvees = check_coherence(arbre, SCHEMA.to_frame(), controles_of("P26V01"), suspensions)
    return set(pl.concat([SCHEMA.to_frame(), *trouvees])["code"])


def test_a_signal_does_not_refuse_the_file() -> None:
    """The fund's controls are signals: told, counted, and the file conforms."""
    [bilan] = verify_fichiers([(0, METIER_FAUX.octets())]).bilans
    assert bilan.verdict == "CONFORME"
    assert (bilan.anomalies_bloquantes, bilan.anomalies_signalees) == (0, 1)


@pytest.mark.parametrize(
    ("debut", "fin", "eteint"),
    [
        (date(2026, 4, 2), date(2026, 4, 2), True),
        (date(2026, 1, 1), None, True),
        (date(2026, 4, 3), None, False),
        (date(2026, 1, 1), date(2026, 4, 1), False),
    ],
)
def test_a_control_is_off_for_files_made_in_the_period(
    debut: date, fin: date | None, eteint: bool
) -> None:
    """First and last day included, by S20.G00.05.007; an open period has no end."""
    assert ("CP-22" not in _codes([Suspension("CP-22", debut, fin, "essai")])) == eteint


def test_switching_a_control_off_leaves_the_others() -> None:
    """The suspension of one control says nothing of another."""
    assert "CP-22" in _codes([Suspension("CP-23", date(2026, 1, 1), None, "essai")])


def test_what_is_switched_off_is_known_and_says_why() -> None:
    """Each entry of suspensions.yaml names a control, a first day and a reason."""
    for suspension in read_suspensions():
        assert suspension.controle in controles_by_code()
        assert suspension.raison
        assert suspension.fin is None or suspension.debut <= suspension.fin


def _contrats(nombre: int, caisse: str, premier: int) -> str:
    """Lines of so many more contracts, under one fund."""
    return "".join(
        f"+ S21.G00.40.001,'01092015'\n+ S21.G00.40.009,'{premier + i:05}'\n"
        f"+ S21.G00.40.022,'{caisse}'\n"
        for i in range(nombre)
    )


@pytest.mark.parametrize(("notres", "autres", "signale"), [(12, 3, False), (11, 3, True)])
def test_a_fifth_of_the_contracts_may_be_of_another_fund(
    notres: int, autres: int, signale: bool
) -> None:
    """At one contract in five nothing is said, beyond it is CP-21; the first contract is ours."""
    lignes = _contrats(notres - 1, "01", 10) + _contrats(autres, "02", 50)
    codes = extraits.Extrait("CP-21", not signale, "01", "P26V01", lignes).codes()
    assert ("CP-21" in codes) == signale


LARGES = {c.identifiant for v in VERSIONS for cs in wide_of(v).values() for c in cs}
# Excerpts of controls that look wide, as many as the effort says; one in forty of the others.
DECOUPES = [
    e
    for i, e in enumerate(extraits.read_extraits())
    if (e.controle in LARGES and i % UN_EXTRAIT_SUR == 0) or i % 40 == 0
]


@pytest.mark.parametrize("extrait", DECOUPES, ids=lambda e: f"{e.controle}-{e.conforme}")
def test_where_a_message_is_cut_does_not_matter(extrait: extraits.Extrait) -> None:
    """A message read in small pieces gets the anomalies of the same message read at once."""
    entier, coupe = (
        merge(m.anomalies for m in read_dsn([Envoi(0, extrait.octets())], extrait.version, taille))
        for taille in (MORCEAU_OCTETS, 900)
    )
    assert_frame_equal(coupe, entier)


@pytest.mark.parametrize(
    ("si", "alors", "peut"),
    [
        ("absent(r40_010)", "existe(b62) or present(r40_010)", True),
        ("present(r40_010) and r40_001 > r40_010", "existe(b62)", False),
        (None, "aucun(b62, r62_001 < r40_001)", False),
        (None, "r40_001 >= r05_005 or r40_010 > r40_001", True),
        ('r40_007 == "03"', "present(r40_012)", False),
        ('not r40_007 == "03"', "present(r40_012)", True),
        ('r40_007 != "03"', "present(r40_012)", True),
        ('r40_007 in ("01", "09")', 'r40_007 in ("01", "02")', False),
        ('r40_007 in ("01", "09")', 'r40_007 == "01"', True),
        ('r40_007 == "01" and r40_003 == "09"', "present(r40_012)", False),
        ('existe(b40, r40_007 == "03")', "present(r40_012)", False),
        (None, 'aucun(b40, r40_007 == "03")', False),
        (None, 'tous(b40, r40_007 != "03")', False),
        (None, 'tous(b40, r40_007 != "02")', True),
        (None, 'compte(b40, r40_007 == "03") < 1', True),
        (None, 'dans_table(r40_017, "IDCC")', False),
        ('not dans_table(r40_017, "IDCC")', "present(r40_012)", False),
    ],
)
def test_what_the_content_excludes(si: str | None, alors: str, peut: bool) -> None:
    """A control is judged when its rubrics and the codes that they hold may break it."""
    codes = {"r40_007": {"01", "02"}, "r40_003": {"01"}, "r40_017": {"1702", "2614"}}
    contenu = Contenu(frozenset({"b62", "r40_010"}), {n: frozenset(c) for n, c in codes.items()})
    assert may_break(_controle(si, alors), contenu) == peut


@pytest.mark.parametrize("extrait", DECOUPES, ids=lambda e: f"{e.controle}-{e.conforme}")
def test_what_the_content_excludes_changes_nothing(
    extrait: extraits.Extrait, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Skipping the controls that can't break finds what judging all of them finds."""
    trie = extrait.codes()
    monkeypatch.setattr(execution, "may_break", lambda *_: True)
    assert extrait.codes() == trie


def _controle(si: str | None, alors: str) -> Controle:
    return replace(controles_by_code()["CP-22"], si=si, alors=alors)


def _altered(avant: str, apres: str) -> set[str]:
    """Codes of the anomalies of the conforming message where some lines were replaced."""
    octets = extraits.Extrait("", True, "01", "P26V01", "").octets()
    assert avant.encode() in octets
    envoi = Envoi(0, octets.replace(avant.encode(), apres.encode()))
    return set(merge(m.anomalies for m in read_dsn([envoi], "P26V01"))["code"]) - {"CST-11"}


def test_a_rubric_set_aside_for_its_order_feeds_no_control() -> None:
    """The town of an address is before its postal code, which is then missing: one anomaly."""
    code, ville = "S21.G00.06.005,'69003'\n", "S21.G00.06.006,'LYON'\n"
    assert _altered(code + ville, ville + code) == {"CST-05"}


def test_a_rubric_refused_below_feeds_no_control_above() -> None:
    """The affiliation names its membership in a wrong form: the membership is not said alone."""
    adhesion = "".join(
        f"S21.G00.15.{li}\n" for li in ("001,'PREV-1'", "002,'P1030'", "004,'01'", "005,'1'")
    )
    individu, retraite = "S21.G00.30.001,", "S21.G00.71.002,'RUAA'\n"
    affiliation = "S21.G00.70.012,'1'\nS21.G00.70.013,'A'\n"
    octets = extraits.Extrait("", True, "01", "P26V01", "").octets().decode("latin-1")
    octets = octets.replace(individu, adhesion + individu, 1)
    octets = octets.replace(retraite, affiliation + retraite)
    [morceau] = read_dsn([Envoi(0, octets.encode("latin-1"))], "P26V01")
    codes = set(morceau.anomalies["code"])
    assert "CSL-00" in codes
    assert "S21.G00.15.001/CCH-13" not in codes
