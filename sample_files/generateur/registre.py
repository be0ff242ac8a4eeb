"""The members as `caisse registre importer` reads them: addresses, accounts, conventions, rights.

Bank 99999 does not exist; its account numbers have right keys. What a company has is drawn from
its rank, so that it never changes with the size of the portfolio.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from stdnum import iban

from sample_files.generateur.entreprises import Entreprise
from sample_files.generateur.habilitations import list_echanges
from sample_files.generateur.hasard import happens, stream
from sample_files.generateur.meteo import Meteo
from specs.fichiers import render_yaml
from specs.registre import read_tables

BANQUE, GUICHET, BIC = 99999, 1, "ZZZZFRPPXXX"
DEBUT, SIGNATURE = date(2015, 1, 1), date(2025, 12, 15)
PREMIER_JANVIER = date(2026, 1, 1)
# In a thousand companies: those with an account, a mandate, a payment group, an adhesion...
COMPTES, MANDATS, GROUPES, ADHESIONS, ZERO_PAPIER, AUTOMATIQUES = 900, 800, 500, 300, 400, 800
CONVENTIONS, TDP, RCP, MANDATAIRES, SECOND_OEUVRE = 900, 500, 500, 100, 100
EN_TETE = "# Registre d'entreprises inventées, à importer par « caisse registre importer ».\n"
AUTEUR = "gestion"

Sections = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Profil:
    """What a company has beside its establishments."""

    compte: bool = True
    mandats: bool = True
    groupe: bool = True
    adhesion: bool = True
    zero_papier: bool = True
    automatique: bool = True
    conventions: bool = True
    tdp: bool = True
    rcp: bool = True
    mandataire: bool = True
    second_oeuvre: bool = False
    convention: str | None = None  # its number, when it is not made of its rank
    activite: date = DEBUT  # since when it works


@dataclass(slots=True)
class Registre:
    """Sections of the file, filled company by company."""

    sections: Sections = field(default_factory=dict)

    def add(self, section: str, **colonnes: object) -> None:
        """One more row; a column without a value is left out."""
        rangee = {nom: valeur for nom, valeur in colonnes.items() if valeur is not None}
        self.sections.setdefault(section, []).append(rangee)


def draw_profil(graine: int, entreprise: Entreprise) -> Profil:
    """What the company of this rank has."""
    rng: Random = stream(graine, entreprise.rang, "registre")
    compte = happens(rng, COMPTES)
    return Profil(
        compte=compte,
        mandats=compte and happens(rng, MANDATS),
        groupe=happens(rng, GROUPES),
        adhesion=happens(rng, ADHESIONS),
        zero_papier=happens(rng, ZERO_PAPIER),
        automatique=happens(rng, AUTOMATIQUES),
        conventions=happens(rng, CONVENTIONS),
        tdp=happens(rng, TDP),
        rcp=happens(rng, RCP),
        mandataire=happens(rng, MANDATAIRES),
        second_oeuvre=happens(rng, SECOND_OEUVRE),
    )


def compute_iban(rang: int) -> str:
    """IBAN of the account of this rank in the bank that does not exist."""
    cle = 97 - (89 * BANQUE + 15 * GUICHET + 3 * rang) % 97
    compte = f"{BANQUE:05}{GUICHET:05}{rang:011}{cle:02}"
    return f"FR{iban.calc_check_digits('FR00' + compte)}{compte}"


def render_registre(
    entreprises: Iterable[tuple[Entreprise, Profil]], meteo: Meteo | None = None
) -> bytes:
    """The YAML file of these companies and of the weather, a section a table."""
    registre = Registre()
    for entreprise, profil in entreprises:
        _add_membre(registre, entreprise, profil.activite)
        _add_reglements(registre, entreprise, profil)
        if profil.adhesion:
            registre.add(
                "adhesions", siren=entreprise.siren, cotisation="FNTP", debut=PREMIER_JANVIER
            )
        if profil.zero_papier:
            registre.add(
                "options_adherents",
                siren=entreprise.siren,
                option="zero_papier",
                debut=PREMIER_JANVIER,
                valeur="oui",
            )
            registre.add(
                "envois_documents", siren=entreprise.siren, canal="SFTP", debut=PREMIER_JANVIER
            )
        for section, colonnes in list_echanges(entreprise, profil):
            registre.add(section, **colonnes)
    for section, rangees in (meteo or {}).items():
        for rangee in rangees:
            registre.add(section, **rangee)
    sections = {nom: registre.sections[nom] for nom in read_tables() if nom in registre.sections}
    return (EN_TETE + render_yaml(sections)).encode()


def _add_membre(registre: Registre, e: Entreprise, activite: date) -> None:
    registre.add(
        "adherents",
        numero_adherent=e.numero_adherent,
        siren=e.siren,
        raison_sociale=e.raison_sociale,
        adresse=e.siege.voie,
        code_postal=e.siege.commune.code_postal,
        ville=e.siege.commune.localite,
        pays="FR",
        debut_activite=activite,
    )
    for cdg in _centres(e):
        registre.add("centres_gestion", cdg=cdg, siren=e.siren)
    for lieu in e.etablissements:
        registre.add("etablissements", siren=e.siren, cdg=lieu.cdg, siret=lieu.siret, debut=DEBUT)


def _add_reglements(registre: Registre, e: Entreprise, profil: Profil) -> None:
    """An account; then a mandate a centre, or one for a group when there are several centres."""
    compte = f"CB-{e.rang:05}"
    groupe = f"{e.rang:05}" if profil.groupe and len(_centres(e)) > 1 else None
    rum = f"CNETP-G{groupe}-001" if groupe and profil.mandats else None
    if profil.compte:
        registre.add(
            "comptes_bancaires",
            compte=compte,
            siren=e.siren,
            iban=compute_iban(e.rang),
            titulaire=e.raison_sociale,
            bic=BIC,
            debut=DEBUT,
        )
    for cdg in _centres(e) if groupe else ():
        registre.add(
            "groupes_paiement",
            groupe=groupe,
            cdg=cdg,
            debut=PREMIER_JANVIER,
            siren=e.siren,
            libelle="Tous les centres",
            rum=rum,
        )
    if rum:
        _add_mandat(registre, e, profil, rum, {"groupe": groupe})
    for cdg in _centres(e) if profil.mandats and not groupe else ():
        _add_mandat(registre, e, profil, f"CNETP-{cdg}-001", {"cdg": cdg})


def _add_mandat(
    registre: Registre, e: Entreprise, profil: Profil, rum: str, objet: Mapping[str, str | None]
) -> None:
    registre.add(
        "mandats",
        rum=rum,
        siren=e.siren,
        **objet,
        compte=f"CB-{e.rang:05}",
        schema="B2B",
        date_signature=SIGNATURE,
        debut=PREMIER_JANVIER,
        prelevement_automatique="oui" if profil.automatique else "non",
    )
    vie = {"CREATION": SIGNATURE - timedelta(days=10), "SIGNATURE": SIGNATURE}
    for rang, (evenement, jour) in enumerate((vie | {"ACTIVATION": PREMIER_JANVIER}).items(), 1):
        registre.add(
            "evenements_mandat",
            rum=rum,
            rang=rang,
            date=jour,
            evenement=evenement,
            motif="mise en place du prélèvement",
            auteur=AUTEUR,
        )


def _centres(e: Entreprise) -> list[str]:
    return sorted({lieu.cdg for lieu in e.etablissements})
