"""What a case says, as the acquisition reads it, night by night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.conges.cas.certificats import read_certificats
from pipelines.conges.cas.tables import (
    ACTIVITE,
    ARRET,
    BLOCS,
    CHAMPS,
    CONNU,
    HEURE,
    JUSQUE,
    MENSUELLE,
    SUSPENSION,
    TOUJOURS,
    Ligne,
    eve,
    read_list,
)
from pipelines.conges.regles.acquisition.connu import SCHEMAS, Connu
from pipelines.cotisations.cas.savoir import parse_savoir
from pipelines.salaries.regles.contrats_lus import CATEGORIES
from specs.connaissances import Connaissances
from specs.periodes import Mois

OPTIONS = (
    "mesure_du_mois", "forfait_n1", "forfait_plancher", "plafond_mois_retenus", "jours_execution",
    "bareme_heures", "primes_dans_r", "priorite_certificat", "douze_jours", "vendredi_saint",
)  # fmt: skip
NOMS = (*CHAMPS, "certificats", "options", "baremes")


@dataclass(frozen=True, slots=True)
class Entrees:
    """`tables`: those of `Connu`, each row with the day from which it is known, and until when."""

    tables: Mapping[str, pl.DataFrame]
    savoir: Connaissances

    def nights(self, jusque: date) -> list[date]:
        """Days on which something became known, and the last one."""
        connues = {
            jour
            for table in self.tables.values()
            for nom in (CONNU, JUSQUE)
            for jour in table[nom].drop_nulls().to_list()
        }
        return sorted({jour for jour in connues if TOUJOURS < jour < jusque} | {jusque})

    def known(self, nuit: date) -> Connu:
        """What a night reads."""
        return Connu(
            **{
                nom: table.filter(
                    pl.col(CONNU) <= nuit, pl.col(JUSQUE).is_null() | (pl.col(JUSQUE) > nuit)
                ).drop(CONNU, JUSQUE)
                for nom, table in self.tables.items()
            }
        )


def parse_entrees(
    champs: Champs, autres: tuple[str, ...] = (), options: tuple[str, ...] = ()
) -> Entrees:
    """The tables of a case; CasInvalide names what is wrong.

    `autres`: fields read elsewhere; `options`: answered too.
    """
    champs.check_names((*NOMS, *autres))
    lues = {nom: read_list(champs, nom) for nom in CHAMPS}
    lignes: dict[str, list[Ligne]] = {
        "contrats": list(_contracts(champs, lues["contrats"])),
        "absences": [*_stoppages(lues["arrets"]), *_suspensions(lues["suspensions"])],
        "bases": [*_bases_of(champs, lues["contrats"], lues["bases"]), *_bases(lues["bases"])],
        "remunerations": [*_hours(champs, lues["contrats"]), *_pays(lues["remunerations"])],
        "intemperies": [
            ligne
            | {
                "indemnisees_centiemes": ligne["heures"],
                "indemnite_calculee_centimes": ligne["indemnite"],
            }
            for ligne in lues["intemperies"]
        ],
        "conges": list(_leaves(lues["conges"])),
        "naissances": lues["naissances"],
        "priorites": lues["priorites"],
        **read_certificats(champs),
    }
    tables = {nom: _frame(nom, lignes[nom]) for nom in SCHEMAS}
    return Entrees(MappingProxyType(tables), parse_savoir(champs, (*OPTIONS, *options)))


def _frame(nom: str, lignes: list[Ligne]) -> pl.DataFrame:
    schema = pl.Schema({**SCHEMAS[nom], CONNU: pl.Date(), JUSQUE: pl.Date()})
    return pl.DataFrame([{c: ligne.get(c) for c in schema} for ligne in lignes], schema)


def _months(champs: Champs, contrat: Ligne) -> Iterator[tuple[str, date]]:
    """Months declared of a contract, « 2025-04..2025-09 2025-11 », and when each is known."""
    for suite in contrat["dsn"].split():
        premier, _, dernier = suite.partition("..")
        try:
            mois = Mois.range(Mois.parse(premier), Mois.parse(dernier or premier))
        except ValueError as erreur:
            raise champs.error("dsn", str(erreur)) from erreur
        yield from ((str(un), contrat[CONNU]) for un in mois)


def _contracts(champs: Champs, contrats: list[Ligne]) -> Iterator[Ligne]:
    for rang, contrat in enumerate(contrats, 1):
        for mois, connu in _months(champs, contrat):
            yield contrat | {
                "mois": mois,
                "depot": f"D{rang:03d}",
                "ligne": 1,
                "origine": MENSUELLE,
                "categorie": CATEGORIES.get(contrat["statut"]),
                "quotite_reference_centiemes": 15_167,
                "quotite_centiemes": contrat["quotite"],
                "unite": HEURE,
                "anciennete_entreprise_unite": contrat["unite_anciennete"],
                "anciennete_branche_unite": contrat["unite_anciennete"],
                CONNU: connu,
            }


def _stoppages(arrets: list[Ligne]) -> Iterator[Ligne]:
    for rang, arret in enumerate(arrets, 1):
        yield arret | {
            "nature": ARRET,
            "motif_absence": arret["motif"],
            "debut": eve(arret["dernier_jour"]),
            "mois": arret["mois"] or f"{arret['dernier_jour']:%Y-%m}",
            "depot": f"D{rang:03d}",
            "ligne": 2,
        }


def _suspensions(suspensions: list[Ligne]) -> Iterator[Ligne]:
    for rang, suspension in enumerate(suspensions, 1):
        yield suspension | {
            "nature": SUSPENSION,
            "motif_absence": suspension["motif"],
            "mois": suspension["mois"] or f"{suspension['debut']:%Y-%m}",
            "depot": f"D{rang:03d}",
            "ligne": 3,
        }


def _bases_of(champs: Champs, contrats: list[Ligne], ecrites: list[Ligne]) -> Iterator[Ligne]:
    """The base that a contract gives every month declared, but those that are written."""
    dites = {(b["salarie"], b["siren"], b["contrat"], b["mois"]) for b in ecrites
             if b["mois_appel"] in {None, b["mois"]}}  # fmt: skip
    for contrat in contrats:
        for mois, connu in _months(champs, contrat):
            cle = (contrat["salarie"], contrat["siren"], contrat["contrat"], mois)
            if contrat["base"] is not None and cle not in dites:
                yield contrat | {
                    "mois_appel": mois,
                    "mois_rattachement": mois,
                    "quantite": contrat["base"],
                    CONNU: connu,
                }


def _bases(bases: list[Ligne]) -> Iterator[Ligne]:
    for base in bases:
        yield base | {
            "mois_rattachement": base["mois"],
            "mois_appel": base["mois_appel"] or base["mois"],
            "quantite": base["montant"],
        }


def _hours(champs: Champs, contrats: list[Ligne]) -> Iterator[Ligne]:
    """The hours worked that a contract gives every month declared."""
    for contrat in contrats:
        for mois, connu in _months(champs, contrat):
            if contrat["heures"] is not None:
                yield {
                    **{nom: contrat[nom] for nom in ("salarie", "siren", "cdg")},
                    "mois": mois,
                    "nature": ACTIVITE,
                    "code": "01",
                    "mesure_centiemes": contrat["heures"],
                    "unite": HEURE,
                    CONNU: connu,
                    JUSQUE: contrat[JUSQUE],
                }


def _pays(elements: list[Ligne]) -> Iterator[Ligne]:
    for element in elements:
        yield element | {
            "nature": BLOCS.get(element["bloc"]),
            "montant_centimes": element["montant"],
            "mesure_centiemes": element["mesure"],
        }


def _leaves(conges: list[Ligne]) -> Iterator[Ligne]:
    for conge in conges:
        legaux = conge["jours_legaux"]
        yield conge | {
            "jours_centiemes": conge["jours"],
            "jours_legaux_centiemes": conge["jours"] if legaux is None else legaux,
            "indemnite_centimes": conge["indemnite"],
        }
