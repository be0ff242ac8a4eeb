"""Where an anomaly is told: at its rubric when it is there, else where its block begins.

The reference reads the lines one by one, in plain Python, and knows nothing of the reader.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from parsers.controles.lecture import controles_by_code
from parsers.dsn.enveloppe import Envoi
from parsers.dsn.lecteur import read_dsn
from pipelines.verification import verify_fichiers

# The tests are no package: the reader of excerpts is a module beside this one.
_spec = importlib.util.spec_from_file_location("extraits", Path(__file__).with_name("extraits.py"))
extraits = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("extraits", extraits)
_spec.loader.exec_module(extraits)

EXEMPLES = Path(__file__).parents[3] / "sample_files"


@dataclass
class Occurrence:
    """One occurrence of a block, as its lines follow one another."""

    debut: int
    lignes: dict[str, int]


def read_occurrences(octets: bytes) -> dict[str, list[Occurrence]]:
    """Occurrences by block: one begins where the block changes, or a number does not grow."""
    occurrences: dict[str, list[Occurrence]] = defaultdict(list)
    avant = ""
    for numero, ligne in enumerate(octets.decode("latin-1").splitlines(), start=1):
        rubrique = ligne[:14]
        if rubrique[:10] != avant[:10] or rubrique <= avant:
            occurrences[rubrique[:10]].append(Occurrence(numero, {}))
        occurrences[rubrique[:10]][-1].lignes[rubrique] = numero
        avant = rubrique
    return occurrences


@cache
def written(extrait: extraits.Extrait) -> bytes:
    """The message of an excerpt, made once."""
    return extrait.octets()


@cache
def told() -> list[tuple[extraits.Extrait, dict[str, object]]]:
    """Every anomaly of every excerpt that names a rubric of an occurrence."""
    ensemble, dites = extraits.read_extraits(), []
    for version in sorted({e.version for e in ensemble}):
        choisis = [e for e in ensemble if e.version == version]
        envois = [Envoi(rang, written(e)) for rang, e in enumerate(choisis)]
        for morceau in read_dsn(envois, version):
            dites += [
                (choisis[dite["fichier"]], dite)
                for dite in morceau.anomalies.iter_rows(named=True)
                if dite["rubrique"] and dite["occurrence"]
            ]
    return dites


def test_a_rubric_is_told_at_its_line_or_where_its_block_begins() -> None:
    """Of every excerpt, whatever the control: present, its own line; absent, the block's first."""
    faux, vues = [], 0
    for extrait, dite in told():
        if dite["rubrique"][:10] != dite["bloc"]:
            continue
        occurrence = read_occurrences(written(extrait))[dite["bloc"]][dite["occurrence"] - 1]
        attendue = occurrence.lignes.get(dite["rubrique"], occurrence.debut)
        vues += 1
        if dite["ligne"] != attendue:
            faux.append((extrait.controle, dite["code"], dite["ligne"], attendue))
    assert faux == []
    assert vues > len(controles_by_code())


def test_a_rubric_of_another_block_is_told_at_one_of_its_lines() -> None:
    """Judged on a block, named in another: at a line of the rubric, or where the block begins."""
    for extrait, dite in told():
        if dite["rubrique"][:10] == dite["bloc"]:
            continue
        occurrences = read_occurrences(written(extrait))
        juge = occurrences[dite["bloc"]][dite["occurrence"] - 1]
        portees = {
            occurrence.lignes[dite["rubrique"]]
            for occurrence in occurrences[dite["rubrique"][:10]]
            if dite["rubrique"] in occurrence.lignes
        }
        possible = portees if portees and fautif(dite["code"]) is None else {*portees, juge.debut}
        assert dite["ligne"] in possible, (extrait.controle, dite)


def fautif(code: str) -> str | None:
    """Which occurrences of its rubric a control says to be at fault."""
    return controles_by_code()[code].fautif if code in controles_by_code() else None


SUSPENSIONS = """\
+ S21.G00.65.001,'200'
+ S21.G00.65.002,'02032026'
+ S21.G00.65.003,'03032026'
+ S21.G00.65.001,'507'
+ S21.G00.65.002,'09032026'
+ S21.G00.65.003,'10032026'
"""


def test_of_several_lines_the_one_at_fault_is_told() -> None:
    """A holiday then a weather suspension, no hours of either kind: the suspension is named."""
    octets = extraits.Extrait("", False, "01", "P26V01", SUSPENSIONS).octets()
    [dite] = _of(octets, "S21.G00.65.001/SIG-11")
    assert octets.decode("latin-1").splitlines()[dite - 1] == "S21.G00.65.001,'507'"


@pytest.mark.parametrize("taille", [400, 4_000])
def test_the_line_does_not_depend_on_the_pieces(taille: int) -> None:
    """A message cut anywhere has its anomalies at the same lines as in one piece."""
    for extrait in extraits.read_extraits()[::300]:
        attendue = _lines(extrait, 1_000_000)
        assert _lines(extrait, taille) == attendue


def _of(octets: bytes, code: str) -> Iterator[int]:
    anomalies = verify_fichiers([(0, octets)]).anomalies
    return iter(anomalies.filter(pl.col("code") == code)["ligne"].to_list())


def _lines(extrait: extraits.Extrait, taille: int) -> list[tuple[str, int]]:
    morceaux = read_dsn([Envoi(0, written(extrait))], extrait.version, taille)
    lignes = [m.anomalies.select("code", "ligne").rows() for m in morceaux]
    return sorted(paire for paires in lignes for paire in paires)
