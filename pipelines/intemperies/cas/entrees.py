"""What the fund knows beside the files of a case, night by night.

Each row may say from which day on it is known; by default it always was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.cotisations.cas.registre import OUVERTURE, SIRET
from pipelines.cotisations.cas.savoir import parse_savoir
from pipelines.intemperies.cas.fichiers import check_filled, parse_fichiers
from pipelines.intemperies.regles.calcul import A_JOUR, Argent
from pipelines.intemperies.regles.connus import ABSENCES, compute_conges_payes
from pipelines.intemperies.regles.declarations import Lus
from pipelines.intemperies.regles.delais import received_on
from pipelines.intemperies.regles.jours import TOUTES, Connu
from pipelines.intemperies.regles.valeurs import first_month
from specs.connaissances import Connaissances
from specs.periodes import MOIS_PAR_AN

OPTIONS = (
    "carence_etalee", "six_heures", "compte_ij", "salaire_provisoire", "tolerance_declaration",
    "indemnite_retenue", "taux_cp_intemperies", "prorata_activite", "imputation_remboursement",
)  # fmt: skip
SIREN, TOUJOURS, JUIN = SIRET[:9], date.min, 6
T, D, E, B = pl.String(), pl.Date(), pl.Int64(), pl.Boolean()
# Columns of each list, and what a row that does not give one has (absent: it must).
TABLES: Mapping[str, Mapping[str, pl.DataType]] = MappingProxyType(
    {
        "contrats": {"salarie": T, "siren": T, "debut": D, "fin": D, "conges": B},
        "absences": {"salarie": T, "siren": T, "nature": T, "motif": T, "debut": D, "fin": D},
        "vigilances_canicule": {"departement": T, "jour": D, "niveau": T},
        "arretes_prefet": {"departement": T, "debut": D, "fin": D},
        "arrets_saisonniers": {"departement": T, "activite": T, "debut": D, "fin": D},
        "coefficients_canicule": {"campagne": T, "publie_le": D, "coefficient_ppm": E},
        "etablissements": {"siret": T, "siren": T, "debut": D, "fin": D},
        "adherents": {"siren": T, "debut_activite": D, "fin_activite": D},
        "situations": {"siren": T, "a_jour": B},
        "decomptes": {
            "decompte": T,
            "annule": T,
            "motif": T,
            "nature": T,
            "salarie": T,
            "siren": T,
            "debut": D,
            "fin": D,
        },
    }
)
DEFAUTS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "contrats": {"salarie": "P1", "siren": SIREN, "debut": OUVERTURE, "fin": None,
                     "conges": True},
        "absences": {"salarie": "P1", "siren": SIREN, "fin": None},
        "arrets_saisonniers": {"activite": TOUTES},
        "etablissements": {"siren": SIREN, "debut": OUVERTURE, "fin": None},
        "adherents": {"siren": SIREN, "debut_activite": None, "fin_activite": None},
        "situations": {"siren": SIREN},
        "decomptes": {"annule": None, "motif": "PAIEMENT", "nature": "CP", "salarie": "P1",
                      "siren": SIREN},
    }
)  # fmt: skip
GENRES: Mapping[pl.DataType, type] = MappingProxyType({T: str, D: date, E: int, B: bool})
CONNU = "connu_le"
CHAMPS = ("fichiers", "dsn", "salaires", "baremes", "options", *TABLES)


@dataclass(frozen=True, slots=True)
class Entrees:
    """What a case says.

    `lus`: records of the files; `tables`: those of TABLES, with CONNU; `dsn`: siret, siren, mois,
    montant_centimes, CONNU.
    """

    lus: Lus
    tables: Mapping[str, pl.DataFrame]
    dsn: pl.DataFrame
    savoir: Connaissances

    def nights(self, jusque: date) -> list[date]:
        """Days on which something became known, each 1 June, and the last one.

        A night that learns nothing in the month of another changes nothing: it is not played.
        """
        recues = self.lus.envois.select(jour=received_on(pl.col("recu_le")))["jour"].to_list()
        connues = [jour for table in (*self.tables.values(), self.dsn) for jour in table[CONNU]]
        publiees = self.tables["coefficients_canicule"]["publie_le"].to_list()
        dates = {*recues, *connues, *publiees} - {TOUJOURS}
        juins = {date(annee, JUIN, 1) for annee in range(min(dates).year, jusque.year + 1)}
        utiles = sorted(jour for jour in dates | juins if min(recues) <= jour < jusque)
        if utiles and jusque not in dates and f"{utiles[-1]:%Y%m}" == f"{jusque:%Y%m}":
            return utiles
        return [*utiles, jusque]

    def known(self, nuit: date) -> tuple[Lus, Connu, Argent]:
        """What a night reads."""
        tables = {nom: _known(table, nuit) for nom, table in self.tables.items()}
        dsn = _known(self.dsn, nuit)
        connu = Connu(
            tables["contrats"],
            _absences(tables["absences"], tables["decomptes"]),
            dsn.select("siren", "mois").unique(),
            tables["vigilances_canicule"],
            tables["arretes_prefet"],
            tables["arrets_saisonniers"],
        )
        argent = Argent(
            dsn.select("siren", "mois", "montant_centimes"),
            dsn.select("siret", "mois").unique(),
            tables["etablissements"],
            tables["adherents"],
            tables["coefficients_canicule"],
            tables["situations"]
            .unique("siren", keep="last", maintain_order=True)
            .select(A_JOUR.names()),
        )
        return _received(self.lus, nuit), connu, argent


def parse_entrees(champs: Champs) -> Entrees:
    """The frames of a case; CasInvalide names what is wrong."""
    champs.check_names(CHAMPS)
    lus = parse_fichiers(champs)
    check_filled(champs, lus)
    tables = {nom: _parse_table(champs, nom) for nom in TABLES}
    dsn = [*_parse_dsn(champs), *_parse_salaires(champs)]
    schema = {"siret": T, "siren": T, "mois": T, "montant_centimes": E, CONNU: D}
    return Entrees(
        lus,
        MappingProxyType(_with_defaults(tables, lus)),
        pl.DataFrame(dsn, schema, orient="row").sort(CONNU, "siret", "mois"),
        parse_savoir(champs, OPTIONS),
    )


def _parse_table(champs: Champs, nom: str) -> pl.DataFrame:
    schema = TABLES[nom]
    defauts = DEFAUTS.get(nom, {})
    lignes = []
    for ligne in champs.children(nom):
        ligne.check_names((*schema, CONNU))
        lue = {
            c: ligne.read_optional(c, GENRES[type_])
            if c in defauts and ligne.valeurs.get(c) is None
            else ligne.read(c, GENRES[type_])
            for c, type_ in schema.items()
        }
        lue = {c: defauts.get(c) if v is None else v for c, v in lue.items()}
        lignes.append(lue | {CONNU: ligne.read(CONNU, date, TOUJOURS)})
    return pl.DataFrame(lignes, {**schema, CONNU: D}, orient="row").sort(CONNU, maintain_order=True)


def _parse_dsn(champs: Champs) -> Iterator[dict[str, Any]]:
    for ligne in champs.children("dsn"):
        ligne.check_names(("siret", "mois", "montant", "centimes", CONNU))
        siret = ligne.read("siret", str, SIRET)
        donne = {"montant", "centimes"} & ligne.valeurs.keys()
        yield {
            "siret": siret,
            "siren": siret[:9],
            "mois": ligne.read_mois("mois"),
            "montant_centimes": ligne.read_montant() if donne else 0,
            CONNU: ligne.read(CONNU, date, TOUJOURS),
        }


def _parse_salaires(champs: Champs) -> Iterator[dict[str, Any]]:
    """A whole campaign, every month of it known: its wages stand in April."""
    for ligne in champs.children("salaires"):
        ligne.check_names(("siret", "campagne", "montant", "centimes", CONNU))
        siret = ligne.read("siret", str, SIRET)
        avril = first_month(ligne.read("campagne", str))
        for rang in range(MOIS_PAR_AN):
            yield {
                "siret": siret,
                "siren": siret[:9],
                "mois": str(avril.shift(rang)),
                "montant_centimes": 0 if rang else ligne.read_montant(),
                CONNU: ligne.read(CONNU, date, TOUJOURS),
            }


def _with_defaults(tables: dict[str, pl.DataFrame], lus: Lus) -> dict[str, pl.DataFrame]:
    """A contract for each employee that has none written, an establishment for each company."""
    siens = lus.salaries.select("salarie", "siren").unique().sort("siren", "salarie")
    sans = siens.join(tables["contrats"], on="salarie", how="anti")
    sirens = lus.envois.select("siren").unique().sort("siren")
    ajouts: Mapping[str, pl.DataFrame] = {
        "contrats": sans.with_columns(
            debut=pl.lit(OUVERTURE), fin=pl.lit(None, D), conges=pl.lit(value=True)
        ),
        "etablissements": sirens.join(tables["etablissements"], on="siren", how="anti").select(
            pl.concat_str("siren", pl.lit("00010")).alias("siret"),
            "siren",
            debut=pl.lit(OUVERTURE),
            fin=pl.lit(None, D),
        ),
        "adherents": sirens.join(tables["adherents"], on="siren", how="anti").with_columns(
            debut_activite=pl.lit(None, D), fin_activite=pl.lit(None, D)
        ),
    }
    return {
        nom: pl.concat([t, _always(ajouts[nom]).select(t.columns)]) if nom in ajouts else t
        for nom, t in tables.items()
    }


def _absences(dites: pl.DataFrame, decomptes: pl.DataFrame) -> pl.DataFrame:
    """What the DSN tell, and the leave that the fund pays."""
    if decomptes.is_empty():
        return dites
    return pl.concat([dites.select(ABSENCES.names()), compute_conges_payes(decomptes)])


def _always(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.lit(TOUJOURS).alias(CONNU))


def _known(table: pl.DataFrame, nuit: date) -> pl.DataFrame:
    """The rows known by then: those of a table, or of a case, are few and mostly always were."""
    connus = [jour <= nuit for jour in table[CONNU]]
    return (table if all(connus) else table.filter(connus)).drop(CONNU)


def _received(lus: Lus, nuit: date) -> Lus:
    envois = lus.envois.filter(received_on(pl.col("recu_le")) <= nuit)
    garde: Callable[[pl.DataFrame], pl.DataFrame] = lambda f: f.join(  # noqa: E731 - one use each
        envois, on="depot", how="semi", maintain_order="left"
    )
    return replace(
        lus,
        envois=envois,
        arrets=garde(lus.arrets),
        salaries=garde(lus.salaries),
        jours=garde(lus.jours),
    )
