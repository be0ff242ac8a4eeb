"""What a case says of money, as the payments of a night read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import polars as pl

from pipelines.conges.cas.paiements import Demandes
from pipelines.conges.regles.paiement.arrets import list_notified
from pipelines.conges.regles.paiement.emission import Argent
from pipelines.conges.regles.paiement.situation import Situation
from specs.periodes import Mois

T, E, D, B = pl.String(), pl.Int64(), pl.Date(), pl.Boolean()
SCHEMAS: Mapping[str, Mapping[str, pl.DataType]] = {
    "comptes": {"salarie": T, "debut": D, "fin": D},
    "centres": {"siren": T, "salarie": T, "mode_retraite": T},
    "annulations": {"siren": T, "demande": T},
    "renonciations": {"siren": T, "demande": T},
    "compensations": {"siren": T, "demande": T, "effet": D},
    "heritiers": {"siren": T, "demande": T, "rang": E, "part_ppm": E, "effet": D},
    "saisies": {
        "salarie": T, "saisie": T, "debut": D, "fin": D, "montant_centimes": E, "part_ppm": E,
        "protege_centimes": E,
    },
    "taux_pas": {"salarie": T, "mois": T, "versement": D, "taux_prelevement_ppm": E},
    "executions": {"decompte": T, "tenu_le": D},
    "regles": {"decompte": T},
}  # fmt: skip
# Columns that a case names otherwise.
NOMS = {
    "demande": "req_id", "montant_centimes": "montant", "protege_centimes": "protege",
    "taux_prelevement_ppm": "taux_ppm",
}  # fmt: skip


def read_table(demandes: Demandes, nom: str, nuit: date) -> pl.DataFrame:
    """A table of a case, as known that night."""
    schema = pl.Schema(SCHEMAS[nom])
    lignes = demandes.known(nom, nuit)
    return pl.DataFrame([{c: li.get(NOMS.get(c, c)) for c in schema} for li in lignes], schema)


def gather_argent(
    demandes: Demandes,
    certificats: pl.DataFrame,
    reports: pl.DataFrame,
    situation: Situation,
    nuit: date,
) -> Argent:
    """What payments depend on. Employees have an account, unless the case says which."""
    virements = demandes.known("virements", nuit)
    rendus = [v for v in virements if v["regle_le"] is None]
    regles = [v for v in virements if v["regle_le"] is not None]
    comptes = read_table(demandes, "comptes", nuit)
    if not demandes.tables["comptes"]:
        comptes = situation.connu.salaries.with_columns(
            debut=pl.lit(date.min, pl.Date), fin=pl.lit(None, pl.Date)
        )
    return Argent(
        reconstitutions=situation.reconstitutions,
        mois=pl.DataFrame(
            list(_months(demandes, certificats, nuit)),
            {"salarie": T, "exercice": E, "siren": T, "mois": T, "paye": B},
            orient="row",
        ),
        comptes=comptes.with_columns(pl.col("debut").fill_null(date.min)),
        taux=read_table(demandes, "taux_pas", nuit).with_columns(
            versement=(pl.col("mois") + "-28").str.to_date("%Y-%m-%d")
        ),
        centres=read_table(demandes, "centres", nuit),
        saisies=read_table(demandes, "saisies", nuit).with_columns(
            pl.col("debut").fill_null(date.min)
        ),
        annulations=read_table(demandes, "annulations", nuit),
        arrets=list_notified(reports),
        executions=_frame("executions", rendus),
        regles=_frame("regles", regles),
        heritiers=read_table(demandes, "heritiers", nuit).select("siren", "demande").unique(),
    )


def _frame(nom: str, lignes: list[dict[str, object]]) -> pl.DataFrame:
    schema = pl.Schema(SCHEMAS[nom])
    return pl.DataFrame([{c: ligne.get(c) for c in schema} for ligne in lignes], schema)


def _months(
    demandes: Demandes, certificats: pl.DataFrame, nuit: date
) -> Iterator[tuple[str, int, str, str, bool]]:
    """Months of employment of the certificates in force; all are paid but those said to be due."""
    dus = {
        (du["salarie"], du["siren"], du["mois"])
        for du in demandes.known("mois_dus", nuit)
        if du["paye_le"] is None or nuit < du["paye_le"]
    }
    colonnes = ("salarie", "exercice", "siren", "debut", "fin", "mois_manquants")
    for salarie, exercice, siren, debut, fin, manquants in (
        certificats.filter("en_vigueur").select(colonnes).iter_rows()
    ):
        for mois in map(str, Mois.range(Mois.from_date(debut), Mois.from_date(fin))):
            if mois not in (manquants or "").split():
                yield salarie, exercice, siren, mois, (salarie, siren, mois) not in dus
