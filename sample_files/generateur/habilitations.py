"""What a company agreed with the fund: conventions, users and rights, profiles, dates of its files.

Three users each: who administers, the payroll, and a site that only enters the days lost by its
workers. Addresses are of a domain that nobody can own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sample_files.generateur.entreprises import Entreprise
    from sample_files.generateur.registre import Profil

DEBUT, OUVERTURE, RCP = date(2015, 1, 1), date(2026, 1, 1), date(2026, 10, 1)
UTILISATEURS = {"ADM": "DIRECTION Dominique", "PAIE": "PAIE Camille", "CHANTIER": "CHANTIER Sacha"}
MANDATAIRE = "CABINET-01"
DATES = {"2026-12": date(2027, 1, 15), "2027-01": None}  # one moved, one skipped

Rangee = tuple[str, dict[str, Any]]


def list_echanges(e: Entreprise, profil: Profil) -> Iterator[Rangee]:
    """Rows of a company, each with its section."""
    for cdg in sorted({lieu.cdg for lieu in e.etablissements}):
        activite = "SO" if profil.second_oeuvre else "GOTP"
        colonnes = {"cdg": cdg, "activite": activite, "mode_retraite": "declaratif", "debut": DEBUT}
        yield "profils_cdg", colonnes
    if profil.mandataire:
        mandat = {"mandataire": MANDATAIRE, "siren": e.siren, "service": "declarations"}
        yield "mandats_depot", mandat | {"debut": OUVERTURE}
    if profil.conventions:
        yield from _list_conventions(e, profil)
        yield from _list_droits(e)


def _list_conventions(e: Entreprise, profil: Profil) -> Iterator[Rangee]:
    admises = {"ANET": True, "EDIC": True, "RCP": profil.rcp, "TDP": profil.tdp}
    for nature in (nature for nature, admise in admises.items() if admise):
        administrateur = f"{e.numero_adherent}-ADM" if nature == "ANET" else None
        yield (
            "conventions",
            {
                "convention": profil.convention or f"{e.rang:07}",
                "siren": e.siren,
                "nature": nature,
                "administrateur": administrateur,
                "debut": RCP if nature == "RCP" else OUVERTURE,
            },
        )
    for mois, jour in DATES.items() if profil.rcp else ():
        yield "calendriers", {"siren": e.siren, "nature": "RCP", "mois": mois, "date": jour}


def _list_droits(e: Entreprise) -> Iterator[Rangee]:
    for role, nom in UTILISATEURS.items():
        yield (
            "utilisateurs",
            {
                "utilisateur": f"{e.numero_adherent}-{role}",
                "siren": e.siren,
                "nom": nom,
                "courriel": f"{role.lower()}@{e.numero_adherent.lower()}.example",
                "debut": OUVERTURE,
            },
        )
    paie, chantier = (f"{e.numero_adherent}-{role}" for role in ("PAIE", "CHANTIER"))
    for service, droit in (("conges", "saisie"), ("declarations", "saisie"), ("*", "vue")):
        colonnes = {"utilisateur": paie, "service": service, "droit": droit, "debut": OUVERTURE}
        yield "droits_utilisateurs", colonnes
    limites = {"categorie": "O", "cdg": e.siege.cdg, "droit": "saisie", "debut": OUVERTURE}
    yield "droits_utilisateurs", {"utilisateur": chantier, "service": "intemperies", **limites}
