"""What is printed of leave: certificates, rights, statements of payment, tax, refusals.

Each is for its employee; a company is given its certificates another way. Source: choices L-26,
L-72; rules of leave 6.2 and 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import polars as pl

from pipelines.conges.documents.attestation_fiscale_pdf import compose_attestation_fiscale_pdf
from pipelines.conges.documents.certificat_pdf import compose_certificat_pdf
from pipelines.conges.documents.decompte_pdf import compose_decompte_pdf
from pipelines.conges.documents.droits_pdf import compose_droits_pdf
from pipelines.conges.documents.refus_pdf import compose_refus_pdf
from pipelines.conges.documents.sources import (
    Source,
    find_attestation_fiscale,
    find_certificat,
    find_decompte,
    find_refus,
    find_releve,
    gather_source,
)
from pipelines.editique.dessins import Dessin
from pipelines.editique.impression import IMPRIMES, Impressions
from specs.contrats import codes_of
from warehouse.maison import Maison
from warehouse.publications import Publication, read_table_publiee

(REFUSEE,) = codes_of("demandes_conges", "etat", "REFUSEE")
CERTIFICAT, DROITS, DECOMPTE, FISCALE, REFUS = (
    "CERTIFICAT", "DROITS", "DECOMPTE", "ATTESTATION_FISCALE", "REFUS",
)  # fmt: skip
PSEUDONYME = 12  # its first characters, in names of files


def list_imprimes(
    maison: Maison, publication: Publication, avant: Publication | None
) -> pl.DataFrame:
    """IMPRIMES: what this publication has and the one before had not."""

    def read(table: str, lue: Publication | None) -> pl.LazyFrame:
        lues = read_table_publiee(maison, table, publication.numero)
        return lues.clear() if lue is None else read_table_publiee(maison, table, lue.numero)

    listes = [
        liste(read, publication, avant)
        for liste in (_certificates, _rights, _statements, _taxes, _refusals)
    ]
    return pl.concat(frame.select(IMPRIMES.names()).collect() for frame in listes)


Lire = Callable[[str, Publication | None], pl.LazyFrame]


def _certificates(read: Lire, publication: Publication, avant: Publication | None) -> pl.LazyFrame:
    """Certificates in force, once their employee may see them."""
    vus = pl.col("visible_le") <= publication.date_arrete
    lus = read("certificats", publication).filter("en_vigueur", vus)
    if avant is not None:
        deja = read("certificats", avant).filter(pl.col("visible_le") <= avant.date_arrete)
        lus = lus.join(deja, on="certificat", how="anti")
    return lus.select("siren", "salarie", document=pl.lit(CERTIFICAT), cle="certificat",
                      nom=pl.format("CERTIFICAT_{}.pdf", "certificat"))  # fmt: skip


def _rights(read: Lire, publication: Publication, avant: Publication | None) -> pl.LazyFrame:
    """Employees of whom a right is new, or another."""
    dites = ["salarie", "exercice", "jours_legaux", "indemnite_centimes", "prime_due"]
    neufs = read("droits", publication).join(
        read("droits", avant).select(dites), on=dites, how="anti", nulls_equal=True
    )
    derniers = neufs.sort("salarie", "exercice").unique("salarie", keep="last")
    nom = pl.format("DROITS_{}_{}.pdf", _short(), pl.lit(str(publication.date_arrete)))
    return derniers.select("siren", "salarie", document=pl.lit(DROITS), cle="salarie", nom=nom)


def _statements(read: Lire, publication: Publication, avant: Publication | None) -> pl.LazyFrame:
    neufs = read("decomptes", publication).join(
        read("decomptes", avant).select("decompte"), on="decompte", how="anti"
    )
    return neufs.select("siren", "salarie", document=pl.lit(DECOMPTE), cle="decompte",
                        nom=pl.format("DECOMPTE_{}.pdf", "decompte"))  # fmt: skip


def _taxes(read: Lire, publication: Publication, avant: Publication | None) -> pl.LazyFrame:
    """Years that are over: all at the first publication of the next one, then those that change."""
    table = "attestations_fiscales"
    finies = read(table, publication).filter(pl.col("annee") < publication.date_arrete.year)
    deja = read(table, avant)
    if avant is not None:
        deja = deja.filter(pl.col("annee") < avant.date_arrete.year)
    colonnes = [nom for nom in finies.collect_schema().names() if nom != "part"]
    neuves = finies.join(deja.select(colonnes), on=colonnes, how="anti", nulls_equal=True)
    employeurs = (
        read("decomptes", publication)
        .sort("salarie", "date_paiement", "decompte")
        .unique("salarie", keep="last")
        .select("salarie", "siren")
    )
    nom = pl.format(
        "ATTESTATION_FISCALE_{}_{}_{}.pdf", _short(), "annee",
        pl.lit(str(publication.date_arrete)),
    )  # fmt: skip
    return neuves.join(employeurs, on="salarie").select(
        "siren", "salarie", document=pl.lit(FISCALE), cle=pl.col("annee").cast(pl.String), nom=nom
    )


def _refusals(read: Lire, publication: Publication, avant: Publication | None) -> pl.LazyFrame:
    cle = ["siren", "demande", "depot", "rang", "motif"]
    refusees = read("demandes_conges", publication).filter(etat=REFUSEE)
    deja = read("demandes_conges", avant).filter(etat=REFUSEE).select(cle)
    neuves = refusees.join(deja, on=cle, how="anti", nulls_equal=True)
    return neuves.select("siren", "salarie", document=pl.lit(REFUS), cle="demande",
                         nom=pl.format("REFUS_{}-{}.pdf", "depot", "rang"))  # fmt: skip


def _short() -> pl.Expr:
    return pl.col("salarie").str.head(PSEUDONYME)


def compose_imprimes(
    maison: Maison, publication: Publication, lignes: pl.DataFrame
) -> Iterator[tuple[str, Dessin]]:
    """The drawings of these rows (IMPRIMES)."""
    source = gather_source(maison, publication, lignes["salarie"])
    for ligne in lignes.iter_rows(named=True):
        yield ligne["nom"], COMPOSITIONS[ligne["document"]](source, ligne)


def _compose(
    trouve: Callable[[Source, Mapping[str, Any]], Any], compose: Callable[[Any], Dessin]
) -> Callable[[Source, Mapping[str, Any]], Dessin]:
    def make(source: Source, ligne: Mapping[str, Any]) -> Dessin:
        return compose(trouve(source, ligne))

    return make


COMPOSITIONS: Mapping[str, Callable[[Source, Mapping[str, Any]], Dessin]] = {
    CERTIFICAT: _compose(lambda s, li: find_certificat(s, li["cle"]), compose_certificat_pdf),
    DROITS: _compose(lambda s, li: find_releve(s, li["cle"]), compose_droits_pdf),
    DECOMPTE: _compose(lambda s, li: find_decompte(s, li["cle"]), compose_decompte_pdf),
    FISCALE: _compose(
        lambda s, li: find_attestation_fiscale(s, li["salarie"], int(li["cle"])),
        compose_attestation_fiscale_pdf,
    ),
    REFUS: _compose(lambda s, li: find_refus(s, li["siren"], li["cle"]), compose_refus_pdf),
}
IMPRESSIONS = Impressions(list_imprimes, compose_imprimes, frozenset(COMPOSITIONS))
