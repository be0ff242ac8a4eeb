"""The form of an act that writes an exchange file: fields of its records, the engine's answer.

The engine composes the file and controls it as the reception will; the space deposits its bytes.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from io import BytesIO

from sqlalchemy import Connection

from reporting.espace.actes.champs import (
    AUCUN,
    CHOIX,
    DATE,
    FACULTATIF,
    MOIS,
    TEXTE,
    Bloc,
    Saisie,
    SaisieRefusee,
    read_siens,
)
from reporting.espace.depot import drop_fichier
from reporting.espace.droits import Acces
from reporting.guichet import ask_moteur, wait_reponse
from specs.contrats import codes_of
from specs.echanges import DECIMALES, Champ, read_genres
from specs.echanges.regles import read_regles
from specs.echanges.textes import read_libelle, read_valeurs
from specs.espace.actes import Acte
from warehouse.acces.demandes import FICHIER
from warehouse.audit import record_audit
from warehouse.demandes.journal import DemandeImpossible, Lignes
from warehouse.instants import format_instant
from warehouse.maison import Maison
from warehouse.registre.choisies import read_en_cours
from warehouse.tables_registre import CONVENTIONS

ENTETE = "00"
(BLOQUANTE,) = codes_of("anomalies", "severite", "bloquante")
NATURES = {"date": DATE, "mois": MOIS}
MENTIONS = {"F": FACULTATIF, "C": "selon le cas"}
UNITES = {
    "centimes": " (en euros)",
    "dix_milliemes_euro": " (en euros)",
    "centiemes_heure": " (en heures)",
    "centiemes_jour": " (en jours)",
}
SERRES = ("siret", "nir", "iban", "bic", "chiffres")  # written without a blank
NOMBRE = re.compile(r"(?P<signe>[-\u2212]?)(?P<entier>[0-9]+)(?:[,.](?P<fraction>[0-9]*))?")
BLANCS = re.compile(r"[\s\u00a0\u202f]")
MAJUSCULES = "majuscules"
EN_RETARD = "Le contrôle n'a pas encore répondu : demander de nouveau dans un instant."
IMPOSSIBLE = "Ce fichier ne peut pas être écrit : une valeur ne tient pas dans sa zone."
SANS_CONVENTION = "Il faut une convention {} en cours."


@dataclass(frozen=True, slots=True)
class Constat:
    """What the control says: on what, in French, what to do; `bloque`: it refuses the file."""

    lieu: str
    message: str
    remede: str
    bloque: bool


@dataclass(frozen=True, slots=True)
class Ecrit:
    """The file that was typed, and what its control says."""

    nom: str
    octets: bytes
    constats: Sequence[Constat]


def build_enregistrements(c: Connection, acces: Acces, acte: Acte) -> list[Bloc]:
    """The records that are typed; those that another holds, as many times as the act says."""
    genre, blocs = read_genres()[acte.genre], []
    for code, noms in acte.champs.items():
        enregistrement = genre.enregistrements[code]
        fois = acte.lignes if enregistrement.dans else 1
        champs = [enregistrement.champ(nom) for nom in noms]
        siens = {champ.nom: read_siens(c, acces, champ.format) for champ in champs}
        for rang in range(fois):
            saisies = [_build(acte.genre, code, rang, ch, siens[ch.nom]) for ch in champs]
            titre = f"{enregistrement.element.capitalize()} {rang + 1}" if fois > 1 else ""
            blocs.append(Bloc(code, saisies, titre, facultatif=bool(enregistrement.dans)))
    return blocs


def list_regles(acte: Acte) -> Iterator[tuple[str, str]]:
    """Title and rule of each field that has one, for who wants to know."""
    for code, noms in acte.champs.items():
        for nom in noms:
            libelle = read_libelle(acte.genre, code, nom)
            if libelle.regle and code != ENTETE:
                yield libelle.titre, libelle.regle


def _build(
    genre: str, code: str, rang: int, champ: Champ, siens: Mapping[str, str] | None
) -> Saisie:
    valeurs = read_valeurs(genre, code, champ.nom)
    choix = siens or {v: valeurs.get(v, v) for v in champ.valeurs} or AUCUN
    titre = read_libelle(genre, code, champ.nom).titre + UNITES.get(champ.format, "")
    regles = read_regles(genre, code)
    majuscules = any((r.champ, r.regle) == (champ.nom, MAJUSCULES) for r in regles)
    return Saisie(
        f"{code}.{rang}.{champ.nom.lower()}",
        titre,
        CHOIX if choix else NATURES.get(champ.format, TEXTE),
        choix,
        champ.presence == "O",
        partial(_read, champ, majuscules=majuscules),
        MENTIONS.get(champ.presence, ""),
    )


def _read(champ: Champ, texte: str, *, majuscules: bool) -> str | int:
    """A value as the layout keeps it: numbers in their smallest unit, days as texts."""
    if champ.format in DECIMALES:
        return parse_nombre(texte, DECIMALES[champ.format])
    if champ.format in ("date", "mois"):
        return _read_jour(champ.format, texte)
    if champ.format == "annee":
        return parse_nombre(texte, 0)
    lu = BLANCS.sub("", texte).upper() if champ.format in SERRES else texte
    lu = lu.upper() if majuscules else lu
    if len(lu) > champ.longueur:
        raise SaisieRefusee(f"{champ.longueur} signes au plus, {len(lu)} lus.")
    return lu


def parse_nombre(texte: str, decimales: int) -> int:
    """« 1 234,5 » with two decimals is 123450; SaisieRefusee for what is not such a number."""
    trouve = NOMBRE.fullmatch(BLANCS.sub("", texte))
    if trouve is None or len(fraction := trouve["fraction"] or "") > decimales:
        exemple = f"1 234,{'5' * decimales}" if decimales else "12"
        raise SaisieRefusee(f"Nombre attendu, comme {exemple}.")
    valeur = int(trouve["entier"] + fraction.ljust(decimales, "0"))
    return -valeur if trouve["signe"] else valeur


def _read_jour(forme: str, texte: str) -> str:
    jour = texte if forme == "date" else f"{texte}-01"
    try:
        date.fromisoformat(jour)
    except ValueError:
        attendu = "Jour attendu (AAAA-MM-JJ)." if forme == "date" else "Mois attendu (AAAA-MM)."
        raise SaisieRefusee(attendu) from None
    return texte


def write_fichier(
    maison: Maison, acces: Acces, acte: Acte, lignes: Lignes, cree: datetime, maintenant: datetime
) -> Ecrit:
    """The file of what was typed, as the engine composes and controls it.

    DemandeImpossible without a convention that allows it, without an answer, or when it can't be.
    """
    entete = next(dict(valeurs) for code, valeurs in lignes if code == ENTETE)
    contenu = {
        "genre": acte.genre,
        "boite": acces.boite,
        "siren": acces.siren,
        "convention": _find_convention(maison, acces, acte, maintenant.date()),
        "cree": format_instant(cree),
        "entete": entete,
        "lignes": [[code, valeurs] for code, valeurs in lignes if code != ENTETE],
    }
    demande = ask_moteur(maison, FICHIER, contenu, acces.utilisateur, maintenant)
    reponse = wait_reponse(maison, demande)
    if reponse is None:
        raise DemandeImpossible(EN_RETARD)
    if reponse.texte is None:
        raise DemandeImpossible(IMPOSSIBLE)
    dit = json.loads(reponse.texte)
    constats = [_find_place(acte, constat) for constat in dit["constats"]]
    return Ecrit(dit["nom"], base64.b64decode(dit["octets"]), constats)


def drop_ecrit(
    maison: Maison, acces: Acces, acte: Acte, ecrit: Ecrit, maintenant: datetime
) -> None:
    """Deposit the file as one that is chosen; who typed it goes to the audit trail."""
    drop_fichier(maison, acces, ecrit.nom, BytesIO(ecrit.octets))
    with maison.moteur.begin() as connexion:
        record_audit(
            connexion,
            auteur=acces.utilisateur,
            action="fichier saisi dans l'espace",
            objet=f"{ecrit.nom}, SIREN {acces.siren}",
            motif=acte.titre,
            instant=format_instant(maintenant),
        )


def _find_convention(maison: Maison, acces: Acces, acte: Acte, jour: date) -> str:
    nature = read_genres()[acte.genre].convention
    with maison.moteur.connect() as connexion:
        dites = connexion, CONVENTIONS, "siren", acces.siren, jour, "nature", "convention"
        tenues = list(read_en_cours(*dites))
    numero = next((str(t["convention"]) for t in tenues if t["nature"] == nature), None)
    if numero is None:
        raise DemandeImpossible(SANS_CONVENTION.format(nature))
    return numero


def _find_place(acte: Acte, constat: Mapping[str, str | None]) -> Constat:
    """An anomaly in the words of the form."""
    code, champ = constat["bloc"] or "", constat["rubrique"] or ""
    connus = acte.champs.get(code, ())
    lieu = read_libelle(acte.genre, code, champ).titre if champ in connus else ""
    return Constat(
        lieu, constat["message"] or "", constat["remede"] or "", constat["severite"] == BLOQUANTE
    )
