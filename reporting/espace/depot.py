"""A file typed or chosen in the space, dropped in the box of its company as SFTP would."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from reporting.demande import DejaLa, DemandeEnTrop, DemandeRefusee
from reporting.espace.droits import Acces
from reporting.guichet import ask_moteur, wait_reponse
from warehouse.acces.demandes import CONTROLE
from warehouse.instants import format_instant
from warehouse.maison import Maison

NOM = re.compile(r"[\w][\w .()-]{0,120}", re.UNICODE)
MORCEAU = 1 << 20
EMPREINTE = ".sha256"
CONTROLE_MAX = 4 * MORCEAU  # bytes of a file that is controlled on the spot


def drop_fichier(maison: Maison, acces: Acces, nom: str, flux: BinaryIO) -> str:
    """Write the file in `depot/`, whole or not at all, then its digest, which says it is complete.

    Returns that digest (SHA-256).

    Raises:
        DemandeRefusee: no right to drop, a name that can't be one, a file that is empty or too
            large, boxes that are on another machine.
        DejaLa: a name that is there already.
    """
    if not acces.entier:
        raise DemandeRefusee("Déposer d'ici demande tous les droits de l'entreprise.")
    if maison.reglages.source_depots is not None:
        raise DemandeRefusee(
            "Les boîtes de la caisse sont sur un autre serveur : déposer par SFTP."
        )
    if not NOM.fullmatch(nom) or nom.endswith(EMPREINTE):
        raise DemandeRefusee(
            "Nom de fichier inutilisable : lettres, chiffres, espaces, points, tirets et"
            " parenthèses, 120 signes au plus."
        )
    boite = maison.reglages.dossier_boites / acces.boite / "depot"
    provisoire = boite / f".espace-{hashlib.sha256(nom.encode()).hexdigest()[:16]}"
    try:
        return _write(provisoire, boite / nom, flux, maison.reglages.taille_max_octets)
    except FileExistsError:
        raise DejaLa(
            f"Un fichier « {nom} » attend déjà dans le dossier de dépôt : lui donner un autre nom."
        ) from None
    except FileNotFoundError:
        raise DemandeRefusee("L'entreprise n'a pas encore de dossier de dépôt.") from None
    finally:
        provisoire.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Controle:
    """What the control says of a file that was dropped: how many findings refuse it, the first."""

    bloquantes: int
    constats: Sequence[Mapping[str, Any]]


def control_fichier(
    maison: Maison, acces: Acces, nom: str, flux: BinaryIO, maintenant: datetime
) -> Controle | None:
    """What the reception will say of a file, by the engine; None when it is long to tell.

    Its bytes go where the reception puts them, under the same digest.
    """
    flux.seek(0)
    octets = flux.read(CONTROLE_MAX + 1)
    if len(octets) > CONTROLE_MAX:
        return None
    contenu = {
        "sha256": maison.archive.write(octets),
        "nom": nom,
        "boite": acces.boite,
        "instant": format_instant(maintenant),
    }
    try:
        demandee = ask_moteur(maison, CONTROLE, contenu, acces.utilisateur, maintenant)
    except DemandeEnTrop:  # the file is dropped: only what is found in it comes later
        return None
    reponse = wait_reponse(maison, demandee)
    if reponse is None or reponse.texte is None:
        return None
    return Controle(**json.loads(reponse.texte))


def _write(provisoire: Path, destination: Path, flux: BinaryIO, limite: int) -> str:
    empreinte, octets = hashlib.sha256(), 0
    descripteur = os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660)
    with os.fdopen(descripteur, "wb") as fichier:
        while morceau := flux.read(MORCEAU):
            octets += len(morceau)
            if octets > limite:
                raise DemandeRefusee(f"Fichier trop grand : {limite} octets au plus.")
            empreinte.update(morceau)
            fichier.write(morceau)
        fichier.flush()
        os.fsync(fichier.fileno())
    if not octets:
        raise DemandeRefusee("Le fichier est vide.")
    # A link refuses a name that is there; once the other name goes, the file is an ordinary one.
    destination.hardlink_to(provisoire)
    provisoire.unlink()
    temoin = destination.with_name(destination.name + EMPREINTE)
    temoin.write_text(empreinte.hexdigest())
    return empreinte.hexdigest()
