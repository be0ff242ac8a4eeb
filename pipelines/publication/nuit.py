"""What a publication is made of: the lake as it stands, the journal, the last publication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl

from pipelines.metier import Metier, find
from specs.caisse import read_caisse
from specs.contrats import columns_of, read_contrat, schema_polars
from warehouse.alertes import read_tenues
from warehouse.instants import format_instant
from warehouse.journal import Depot, read_depots
from warehouse.maison import Maison
from warehouse.nuits import Vue, read_vue
from warehouse.publications import Publication, read_publication, read_table_publiee
from warehouse.registre import read_adherents, read_etablissements, read_mandats_depot

LOT_CAISSE = "CAISSE"  # partition of the anomalies that the fund finds, apart from the files' own
# The fund's anomalies come after those of the file, which are limited to fewer (see parsers).
RANG_CAISSE = 1_000_000


@dataclass(frozen=True, slots=True)
class Etats:
    """What a business says of the deposits tonight.

    `etats`: depot (key), etat, motif; `anomalies`: those of the fund, contract `anomalies` but rang
    and lot, sorted by deposit.
    """

    etats: pl.DataFrame
    anomalies: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Nuit:
    """The lake as it is about to be published, and what the journal knows of the deposits.

    `instant`: when it is made (UTC, ISO); `metiers`: the businesses; `tenues`: SIREN of the
    companies held; `depots`: contract `depots` (real deposits, states of tonight); `anomalies`:
    those of the fund; `boites`: adherent (key), siren (null for the boxes of mandataries and of the
    bank); `destinataires`: the boxes that files go to, None for all; `sauf`: those left out.
    """

    date_arrete: date
    instant: str
    vue: Vue
    metiers: tuple[Metier, ...]
    tenues: frozenset[str]
    precedente: Publication | None
    journal: tuple[Depot, ...]
    depots: pl.DataFrame
    anomalies: pl.DataFrame
    etablissements: pl.DataFrame
    boites: pl.DataFrame
    destinataires: frozenset[str] | None = None
    sauf: frozenset[str] = frozenset()

    def only(self, destinataires: frozenset[str]) -> Nuit:
        """The same night, whose files go to these boxes alone."""
        return replace(self, destinataires=destinataires)

    def without(self, boites: frozenset[str]) -> Nuit:
        """The same night, whose files go to the other boxes."""
        return replace(self, sauf=boites)

    def served(self, colonne: str = "siren") -> pl.Expr:
        """Rows of those to whom files go tonight, by their SIREN or their box (`adherent`).

        None goes to a company held.
        """
        valeur = pl.col(colonne)
        tenues = pl.col("siren").is_in(sorted(self.tenues)).fill_null(value=False)
        autres = tenues | pl.col("adherent").is_in(sorted(self.sauf))
        servies = ~valeur.is_in(self._boxes(autres, colonne))
        if self.destinataires is not None:
            choisies = pl.col("adherent").is_in(sorted(self.destinataires))
            servies &= valeur.is_in(self._boxes(choisies, colonne))
        return servies

    def _boxes(self, choisies: pl.Expr, colonne: str) -> list[str]:
        return self.boites.filter(choisies)[colonne].drop_nulls().to_list()

    @property
    def numero(self) -> int:
        """Number that the publication will have."""
        return (self.precedente.numero if self.precedente else 0) + 1


def read_nuit(
    maison: Maison, date_arrete: date, metiers: Sequence[Metier], maintenant: datetime
) -> Nuit:
    """Read everything that the publication of tonight is decided on."""
    with maison.moteur.connect() as connexion:
        precedente = read_publication(connexion)
        journal = _controlled(read_depots(connexion))
        vue = read_vue(connexion, date_arrete)
        etablissements = read_etablissements(connexion, vue.registre)
        tenues = read_tenues(connexion, date_arrete)
        adherents = read_adherents(connexion, vue.registre)
        mandataires = read_mandats_depot(connexion, vue.registre)["mandataire"]
    adherents = adherents.select("siren", adherent="numero_adherent")
    dits: list[Etats] = [find(metier.etats)(maison, vue) for metier in metiers if metier.etats]
    etats = pl.concat(dit.etats for dit in dits)
    anomalies = pl.concat((dit.anomalies for dit in dits), how="diagonal")
    tenus = set(adherents.filter(pl.col("siren").is_in(sorted(tenues)))["adherent"])
    journal = tuple(depot for depot in journal if depot.adherent not in tenus)
    depots, anomalies = _held(
        maison, tenus, _settled(_real(journal), etats, anomalies), ranked(anomalies)
    )
    autres = {*mandataires, read_caisse().boite_banque}.difference(adherents["adherent"])
    sans_siren = pl.DataFrame({"adherent": sorted(autres)}).select(
        pl.lit(None, pl.String).alias("siren"), "adherent"
    )
    return Nuit(
        date_arrete=date_arrete,
        instant=format_instant(maintenant),
        vue=vue,
        metiers=tuple(metiers),
        tenues=tenues,
        precedente=precedente,
        journal=journal,
        depots=depots,
        anomalies=anomalies,
        etablissements=etablissements,
        boites=pl.concat([adherents, sans_siren]),
    )


def _held(
    maison: Maison, tenus: set[str], depots: pl.DataFrame, anomalies: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Deposits and anomalies of the fund; those of the members held are the published ones."""
    siens = read_table_publiee(maison, "depots").filter(pl.col("adherent").is_in(sorted(tenus)))
    publies = siens.collect()
    siennes = read_table_publiee(maison, "anomalies").filter(
        pl.col("lot") == LOT_CAISSE, pl.col("depot").is_in(publies["depot"].implode())
    )
    autres = anomalies.join(depots, on="depot", how="semi")
    return (
        pl.concat([depots, publies]).sort("depot"),
        pl.concat([autres, siennes.collect()]).sort("depot", "rang"),
    )


