"""What the collection asks operators to look at: rows of the published alerts.

They follow from what the night wrote: nothing else is to be remembered but the night that told each
of them first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

import polars as pl

from pipelines.reglements.regles.etats import A_REMETTRE, EMIS, REGLE
from specs.banque import read_motif
from specs.contrats import codes_of, read_contrat, schema_polars
from specs.typographie import format_compte
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

PRELEVEMENT, REMISE, EN_DOUBLE = codes_of(
    "alertes", "nature", "PRELEVEMENT", "REMISE", "PRELEVEMENT_EN_DOUBLE"
)
NATURES = (PRELEVEMENT, REMISE, EN_DOUBLE)
OUVERTE, LEVEE = codes_of("alertes", "etat", "OUVERTE", "LEVEE")


def read_alertes_reglements(maison: Maison, date_arrete: date) -> pl.DataFrame:
    """Contract `alertes`: those of the collection at `date_arrete`, and those that it told before.

    A debit set aside is told until it can be handed over; what the bank refused for no fault of a
    company, until its calls are settled; two debits of one call, until one of them is undone.
    """
    lignes = [*_set_aside(maison), *_refused(maison), *_doubled(maison)]
    return compose_alertes(maison, date_arrete, NATURES, lignes)


def compose_alertes(
    maison: Maison, date_arrete: date, natures: Collection[str], lignes: list[dict[str, Any]]
) -> pl.DataFrame:
    """Contract `alertes`: these of tonight, and those of the same natures told before.

    `lignes`: columns of the contract but the date and the state; `dure`: open as long as told.
    """
    schema = schema_polars(read_contrat("alertes"))
    publiees = read_table_publiee(maison, "alertes").filter(pl.col("nature").is_in(natures))
    anciennes = publiees.collect()
    premieres = dict(anciennes.select("alerte", "date_arrete").iter_rows())
    courantes = pl.DataFrame(
        [
            _dated(ligne, premieres.get(ligne["alerte"], date_arrete), date_arrete)
            for ligne in lignes
        ],
        schema,
    )
    passees = anciennes.join(courantes, on="alerte", how="anti").with_columns(etat=pl.lit(LEVEE))
    return pl.concat([courantes, passees.select(courantes.columns)]).sort("alerte")


def _dated(ligne: dict[str, Any], premiere: date, date_arrete: date) -> dict[str, Any]:
    """Open the night that tells it first, then as long as its cause lasts."""
    ouverte = ligne.pop("dure") or premiere == date_arrete
    return ligne | {"date_arrete": premiere, "etat": OUVERTE if ouverte else LEVEE}


def _set_aside(maison: Maison) -> Iterator[dict[str, Any]]:
    """Mandates that could not be debited tonight."""
    ecartes = maison.lac.read("prelevements_ecartes").collect().sort("rum", "date_echeance")
    par_mandat = ecartes.unique("rum", keep="first", maintain_order=True)
    for rum, siren, cause in par_mandat.select("rum", "siren", "cause").iter_rows():
        yield {
            "alerte": f"prelevements-{rum}",
            "nature": PRELEVEMENT,
            "siren": siren,
            "etape": "prelevements",
            "cause": f"mandat {rum} non prélevé : {cause}",
            "dure": True,
        }


def _refused(maison: Maison) -> Iterator[dict[str, Any]]:
    """Debits refused for a fault of the fund or of nobody, by file, reason and day."""
    refuses = (
        maison.lac.read("prelevements")
        .filter(pl.col("etat") == A_REMETTRE)
        .join(_waiting(maison), on="prelevement", how="left")
        .group_by("remise", pl.col("code_motif").fill_null(""), "date_etat")
        .agg(pl.len(), pl.col("attend").any(), pl.col("siren").unique())
        .sort("remise", "code_motif", "date_etat")
        .collect()
    )
    for remise, code, jour, nombre, attend, sirens in refuses.iter_rows():
        motif = read_motif(code, jour, collectif=True)
        yield {
            "alerte": f"remise-{remise}-{jour:%Y%m%d}-{code or 'sans'}",
            "nature": REMISE,
            "siren": sirens[0] if len(sirens) == 1 else None,
            "etape": "rapprochement",
            "cause": (
                f"{remise} : {format_compte(nombre, 'prélèvement refusé')} par la banque le"
                f" {jour:%d/%m/%Y}"
                f" ({code or 'sans motif'}, {motif.libelle}), l'entreprise n'y étant pour rien :"
                " à remettre de nouveau, aucun mandat n'est suspendu ; voir docs/banque.md"
            ),
            "dure": bool(attend),
        }


def _waiting(maison: Maison) -> pl.LazyFrame:
    """Whether a call of each debit (key) is due and not settled by the debits that came after."""
    derniers = (
        maison.lac.read("prelevements_appels")
        .select("prelevement", "appel")
        .join(maison.lac.read("prelevements"), on="prelevement")
        .sort("date_emission", "prelevement")
        .group_by("appel")
        .agg(pl.col("etat").last().alias("dernier"))
    )
    dus = maison.lac.read("creances").select("appel", du=pl.col("reste_centimes") > 0)
    return (
        maison.lac.read("prelevements_appels")
        .select("prelevement", "appel")
        .join(derniers, on="appel")
        .join(dus, on="appel", how="left")
        .group_by("prelevement")
        .agg(
            (
                (pl.col("dernier") == EMIS)
                | ((pl.col("dernier") == A_REMETTRE) & pl.col("du").fill_null(value=True))
            )
            .any()
            .alias("attend")
        )
    )


def _doubled(maison: Maison) -> Iterator[dict[str, Any]]:
    """Calls that two debits pay, both issued or settled: the bank undid a return too late."""
    vivants = maison.lac.read("prelevements").filter(pl.col("etat").is_in([EMIS, REGLE]))
    doubles = (
        maison.lac.read("prelevements_appels")
        .select("prelevement", "appel", "siren")
        .join(vivants.select("prelevement"), on="prelevement", how="semi")
        .group_by("appel", "siren")
        .agg(pl.col("prelevement").sort())
        .filter(pl.col("prelevement").list.len() > 1)
        .sort("appel")
        .collect()
    )
    for appel, siren, noms in doubles.iter_rows():
        yield {
            "alerte": f"double-{appel}",
            "nature": EN_DOUBLE,
            "siren": siren,
            "etape": "prelevements",
            "cause": (
                f"appel {appel} : {' et '.join(noms)} sont émis ou réglés tous les deux ;"
                " demander à la banque l'annulation du dernier, ou rendre son montant"
            ),
            "dure": True,
        }
