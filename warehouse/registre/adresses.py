"""What the post and the banks ask of an address, checked on the rows that an import touches.

What was written before these checks is left alone: the night tells it when it matters.
"""

from __future__ import annotations

from collections.abc import Iterator

from specs.banque import asks_address
from specs.banque.texte import sepa_text
from specs.registre import read_chiffres_postaux
from warehouse.registre.entrees import Erreur, Lieu
from warehouse.registre.etat import Etat
from warehouse.registre.lignes import Rangee

ADRESSE = ("adresse", "ville")
LONGUEUR = 70


def check_adresses(etat: Etat) -> Iterator[Erreur]:
    """Postcodes that lost a figure, addresses that a bank would ask for."""
    yield from _check_codes_postaux(etat)
    yield from _check_mandats(etat)


def _check_codes_postaux(etat: Etat) -> Iterator[Erreur]:
    for cle, rangee in etat.rangees["adherents"].items():
        lieux = etat.lieux.get(("adherents", cle))
        code, chiffres = rangee["code_postal"], read_chiffres_postaux().get(str(rangee["pays"]))
        if lieux and code is not None and chiffres is not None:
            lu = str(code)
            if not (lu.isascii() and lu.isdigit() and len(lu) == chiffres):
                attendu = f"{chiffres} chiffres attendus pour le pays {rangee['pays']}"
                perdu = lu.isdigit() and len(lu) == chiffres - 1
                remede = f" ; un tableur efface le zéro de tête : 0{lu} ?" if perdu else ""
                yield Erreur(lieux[-1], f"code_postal « {lu} » : {attendu}{remede}")


def _check_mandats(etat: Etat) -> Iterator[Erreur]:
    """A mandate on an account outside the EEA is of a company whose address is known."""
    for (rum,), mandat in etat.rangees["mandats"].items():
        compte = etat.rangees["comptes_bancaires"].get((mandat["compte"],))
        adherent = etat.rangees["adherents"].get((mandat["siren"],))
        lieu = _last_place(etat, mandat)
        if lieu is None or compte is None or adherent is None:
            continue
        pays = str(compte["iban"])[:2]
        absents = [nom for nom in ADRESSE if not sepa_text(str(adherent[nom] or ""), LONGUEUR)]
        if asks_address(pays) and absents:
            yield Erreur(
                lieu,
                f"{', '.join(absents)} : obligatoire pour l'adhérent {mandat['siren']} : le compte"
                f" {mandat['compte']} du mandat {rum} est hors de l'Espace économique européen"
                f" ({pays}), et sa banque exige l'adresse du débiteur",
            )


def _last_place(etat: Etat, mandat: Rangee) -> Lieu | None:
    """Where the import touches a mandate, its account or its company; None when it does not."""
    cles = (
        ("mandats", mandat["rum"]),
        ("comptes_bancaires", mandat["compte"]),
        ("adherents", mandat["siren"]),
    )
    lieux = [lieu for nom, cle in cles for lieu in etat.lieux.get((nom, (cle,)), ())]
    return max(lieux, default=None)
