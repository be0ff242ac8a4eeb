"""The demonstration up to the night that is shown: eight companies, their debits, their bank."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import polars as pl
import pytest

from pipelines.audit.audits import Audit
from pipelines.audit.etapes import read_sources
from pipelines.audit.moteur import AVANT, Sources, open_moteur
from pipelines.audit.passage import Constat, run_audits
from pipelines.metiers import METIERS
from pipelines.publication.audit import gather_audits
from sample_files.demonstration import (
    CANDIDATE,
    JOURS,
    NUIT,
    Comptes,
    compose_releve,
    list_fichiers,
    render_membres,
)
from sample_files.generateur.entreprises import compute_siren
from specs.caisse import read_caisse
from specs.contrats import read_contrat
from tests.conftest import NATURES
from warehouse.decisions import record_decision
from warehouse.publications import read_publication
from warehouse.registre import YAML

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.dataset import Dataset

    from tests.conftest import Caisse
    from warehouse.lac import Lac

AUDITS = gather_audits(METIERS)
ALTEREE = -1  # a version that no table has


@dataclass(frozen=True)
class Altere:
    """A lake of which one table is `frame`, as of a version that no table has."""

    lac: Lac
    table: str
    frame: pl.DataFrame

    def dataset(self, table: str, version: int) -> Dataset | pa.Table:
        """The rows of a table, altered or not."""
        if (table, version) == (self.table, ALTEREE):
            return self.frame.to_arrow()
        return self.lac.dataset(table, version)


@dataclass(frozen=True)
class Nuit:
    """What is about to be published the night that is shown."""

    sources: Sources

    def read(self, table: str) -> pl.DataFrame:
        """A table as it is about to be published, in the order of its key."""
        lues = self.sources.lac.read(table, self.sources.versions[table]).collect()
        return lues.sort(read_contrat(table).cle)

    def audit(
        self, *audits: Audit, fautes: Mapping[str, pl.DataFrame] | None = None
    ) -> list[Constat]:
        """What these audits find once the tables of `fautes` are what it says.

        `<table>_avant`: what was published of it.
        """
        sources = self.sources
        for nom, frame in (fautes or {}).items():
            table = nom.removesuffix(AVANT)
            lac = Altere(sources.lac, table, frame)
            champ = "publiees" if nom.endswith(AVANT) else "versions"
            versions = {**getattr(sources, champ), table: ALTEREE}
            sources = replace(sources, lac=lac, **{champ: versions})
        with open_moteur(sources, AUDITS.sommes, audits) as moteur:
            return run_audits(moteur, audits)


def play(caisse: Caisse, jour: date) -> None:
    """Drop what comes a day, the statement of the bank too, and pass its night."""
    fichiers = list_fichiers(jour)
    comptes = Comptes(*(caisse.read(nom).to_dicts() for nom in ("prelevements", "creances")))
    releve = compose_releve(jour, comptes)
    if releve is not None:
        banque = fichiers.setdefault(read_caisse().boite_banque, {})
        banque[f"releve_{jour}.xml"] = releve
    for adherent, contenus in fichiers.items():
        for nom, octets in contenus.items():
            caisse.drop(adherent, nom, octets)
    caisse.pass_night(datetime.combine(jour, time(21), tzinfo=UTC))


@pytest.fixture(scope="session")
def nuit(make_caisse: Callable[..., Caisse]) -> Nuit:
    """The last night of the demonstration, beside what the one before had published."""
    caisse = make_caisse(nombre_parts=1)
    caisse.learn(render_membres(), YAML)
    with caisse.maison.moteur.begin() as connexion:
        record_decision(
            connexion,
            nature=NATURES["DEMANDE_ATTESTATION"],
            siren=compute_siren(CANDIDATE),
            date_effet=NUIT,
            auteur="gestion",
            motif="appel d'offres",
            instant=f"{NUIT}T08:00:00Z",
        )
    for jour in JOURS:
        play(caisse, jour)
    sources = read_sources(caisse.maison, NUIT, frozenset(), AUDITS)
    with caisse.maison.moteur.connect() as connexion:
        avant = read_publication(connexion, len(JOURS) - 1)
    assert avant is not None
    return Nuit(replace(sources, publiees={t: avant.versions.get(t) for t in sources.publiees}))
