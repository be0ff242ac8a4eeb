"""A night that received nothing computes the leave of those alone that it may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.conges import etapes
from pipelines.conges.attendus import LUES_DU_LAC, LUES_PUBLIEES, SIENNES, list_attendus
from pipelines.nuit.parts import Part
from pipelines.nuit.passage import run_nuit
from pipelines.nuit.reperes import Repere
from sample_files.generateur.portefeuille import (
    Parametres,
    generate_entreprises,
    generate_portefeuille,
)
from sample_files.generateur.registre import draw_profil, render_registre
from specs.contrats import read_contrat
from specs.periodes import Mois
from tests.nuit.test_deux_ans import FICHIERS, HEURE, MEMBRES, arrivals
from warehouse.lac import Lac
from warehouse.maison import Maison
from warehouse.registre import YAML

if TYPE_CHECKING:
    from tests.conftest import Caisse

# One of its four employees leaves on 6 August, as the DSN of the month told before.
FONDS = Parametres(adherents=1, salaries=4, mois=(Mois(2024, 8),), graine=53)
ORDRE, LENDEMAIN = date(2024, 8, 1), date(2024, 8, 2)  # someone else's leave is paid
SORTIE, APRES = date(2024, 8, 7), date(2024, 8, 8)
VIREMENTS = {"reglements", "reglements_dus"}


@dataclass
class Nuit:
    """What the step computes on a night: employees (None: all), and the rows of all of them.

    `lues`, `publiees`: tables that it reads for these, of the lake and as published.
    """

    attendus: frozenset[str] | None = None
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    lues: set[str] = field(default_factory=set)
    publiees: set[str] = field(default_factory=set)

    def check(self, caisse: Caisse) -> None:
        """The lake holds what computing everybody makes."""
        for nom, toutes in self.tables.items():
            cle = read_contrat(nom).cle
            assert caisse.maison.lac.read(nom).collect().sort(cle).equals(toutes.sort(cle)), nom


def pass_night(caisse: Caisse, nuit: date) -> None:
    """A whole night, but its documents."""
    run_nuit(caisse.passage(datetime.combine(nuit, HEURE, tzinfo=UTC), nuit))


@pytest.fixture(scope="module")
def payee(make_caisse: Callable[..., Caisse]) -> Caisse:
    """A fund of two companies, five employees in one shard: the night after a leave was paid."""
    caisse = make_caisse(MEMBRES.encode(), nombre_parts=1)
    caisse.learn((FICHIERS / "registre.yaml").read_bytes(), YAML)
    membres = [(e, draw_profil(FONDS.graine, e)) for e in generate_entreprises(FONDS)]
    caisse.learn(render_registre(membres), YAML)
    for jour, fichiers in arrivals().items():
        for boite, nom in fichiers if jour <= ORDRE else ():
            caisse.drop(boite, nom, (FICHIERS / nom).read_bytes())
    for fichier in generate_portefeuille(FONDS):
        caisse.drop(fichier.adherent, fichier.nom, fichier.octets)
    for nuit in (ORDRE, LENDEMAIN):
        pass_night(caisse, nuit)
    return caisse


@pytest.fixture
def observe(monkeypatch: pytest.MonkeyPatch) -> Callable[[Caisse, date], Nuit]:
    """Pass a night; the leave of everybody is computed beside what it computes."""

    def run(caisse: Caisse, jour: date) -> Nuit:
        nuit, read = Nuit(), Lac.read

        def note(lac: Lac, table: str, version: int | None = None) -> pl.LazyFrame:
            (nuit.lues if version is None else nuit.publiees).add(table)
            return read(lac, table, version)

        def spy(maison: Maison, part: Part, repere: Repere) -> frozenset[str] | None:
            with monkeypatch.context() as toutes:
                toutes.setattr(etapes, "list_attendus", lambda *_: None)
                toutes.setattr(Lac, "read", note)
                travail = etapes.prepare_conges(maison, part, jour)
            assert travail is not None
            nuit.tables = travail.produce().tables
            nuit.attendus = list_attendus(maison, part, repere)
            return nuit.attendus

        with monkeypatch.context() as espion:
            espion.setattr(etapes, "list_attendus", spy)
            pass_night(caisse, jour)
        return nuit

    return run


def test_a_calm_night_computes_those_alone_whom_it_may_change(
    payee: Caisse, observe: Callable[[Caisse, date], Nuit]
) -> None:
    """Who was paid, who leaves, then who has just been seen to leave; the rows are everybody's."""
    nuits = []
    for jour in (SORTIE, APRES):
        nuits.append(observe(payee, jour))
        nuits[-1].check(payee)
    (paye,) = payee.read("decomptes")["salarie"]
    (sorti,) = payee.read("certificats").filter(nature="FIN")["salarie"]
    assert payee.read("certificats")["salarie"].n_unique() == 5
    for nuit in nuits:
        assert nuit.attendus == frozenset({paye, sorti})
        # What is not told here is read of those whom each day may change, whatever the night.
        assert nuit.lues <= {*LUES_DU_LAC}
        assert nuit.publiees <= {*SIENNES, *LUES_PUBLIEES} | VIREMENTS
