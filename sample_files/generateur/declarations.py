"""Lines of a monthly declaration: header of the message, declaration, company, establishment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sample_files.generateur.bulletins import Bulletin
from sample_files.generateur.carrieres import CNETP
from sample_files.generateur.ecriture import Lignes, bloc, close, encode, jour, montant, version_of
from sample_files.generateur.entreprises import Entreprise, Etablissement
from sample_files.generateur.individus import individu
from specs.periodes import Mois

NORMALE, SANS_INDIVIDU, REMPLACE, REMPLACE_SANS_INDIVIDU = "01", "02", "03", "05"
ENTIERE = "11"
INTERIM = "024"
CONTACT_CONGES = "15"
ESSAI, REEL = "01", "02"
ENVOI_NORMAL, ENVOI_NEANT = "01", "02"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One monthly declaration of one establishment.

    `ordre` and `constitution` (day it was made) grow when a month is declared again; `interim` is
    in hundredths of an hour; `rattachement_absent` says that nobody hangs from the fund any more.
    """

    entreprise: Entreprise
    etablissement: Etablissement
    mois: Mois
    type: str
    fraction: str
    ordre: int
    constitution: date
    bulletins: tuple[Bulletin, ...]
    interim: int = 0
    rattachement_absent: bool = False

    def bases(self) -> dict[Mois, int]:
        """Bases 20 of the fund, cents, by month they belong to."""
        sommes: dict[Mois, int] = {}
        for bulletin in self.bulletins:
            for mois, base in bulletin.bases():
                sommes[mois] = sommes.get(mois, 0) + base
        return sommes


def write_message(declarations: list[Declaration], *, essai: bool) -> bytes:
    """Bytes of a file that holds these declarations of one company and month."""
    return encode(message(declarations, essai=essai), declarations[0].entreprise.fin_de_ligne)


def message(declarations: list[Declaration], *, essai: bool) -> Lignes:
    """Lines of a message: its header says neant when no declaration has an individual."""
    premiere = declarations[0]
    neant = all(d.type in (SANS_INDIVIDU, REMPLACE_SANS_INDIVIDU) for d in declarations)
    tete = entete(premiere.entreprise, version_of(premiere.mois), essai=essai, neant=neant)
    return close(tete, [declaration(d) for d in declarations])


def entete(entreprise: Entreprise, version: str, *, essai: bool, neant: bool) -> Lignes:
    """Blocks S10: the software, the sender (the company itself), its contact."""
    siege = entreprise.siege
    return [
        *bloc(
            "S10.G00.00",
            {
                "001": "CAISSE-GENERATEUR",
                "002": "JEU D'ESSAI",
                "003": "1.0",
                "005": ESSAI if essai else REEL,
                "006": version,
                "007": "01",
                "008": ENVOI_NEANT if neant else ENVOI_NORMAL,
            },
        ),
        *bloc(
            "S10.G00.01",
            {
                "001": entreprise.siren,
                "002": siege.nic,
                "003": entreprise.raison_sociale,
                "004": siege.voie,
                "005": siege.commune.code_postal,
                "006": siege.commune.localite,
            },
        ),
        *bloc(
            "S10.G00.02",
            {
                "001": "02",
                "002": "CONTACT EXEMPLE",
                "004": "paie@exemple.invalid",
                "005": "0102030405",
            },
        ),
    ]


def declaration(d: Declaration) -> Lignes:
    """Blocks S20 and S21 of one declaration, in document order."""
    return [
        *_identification(d),
        *_etablissement(d),
        *individus(d.bulletins, d.etablissement.siret),
    ]


def individus(bulletins: Iterable[Bulletin], siret: str) -> Lignes:
    """Individuals one after the other."""
    return [ligne for bulletin in bulletins for ligne in individu(bulletin, siret)]


def _identification(d: Declaration) -> Lignes:
    lignes = bloc(
        "S20.G00.05",
        {
            "001": "01",
            "002": d.type,
            "003": d.fraction,
            "004": str(d.ordre),
            "005": jour(d.mois.first_day),
            "007": jour(d.constitution),
            "008": "01",
            "009": f"G{d.entreprise.rang:05}",
            "010": "01",
        },
    )
    lignes += bloc(
        "S20.G00.07",
        {
            "001": "SERVICE DES CONGÉS",
            "002": "0102030405",
            "003": "conges@exemple.invalid",
            "004": CONTACT_CONGES,
        },
    )
    if d.rattachement_absent:
        lignes += bloc("S20.G00.08", {"001": CNETP})
    return lignes


def _etablissement(d: Declaration) -> Lignes:
    """Company, establishment, hours of temporary workers invoiced in the month."""
    siege, lieu = d.entreprise.siege, d.etablissement
    lignes = bloc(
        "S21.G00.06",
        {
            "001": d.entreprise.siren,
            "002": siege.nic,
            "003": siege.ape,
            "004": siege.voie,
            "005": siege.commune.code_postal,
            "006": siege.commune.localite,
            "015": "1702",
        },
    )
    lignes += bloc(
        "S21.G00.11",
        {
            "001": lieu.nic,
            "002": lieu.ape,
            "003": lieu.voie,
            "004": lieu.commune.code_postal,
            "005": lieu.commune.localite,
            "022": "1702",
        },
    )
    if d.interim:
        lignes += bloc(
            "S21.G00.82",
            {
                "001": montant(d.interim),
                "002": INTERIM,
                "003": jour(d.mois.first_day),
                "004": jour(d.mois.last_day),
                "005": CNETP,
            },
        )
    return lignes
