"""An exchange file composed of what was typed in the space, controlled as the reception does."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from parsers.anomalies import BLOQUANTE, ORDRE
from parsers.echanges.composition import compose_rows
from parsers.echanges.ecriture_xml import write_xml
from parsers.messages import described
from pipelines.metier import Metier, find
from pipelines.recus import Recu, find_nature, list_natures_fichier
from specs.echanges import Enregistrement, Genre, read_genres
from specs.typographie import PARIS

LOGICIEL = "ESPACE DES ADHERENTS"
DITS = ("severite", "ligne", "bloc", "rubrique", "message", "remede")
CONSTATS_MAX = 100
NUMERO = 1
Contenu = Mapping[str, Any]
Ligne = tuple[str, dict[str, Any]]


def write_fichier(contenu: Contenu, metiers: Sequence[Metier]) -> dict[str, Any]:
    """Name, bytes (base64) and findings (severity, record, field, message, remedy) of a file.

    `contenu`: genre, boite, siren, convention, cree (instant), entete and lignes (record, values by
    field in lower case, numbers in their smallest unit, days as texts). ValeurHorsZone when a value
    does not hold in its zone.
    """
    cree = datetime.fromisoformat(contenu["cree"]).astimezone(PARIS)
    empreinte = hashlib.sha256(json.dumps(contenu, sort_keys=True).encode()).hexdigest()
    entete = {
        **contenu["entete"],
        "convention": contenu["convention"],
        "siren": contenu["siren"],
        "file_id": f"ESP-{empreinte[:16].upper()}",
        "created": f"{cree:%Y%m%d%H%M%S}",
        "operation": "N",
        "software": LOGICIEL,
    }
    lignes = list(_complete(read_genres()[contenu["genre"]], contenu["lignes"]))
    octets = write_xml(compose_rows(contenu["genre"], entete, lignes))
    tete = f"{contenu['genre']}_{entete['mode']}_{contenu['convention']}_{entete['created']}"
    nom = f"{tete}_{int(empreinte[:8], 16) % 10_000:04}.xml"
    recu = Recu(NUMERO, octets, nom, contenu["boite"], contenu["cree"])
    ecrit = {"nom": nom, "octets": base64.b64encode(octets).decode()}
    return ecrit | control_recu(recu, metiers)


def control_recu(recu: Recu, metiers: Sequence[Metier]) -> dict[str, Any]:
    """What the reader of its kind says of a file: how many anomalies refuse it, the first ones."""
    nature = find_nature(list_natures_fichier(metiers), recu)
    if nature is None:
        return {"bloquantes": 0, "constats": []}
    lu = find(nature.lit)([recu], metiers)
    version = next((tete.version for tete in lu.tetes), None)
    dites = described(lu.anomalies.sort(ORDRE).head(CONSTATS_MAX), version)
    bloquantes = lu.anomalies.filter(severite=BLOQUANTE)["nombre"].sum()
    return {"bloquantes": bloquantes, "constats": dites.select(DITS).to_dicts()}


def _complete(genre: Genre, lignes: Sequence[Ligne]) -> Iterator[Ligne]:
    """Values in their types; what a record repeats of the one that holds it."""
    porteurs: dict[str, dict[str, Any]] = {}
    for code, valeurs in lignes:
        enregistrement = genre.enregistrements[code]
        porteur = porteurs.get(enregistrement.dans, {})
        liens = {nom.lower(): porteur[nom.lower()] for nom in enregistrement.liens}
        porteurs[code] = liens | _typed(enregistrement, valeurs)
        yield code, porteurs[code]


def _typed(enregistrement: Enregistrement, valeurs: Mapping[str, Any]) -> dict[str, Any]:
    jours = {c.nom.lower() for c in enregistrement.champs if c.format == "date"}
    return {
        nom: date.fromisoformat(valeur) if nom in jours else valeur
        for nom, valeur in valeurs.items()
        if valeur is not None
    }