def _controlled(depots: Sequence[Depot]) -> tuple[Depot, ...]:
    """Deposits that the night has controlled; a double waits for its original to be.

    The reception goes on during a night. Nothing is known yet of what it has just taken: the
    double of a test would be published as one of a real deposit.
    """
    recus = {depot.depot for depot in depots if depot.etat == "RECU"}
    return tuple(depot for depot in depots if not {depot.depot, depot.original} & recus)


def _real(journal: tuple[Depot, ...]) -> tuple[Depot, ...]:
    """Deposits that may be published: neither a test, nor the double of one."""
    essais = {depot.depot for depot in journal if depot.essai is True}
    return tuple(d for d in journal if not {d.depot, d.original} & essais)


def _settled(
    journal: tuple[Depot, ...], etats: pl.DataFrame, anomalies: pl.DataFrame
) -> pl.DataFrame:
    """Contract `depots`: the journal, with the states and the fund's anomalies of tonight."""
    colonnes = columns_of("depots")
    lus = pl.DataFrame(
        [{nom: getattr(depot, nom) for nom in colonnes} for depot in journal],
        schema=schema_polars(read_contrat("depots")),
    )
    nombres = anomalies.group_by("depot").agg(
        (pl.col("severite") == "bloquante").sum().cast(pl.Int64).alias("bloquantes"),
        (pl.col("severite") == "signal").sum().cast(pl.Int64).alias("signalees"),
    )
    etats = etats.rename({"etat": "decide", "motif": "cause"})
    return (
        lus.join(etats, on="depot", how="left")
        .join(nombres, on="depot", how="left")
        .with_columns(
            pl.coalesce("decide", "etat").alias("etat"),
            pl.when(pl.col("decide").is_null()).then("motif").otherwise("cause").alias("motif"),
            pl.col("anomalies_bloquantes") + pl.col("bloquantes").fill_null(0),
            pl.col("anomalies_signalees") + pl.col("signalees").fill_null(0),
        )
        .select(colonnes)
        .sort("depot")
    )


def ranked(anomalies: pl.DataFrame) -> pl.DataFrame:
    """Contract `anomalies`: ranks far behind those of the file's own anomalies."""
    rang = pl.int_range(pl.len(), dtype=pl.Int64).over("depot") + 1 + RANG_CAISSE
    return anomalies.with_columns(rang.alias("rang"), pl.lit(LOT_CAISSE).alias("lot")).select(
        columns_of("anomalies")
    )
