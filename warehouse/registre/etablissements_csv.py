"""The CSV file of the registry: bytes to lines, with every error it holds.

Example of an error: ``ligne 3 : le SIRET 73282932000079 a une clé fausse``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from itertools import chain

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fr import siren, siret

COLONNES = ("numero_adherent", "siren", "raison_sociale", "cdg", "siret", "debut", "fin")
# The number names a folder of the SFTP server: nothing that a path could be made of.
NUMERO = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}", re.ASCII)
CHIFFRES = re.compile(r"[0-9]+", re.ASCII)
DATE_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Ligne:
    """A valid line: an establishment, its centre and its member; `numero` is its line number."""

    numero: int
    numero_adherent: str
    siren: str
    raison_sociale: str
    cdg: str
    siret: str
    debut: date
    fin: date | None


def parse_registre(contenu: bytes) -> tuple[list[Ligne], list[str]]:
    """Parse the file: its valid lines, and its errors in French, by line; nothing is repaired.

    The lines are to be used only when there is no error.
    """
    try:
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        rang = contenu.count(b"\n", 0, erreur.start) + 1
        return [], [f"ligne {rang} : le fichier n'est pas en UTF-8"]
    try:
        rangees = list(_read_rangees(texte))
    except csv.Error:
        return [], ["le fichier n'est pas un CSV lisible (guillemet non fermé ?)"]
    return _parse_rangees(rangees)


def _read_rangees(texte: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and fields of each line that is not blank."""
    lecteur = csv.reader(StringIO(texte, newline=""), delimiter=";", strict=True)
    debut = 1
    for champs in lecteur:
        if champs:
            yield debut, [champ.strip() for champ in champs]
        debut = lecteur.line_num + 1


def _parse_rangees(rangees: list[tuple[int, list[str]]]) -> tuple[list[Ligne], list[str]]:
    if not rangees:
        return [], ["le fichier est vide"]
    (_, entete), *donnees = rangees
    erreurs = list(_check_entete(entete))
    if not erreurs and not donnees:
        erreurs = ["le fichier n'a aucune ligne après celle des titres"]
    if erreurs:
        return [], erreurs
    lues = [(rang, _parse_rangee(rang, entete, champs)) for rang, champs in donnees]
    lignes = [valeur for _, valeur in lues if isinstance(valeur, Ligne)]
    constats = [(rang, m) for rang, valeur in lues if isinstance(valeur, list) for m in valeur]
    constats += _check_ensemble(lignes)
    return lignes, [f"ligne {rang} : {message}" for rang, message in sorted(constats)]


def _check_entete(entete: list[str]) -> Iterator[str]:
    for nom in sorted(set(entete) - set(COLONNES)):
        yield f"ligne 1 : colonne inconnue « {nom} »"
    for nom in COLONNES:
        if nom not in entete:
            yield f"ligne 1 : la colonne « {nom} » manque"
        elif entete.count(nom) > 1:
            yield f"ligne 1 : la colonne « {nom} » est répétée"


def _parse_rangee(rang: int, entete: list[str], champs: list[str]) -> Ligne | list[str]:
    """Parse one line: a Ligne, or the list of its errors."""
    if len(champs) != len(entete):
        return [f"{len(entete)} colonnes attendues, {len(champs)} lues"]
    valeurs = dict(zip(entete, champs, strict=True))
    debut, fin = _parse_date(valeurs["debut"]), _parse_date(valeurs["fin"])
    erreurs = [*_check_textes(valeurs), *_check_cles(valeurs), *_check_dates(valeurs, debut, fin)]
    if erreurs or debut is None:
        return erreurs
    textes = {nom: valeur for nom, valeur in valeurs.items() if nom not in {"debut", "fin"}}
    return Ligne(numero=rang, debut=debut, fin=fin, **textes)


def _check_textes(valeurs: dict[str, str]) -> Iterator[str]:
    if not NUMERO.fullmatch(valeurs["numero_adherent"]):
        yield "le numéro d'adhérent est absent ou inutilisable (lettres, chiffres et tirets)"
    if not NUMERO.fullmatch(valeurs["cdg"]):
        yield "le centre de gestion est absent ou inutilisable (lettres, chiffres et tirets)"
    if not valeurs["raison_sociale"]:
        yield "la raison sociale manque"


def _check_cles(valeurs: dict[str, str]) -> list[str]:
    sujets = [("SIREN", siren.validate, valeurs["siren"], 9)]
    sujets += [("SIRET", siret.validate, valeurs["siret"], 14)]
    erreurs = [m for sujet in sujets for m in _check_cle(*sujet)]
    if not erreurs and not valeurs["siret"].startswith(valeurs["siren"]):
        erreurs.append(f"le SIRET {valeurs['siret']} n'est pas du SIREN {valeurs['siren']}")
    return erreurs


def _check_cle(
    nom: str, validate: Callable[[str], str], valeur: str, longueur: int
) -> Iterator[str]:
    if not CHIFFRES.fullmatch(valeur):
        yield f"le {nom} « {valeur} » n'est pas fait de {longueur} chiffres"
        return
    try:
        validate(valeur)
    except InvalidChecksum:
        yield f"le {nom} {valeur} a une clé fausse"
    except ValidationError:
        yield f"le {nom} « {valeur} » n'est pas fait de {longueur} chiffres"


def _check_dates(valeurs: dict[str, str], debut: date | None, fin: date | None) -> Iterator[str]:
    for nom, lue in (("debut", debut), ("fin", fin)):
        if lue is None and (valeurs[nom] or nom == "debut"):
            yield f"la date de {nom} « {valeurs[nom]} » n'est pas une date AAAA-MM-JJ"
    if debut and fin and fin < debut:
        yield f"la fin {fin} précède le début {debut}"


def _parse_date(texte: str) -> date | None:
    if not DATE_ISO.fullmatch(texte):
        return None
    try:
        return date.fromisoformat(texte)
    except ValueError:
        return None


def _check_ensemble(lignes: list[Ligne]) -> list[tuple[int, str]]:
    """Errors between lines: a value that should go with one other goes with two."""
    return list(
        chain(
            _check_unique(lignes, "le SIRET", lambda x: x.siret, lambda x: x.numero),
            _check_unique(
                lignes, "l'adhérent", lambda x: x.numero_adherent, lambda x: (x.siren, "SIREN")
            ),
            _check_unique(
                lignes, "le SIREN", lambda x: x.siren, lambda x: (x.numero_adherent, "adhérents")
            ),
            _check_unique(
                lignes,
                "le SIREN",
                lambda x: x.siren,
                lambda x: (x.raison_sociale, "raisons sociales"),
            ),
            _check_unique(
                lignes, "le centre de gestion", lambda x: x.cdg, lambda x: (x.siren, "SIREN")
            ),
        )
    )


def _check_unique(
    lignes: list[Ligne],
    sujet: str,
    cle: Callable[[Ligne], str],
    valeur: Callable[[Ligne], tuple[str, str] | int],
) -> Iterator[tuple[int, str]]:
    premieres: dict[str, Ligne] = {}
    for ligne in lignes:
        premiere = premieres.setdefault(cle(ligne), ligne)
        lue = valeur(ligne)
        if lue != valeur(premiere):
            quoi = f"a deux {lue[1]}" if isinstance(lue, tuple) else "est répété"
            yield ligne.numero, f"{sujet} {cle(ligne)} {quoi} (voir ligne {premiere.numero})"
