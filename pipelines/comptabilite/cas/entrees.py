"""A case of accounts -> the facts that the rules read; every error names the case and the field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.cas.champs import Champs
from pipelines.cas.options import parse_savoir
from pipelines.comptabilite.etapes import mandatory
from pipelines.comptabilite.regles.faits import Faits
from pipelines.comptabilite.regles.parametres import OPTIONS as OPTIONS_DATEES
from pipelines.comptabilite.regles.suites import NATURES
from pipelines.dus import SCHEMA as DU
from pipelines.dus import VIREMENT
from specs.connaissances import Connaissances
from specs.contrats import codes_of, read_contrat, schema_polars

SIREN, ADHERENT, CDG = "800000010", "A80001", "C8000101"
OPTIONS = (*OPTIONS_DATEES, "majorations_de_retard")
CHAMPS = ("appels", "reglements", "prelevements", "decisions", "dus", "virements", "options")
CHAMPS_APPEL = ("appel", "cdg", "groupe", "emis", "exigible", "mois", "cotisations")
CHAMPS_COTISATION = ("cotisation", "montant", "centimes")
CHAMPS_REGLEMENT = ("reglement", "date", "montant", "centimes", "appel", "cdg", "groupe")
CHAMPS_PRELEVEMENT = ("prelevement", "emis", "echeance", "appels", "regle", "refuse", "repris")
CHAMPS_VISE = ("appel", "montant", "centimes")
CHAMPS_DECISION = ("nature", "effet", "appel", "cdg", "montant", "centimes", "appels", "echeances")
CHAMPS_DU = ("du", "date", "mode", "montant", "centimes")
CHAMPS_VIREMENT = (
    "virement", "emis", "execution", "montant", "centimes", "debite", "refuse", "revenu", "frais",
)  # fmt: skip
(INT,) = codes_of("reglements", "nature", "INT")
EMIS, REJE = codes_of("reglements", "etat", "EMIS", "REJE")
Lignes = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Entrees:
    """Facts of one company, and what the rules know."""

    faits: Faits
    savoir: Connaissances


def parse_entrees(champs: Champs) -> Entrees:
    """Facts of a case; CasInvalide names what is wrong."""
    champs.check_names(CHAMPS)
    savoir = parse_savoir(champs, OPTIONS)
    appels = [_parse_appel(a) for a in champs.children("appels")]
    debits = [_parse_prelevement(p) for p in champs.children("prelevements")]
    reglements = [_parse_reglement(r, n) for n, r in enumerate(champs.children("reglements"), 1)]
    mouvements = [m for p in champs.children("prelevements") for m in _movements(p)]
    decisions = [_parse_decision(d, n) for n, d in enumerate(champs.children("decisions"), 1)]
    centres = sorted(
        {CDG, *(ligne["cdg"] for ligne in (*reglements, *decisions, *appels) if ligne.get("cdg"))}
    )
    faits = Faits(
        appels=_frame("appels", appels),
        lignes_appel=_frame(
            "lignes_appel", [ligne for a in champs.children("appels") for ligne in _lines(a)]
        ),
        encaissements=_frame("encaissements", reglements + mouvements),
        prelevements=_frame("prelevements", debits),
        prelevements_appels=_frame(
            "prelevements_appels",
            [ligne for p in champs.children("prelevements") for ligne in _aims(p)],
        ),
        decisions=_frame("decisions", decisions),
        centres=pl.DataFrame(
            [(cdg, SIREN, ADHERENT) for cdg in centres],
            dict.fromkeys(("cdg", "siren", "adherent"), pl.String),
            orient="row",
        ),
        obligatoires=mandatory(savoir),
        dus=pl.DataFrame([_parse_du(d) for d in champs.children("dus")], DU),
        reglements=_frame("reglements", [_parse_virement(v) for v in champs.children("virements")]),
        decaissements=_frame(
            "decaissements", [m for v in champs.children("virements") for m in _paid(v)]
        ),
    )
    return Entrees(faits, savoir)


def _frame(table: str, lignes: Lignes) -> pl.DataFrame:
    """Rows of the contract `table`; what a case does not say is missing."""
    return pl.DataFrame(lignes, schema_polars(read_contrat(table)))


def _parse_appel(champs: Champs) -> dict[str, Any]:
    champs.check_names(CHAMPS_APPEL)
    exigible = champs.read("exigible", date)
    return {
        "appel": champs.read("appel", str),
        "adherent": ADHERENT,
        "siren": SIREN,
        "cdg": champs.read("cdg", str, CDG),
        "groupe": champs.read_optional("groupe", str),
        "mois_appel": champs.read_mois("mois", exigible.strftime("%Y-%m")),
        "date_arrete": champs.read("emis", date, exigible.replace(day=1)),
        "date_exigibilite": exigible,
        "montant_centimes": sum(ligne["montant_centimes"] for ligne in _lines(champs)),
    }


def _lines(appel: Champs) -> Iterator[dict[str, Any]]:
    """Lines of a call, one a contribution."""
    for champs in appel.children("cotisations"):
        champs.check_names(CHAMPS_COTISATION)
        yield {
            "appel": appel.read("appel", str),
            "cdg": appel.read("cdg", str, CDG),
            "siren": SIREN,
            "cotisation": champs.read("cotisation", str),
            "montant_centimes": champs.read_montant(),
        }


def _parse_reglement(champs: Champs, numero: int) -> dict[str, Any]:
    """A transfer; negative, it is one that the bank takes back."""
    champs.check_names(CHAMPS_REGLEMENT)
    montant = champs.read_montant()
    jour = champs.read("date", date)
    nature = "RETOUR" if montant < 0 else "VIREMENT"
    lieu = {nom: champs.read_optional(nom, str) for nom in ("appel", "cdg", "groupe")}
    return _movement(champs.read("reglement", str, f"V{numero}"), nature, jour, montant) | lieu


def _movement(nom: str, nature: str, jour: date, montant: int) -> dict[str, Any]:
    return {
        "encaissement": nom,
        "siren": SIREN,
        "adherent": ADHERENT,
        "nature": nature,
        "date_operation": jour,
        "date_valeur": jour,
        "montant_centimes": montant,
        "frais_centimes": 0,
        "net_centimes": montant,
        "extourne": False,
    }


def _parse_prelevement(champs: Champs) -> dict[str, Any]:
    champs.check_names(CHAMPS_PRELEVEMENT)
    refuse = champs.read_optional("refuse", date)
    return {
        "prelevement": champs.read("prelevement", str),
        "siren": SIREN,
        "adherent": ADHERENT,
        "date_emission": champs.read("emis", date),
        "date_echeance": champs.read("echeance", date),
        "montant_centimes": sum(ligne["montant_centimes"] for ligne in _aims(champs)),
        "etat": "REJETE" if refuse else "EMIS",
        "date_etat": refuse,
    }


def _aims(debit: Champs) -> Iterator[dict[str, Any]]:
    """Calls that a debit pays."""
    for champs in debit.children("appels"):
        champs.check_names(CHAMPS_VISE)
        yield {
            "prelevement": debit.read("prelevement", str),
            "appel": champs.read("appel", str),
            "siren": SIREN,
            "montant_centimes": champs.read_montant(),
        }


def _movements(debit: Champs) -> Iterator[dict[str, Any]]:
    """What the bank did with a debit: settled on a day, taken back on another."""
    nom = debit.read("prelevement", str)
    total = sum(ligne["montant_centimes"] for ligne in _aims(debit))
    natures: Mapping[str, tuple[str, int]] = {"regle": ("PRELEVEMENT", 1), "repris": ("RETOUR", -1)}
    for champ, (nature, signe) in natures.items():
        jour = debit.read_optional(champ, date)
        if jour:
            mouvement = _movement(f"{nom}-{champ}", nature, jour, signe * total)
            yield mouvement | {"prelevement": nom}


def _parse_du(champs: Champs) -> dict[str, Any]:
    """What the fund owes the company, paid or set off."""
    champs.check_names(CHAMPS_DU)
    return {
        "du": champs.read("du", str),
        "nature": INT,
        "siren": SIREN,
        "mode": champs.read("mode", str, VIREMENT),
        "montant_centimes": champs.read_montant(),
        "date_arrete": champs.read("date", date),
    }


def _parse_virement(champs: Champs) -> dict[str, Any]:
    champs.check_names(CHAMPS_VIREMENT)
    refuse = champs.read_optional("refuse", date)
    return {
        "reglement": champs.read("virement", str),
        "nature": INT,
        "siren": SIREN,
        "montant_centimes": champs.read_montant(),
        "date_emission": champs.read("emis", date),
        "date_execution": champs.read("execution", date),
        "etat": REJE if refuse else EMIS,
        "date_etat": refuse,
    }


def _paid(virement: Champs) -> Iterator[dict[str, Any]]:
    """What the bank did with a transfer: debited on a day, given back on another."""
    nom, montant = virement.read("virement", str), virement.read_montant()
    natures: Mapping[str, tuple[str, int]] = {"debite": ("VIREMENT", -1), "revenu": ("RETOUR", 1)}
    for champ, (nature, signe) in natures.items():
        jour = virement.read_optional(champ, date)
        frais = virement.read("frais", int, 0) if champ == "revenu" else 0
        if jour:
            yield {
                "decaissement": f"{nom}-{champ}",
                "reglement": nom,
                "siren": SIREN,
                "nature": nature,
                "date_operation": jour,
                "date_valeur": jour,
                "montant_centimes": signe * montant,
                "frais_centimes": frais,
                "net_centimes": signe * montant - frais,
                "extourne": False,
            }


def _parse_decision(champs: Champs, numero: int) -> dict[str, Any]:
    champs.check_names(CHAMPS_DECISION)
    contenu: dict[str, Any] = {}
    nature = champs.read("nature", str)
    if nature not in NATURES:
        raise champs.error("nature", f"natures possibles : {', '.join(NATURES)}")
    if nature == "ECHEANCIER":
        echeances = [
            {"date": e.read("date", date).isoformat(), "centimes": e.read_montant()}
            for e in champs.children("echeances")
        ]
        contenu = {"appels": champs.read("appels", list, []), "echeances": echeances}
    return {
        "numero": numero,
        "nature": nature,
        "siren": SIREN,
        "cdg": champs.read_optional("cdg", str),
        "appel": champs.read_optional("appel", str),
        "montant_centimes": None if contenu else champs.read_montant(),
        "contenu": json.dumps(contenu, sort_keys=True),
        "date_effet": champs.read("effet", date),
    }
