"""Facts done again, one by one, in a home of their own.

    cible = open_cible(maison, Path("rejeu"))
    play(faits, maison.archive, cible)

The clock is that of the facts; the bytes of files come from the archive of the fund.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import singledispatch
from pathlib import Path
from typing import Any

from pipelines.metier import list_natures
from pipelines.metiers import METIERS
from pipelines.nuit.date_arrete import PARIS
from pipelines.nuit.passage import Passage, plan_temps, run_nuit, run_temps
from pipelines.nuit.versions import sans_memoire
from pipelines.ordonnancement import CONTROLER, REMETTRE, run_editique
from pipelines.reception.candidats import Candidat, Contenu
from pipelines.reception.etapes import create_boites
from pipelines.reception.prise_en_charge import Contexte, build_prise, open_prises
from pipelines.reception.prises import Prise
from pipelines.reception.reponses import answer_prises
from pipelines.reception.sources import open_source
from pipelines.recus import list_natures_fichier
from specs.octets import Octets
from warehouse.archive import Archive, Lot
from warehouse.coffre.trousseau import list_fichiers
from warehouse.decisions import record_decision
from warehouse.faits import DecisionFaite, Depose, Fait, ImportFait, PassageFait
from warehouse.jumelle import settle
from warehouse.maison import CLE, Maison, open_maison
from warehouse.registre.importation import import_registre
from warehouse.reglages import Reglages


class RejeuImpossible(RuntimeError):  # noqa: N818 - named in French
    """A fact can't be done again; the message, in French, says which and why."""


def open_cible(origine: Reglages, dossier: Path) -> Maison:
    """An empty home in `dossier`, with the settings, the pseudonyms and the vault of the fund.

    Raises:
        RejeuImpossible: the folder is not empty.
    """
    if dossier.exists() and any(dossier.iterdir()):
        raise RejeuImpossible(f"« {dossier} » n'est pas vide : le rejeu demande un dossier à lui")
    (dossier / CLE.parent).mkdir(mode=0o700, parents=True)
    for cle in (origine.dossier / CLE, *list_fichiers(origine.dossier)):
        shutil.copy2(cle, dossier / CLE.parent / cle.name)
    return open_maison(settle(origine, dossier))


def play(faits: list[Fait], archive: Archive, cible: Maison, *, depuis_zero: bool = False) -> None:
    """Do these facts again in `cible`.

    `depuis_zero`: each night without anything of what the nights before it remembered to do less.

    Raises:
        RejeuImpossible: the archive no longer has a file, or the engine refuses an act.
    """
    with sans_memoire() as forget:
        for fait in faits:
            if depuis_zero and isinstance(fait, PassageFait):
                forget()
            _play(fait, archive, cible)


@singledispatch
def _play(fait: Any, archive: Archive, cible: Maison) -> None:  # noqa: ANN401 - one of Fait
    raise NotImplementedError(type(fait).__name__)


@_play.register
def _import(fait: ImportFait, archive: Archive, cible: Maison) -> None:
    contenu = _read(archive, fait.sha256)[:]
    with cible.moteur.begin() as connexion:
        bilan = import_registre(
            connexion,
            contenu,
            archive=cible.archive,
            auteur=fait.auteur,
            motif=fait.motif,
            instant=fait.instant,
            forme=fait.forme,
            table=fait.nom_table,
        )
    if bilan.erreurs:
        raise RejeuImpossible(f"import {fait.numero} du registre refusé : {bilan.erreurs[0]}")
    create_boites(cible)


@_play.register
def _decision(fait: DecisionFaite, _: Archive, cible: Maison) -> None:
    valeurs = {nom: v for nom, v in asdict(fait).items() if nom not in {"numero", "genre"}}
    nature = list_natures(METIERS)[valeurs.pop("nature")]
    contenu = json.loads(valeurs.pop("contenu"))
    with cible.moteur.begin() as connexion:
        record_decision(connexion, nature=nature, contenu=contenu, **valeurs)


@_play.register
def _passage(fait: PassageFait, archive: Archive, cible: Maison) -> None:
    maintenant = datetime.fromisoformat(fait.instant).astimezone(PARIS)
    _receive(fait.depots, maintenant, archive, cible)
    boites = open_source(cible.reglages)
    for boite, nom in fait.pris:
        boites.remove_retour(boite, nom)
    jour = fait.nuit.date_arrete if fait.nuit else maintenant.date()
    passage = Passage(cible, jour, maintenant, METIERS)
    if fait.nuit:
        run_nuit(passage)
    elif fait.controle:
        _check(passage)
    if fait.dessin:
        run_editique(passage)
    elif fait.remise and not fait.nuit:
        run_temps(passage, passage.find_temps(REMETTRE))


def _check(passage: Passage) -> None:
    temps = passage.find_temps(CONTROLER)
    for lot in plan_temps(passage, temps):
        run_temps(passage, temps, lot)


def _receive(
    deposes: Sequence[Depose], maintenant: datetime, archive: Archive, cible: Maison
) -> None:
    """Claim and answer deposits, in their boxes and from their depositors."""
    if not deposes:
        return
    deposants = {d.utilisateur.casefold(): d.utilisateur for d in deposes if d.utilisateur}
    boites, natures = open_source(cible.reglages), list_natures_fichier(METIERS)
    contexte = Contexte(cible, boites, maintenant, natures, deposants)
    contexte.laissees.mkdir(parents=True, exist_ok=True)
    with cible.archive.together() as gardes:
        prises = [_claim(contexte, depose, archive, gardes) for depose in deposes]
    for erreur in answer_prises(contexte, open_prises(contexte, prises)).values():
        raise erreur


def _claim(contexte: Contexte, depose: Depose, archive: Archive, gardes: Lot) -> Prise:
    candidat = Candidat(
        depose.adherent, depose.nom, depose.octets, depose.depot, depose.utilisateur
    )
    entier = depose.octets <= contexte.maison.reglages.taille_max_octets
    donnees = _read(archive, depose.sha256) if entier else None
    if donnees is not None:
        gardes.write(donnees)
    contenu = Contenu(depose.sha256, depose.octets, donnees)
    return build_prise(contexte, candidat, contenu, annonce=None)


def _read(archive: Archive, sha256: str) -> Octets:
    try:
        return archive.open(sha256)
    except (OSError, ValueError) as erreur:
        raise RejeuImpossible(f"archive : le contenu {sha256} ne se lit plus") from erreur
