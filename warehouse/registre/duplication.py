"""Rights of a user given to another one, as the file that an import reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from specs.fichiers import render_yaml
from specs.registre import read_tables
from warehouse.registre.constats import is_before
from warehouse.registre.etat import read_rangees
from warehouse.registre.formes import Valeur
from warehouse.registre.lignes import Rangee

DROITS, UTILISATEURS = "droits_utilisateurs", "utilisateurs"
PORTEE = ("service", "categorie", "cdg", "droit")


class DuplicationRefusee(ValueError):  # noqa: N818 - named in French
    """There is nothing to copy, or nobody to copy it to; the message is for the operator."""


def render_duplication(c: Connection, de: str, vers: str, jour: date) -> bytes:
    """YAML of the rights that `de` has on `jour` or later and `vers` lacks, from that day on.

    DuplicationRefusee when one of them is unknown, they act for two companies, or none is lacking.
    """
    rangees = read_rangees(c)
    _check_utilisateurs({cle[0]: r for cle, r in rangees[UTILISATEURS].items()}, de, vers)
    droits = [rangees[DROITS][cle] for cle in sorted(rangees[DROITS], key=str)]
    siens = [droit for droit in droits if droit["utilisateur"] == vers]
    copies = [
        _copy(droit, vers, jour)
        for droit in droits
        if droit["utilisateur"] == de and not is_before(droit["fin"], jour)
    ]
    manquent = [c for c in copies if not any(_covers(droit, c) for droit in siens)]
    if not manquent:
        raise DuplicationRefusee(f"{de} n'a aucun droit que {vers} n'ait déjà.")
    colonnes = read_tables()[DROITS].propres
    lignes = [{nom: d[nom] for nom in colonnes if d[nom] is not None} for d in manquent]
    return render_yaml({DROITS: lignes}).encode()


def _check_utilisateurs(utilisateurs: Mapping[Valeur, Rangee], de: str, vers: str) -> None:
    for utilisateur in (de, vers):
        if utilisateur not in utilisateurs:
            raise DuplicationRefusee(f"Utilisateur inconnu du registre : {utilisateur}.")
    if utilisateurs[de]["siren"] != utilisateurs[vers]["siren"]:
        raise DuplicationRefusee(f"{de} et {vers} n'agissent pas pour la même entreprise.")
    if de == vers:
        raise DuplicationRefusee("Nommer deux utilisateurs différents.")


def _copy(droit: Rangee, vers: str, jour: date) -> Rangee:
    debut = jour if is_before(droit["debut"], jour) else droit["debut"]
    return {**droit, "utilisateur": vers, "debut": debut}


def _covers(droit: Rangee, copie: Rangee) -> bool:
    """Whether a right gives what a copy would, on all its days."""
    meme = all(droit[nom] == copie[nom] for nom in PORTEE)
    sans_fin = copie["fin"] is None and droit["fin"] is not None
    depasse = sans_fin or is_before(droit["fin"], copie["fin"])
    return meme and not depasse and not is_before(copie["debut"], droit["debut"])
