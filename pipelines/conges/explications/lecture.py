"""What a publication holds of the leave of one employee, and the same computed again from it.

The rules of the night run on the published tables; the records of files are nobody's to list: they
are read as the lake holds them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import polars as pl

from pipelines.conges.lecture import read_connu
from pipelines.conges.regles.acquisition.calcul import (
    CERTIFICATS,
    Acquisition,
    Matiere,
    compute_acquisition,
    gather_matiere,
)
from pipelines.conges.regles.acquisition.connu import Connu
from pipelines.conges.regles.acquisition.contrats import follow_numbers
from pipelines.conges.regles.paiement.calcul import Publies
from pipelines.explications.lecture import Lecteur
from pipelines.nuit.parts import Part
from specs.connaissances import Connaissances, read_connaissances
from specs.contrats import PAR_SALARIE, PART, read_contrat
from warehouse.lac_publie import open_lac_publie
from warehouse.nuits import PRESENT, NuitInconnue, Vue, read_vue_publiee


@dataclass(frozen=True, slots=True)
class UnSalarie(Part):
    """The shard of one employee."""

    salarie: str = ""

    def siennes(self) -> pl.Expr:
        """His rows."""
        return pl.col("salarie") == self.salarie


@dataclass(frozen=True)
class Dossier:
    """An employee as of a publication: what was known of him, what the rules make of it."""

    lecteur: Lecteur
    salarie: str
    connu: Connu
    savoir: Connaissances

    def read(self, table: str, *predicats: pl.Expr) -> pl.DataFrame:
        """His published rows of a table, in the order of its key, without their shard."""
        siennes = self.lecteur.read(table, pl.col("salarie") == self.salarie, *predicats)
        return siennes.collect().sort(read_contrat(table).cle).drop(PART)

    @cached_property
    def certificats(self) -> pl.DataFrame:
        """His certificates, former ones too."""
        return self.read("certificats").select(CERTIFICATS.names())

    @cached_property
    def matiere(self) -> Matiere:
        """What his certificates are made of."""
        matiere = gather_matiere(self.connu, self.savoir)
        assert matiere is not None, "a published certificate tells of a month"  # noqa: S101
        return matiere

    @cached_property
    def acquisition(self) -> Acquisition:
        """The same night over its own certificates."""
        arrete = self.lecteur.publication.date_arrete
        return compute_acquisition(self.connu, self.certificats, arrete, self.savoir)

    @cached_property
    def suivi(self) -> Connu:
        """What was known, contracts under their last number, a centre not known being empty."""
        return follow_numbers(self.connu.with_known_cdg())


def open_dossier(lecteur: Lecteur, salarie: str) -> Dossier:
    """The employee as of the publication of a reader."""
    alors = replace(lecteur.maison, lac=open_lac_publie(lecteur.maison, lecteur.publication))
    part = UnSalarie(0, 1, vue=view_of(lecteur), partage=PAR_SALARIE, salarie=salarie)
    connu = read_connu(alors, part, _read_paid(lecteur, salarie))
    return Dossier(lecteur, salarie, connu, read_connaissances())


def view_of(lecteur: Lecteur) -> Vue:
    """The registry and decisions that the night read; today's, of a night that was not kept."""
    with lecteur.maison.moteur.connect() as connexion:
        try:
            return read_vue_publiee(connexion, lecteur.publication.numero)
        except NuitInconnue:
            return PRESENT


def _read_paid(lecteur: Lecteur, salarie: str) -> Publies:
    """The leave paid before this night: what is paid tonight is of the certificates of the next."""
    siennes = pl.col("salarie") == salarie
    avant = pl.col("date_arrete") < lecteur.publication.date_arrete

    def read(table: str, *predicats: pl.Expr) -> pl.DataFrame:
        lues = lecteur.read(table, siennes, *predicats).drop(PART).collect()
        return lues.sort(read_contrat(table).cle)

    return Publies(
        demandes=read("demandes_conges"),
        prises=read("prises_conges"),
        decomptes=read("decomptes", avant),
    )
