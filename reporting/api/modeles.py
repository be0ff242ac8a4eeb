"""What the API answers, field by field: the schemas of its OpenAPI document."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from reporting.api.problemes import TITRES, TYPE_MIME

Valeur = str | int | bool | None
Codes = dict[int | str, dict[str, Any]]


class Modele(BaseModel):
    """An answer, with nothing else than its fields."""

    model_config = ConfigDict(extra="forbid")


class Probleme(BaseModel):
    """Pourquoi une demande n'a pas de réponse (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    champs: Annotated[list[str], Field(description="Paramètres en cause.")] = []


class Sante(Modele):
    """Ce que l'API peut lire."""

    etat: Annotated[str, Field(description="ok, ou indisponible.")]
    publication: Annotated[int | None, Field(description="Numéro de la dernière publication.")]


class Publication(Modele):
    """Ce qu'une nuit a publié."""

    publication: Annotated[int, Field(description="Son numéro, à partir de 1.")]
    date_arrete: Annotated[date, Field(description="Jour dont elle est l'état.")]


class Entreprise(Modele):
    """Une entreprise que le jeton lit, ou pour laquelle il dépose."""

    siren: str
    raison_sociale: str
    services: Annotated[list[str], Field(description="Services lus ; « * » : tous.")]
    depose: Annotated[bool, Field(description="Le jeton dépose pour elle.")]


class TablePubliee(Modele):
    """Une table publiée que le jeton lit."""

    table: str
    titre: str
    theme: str
    lignes: Annotated[str, Field(description="Adresse de ses lignes.")]
    schema_: Annotated[str, Field(alias="schema", description="Adresse du schéma d'une ligne.")]


class Lignes(Modele):
    """Lignes d'une table, dans les colonnes de son schéma ou celles qui sont choisies."""

    table: str
    publication: Annotated[int | None, Field(description="null : rien n'est publié.")]
    nombre: Annotated[int, Field(description="Lignes en tout.")]
    page: int
    pages: int
    lignes: list[dict[str, Valeur]]


class Phrase(Modele):
    """Une phrase, et celles dont elle est la somme."""

    texte: str
    details: list[str]


class Section(Modele):
    """Des phrases sous un titre."""

    titre: str
    phrases: list[Phrase]


class Explication(Modele):
    """Pourquoi un montant, jusqu'aux lignes de la DSN."""

    titre: str
    debut: list[str]
    sections: list[Section]
    fin: list[str]


class Explications(Modele):
    """Ce que le moteur répond d'une ligne."""

    etat: Annotated[str, Field(description="pret, ou en_cours : redemander après Retry-After.")]
    explications: list[Explication]


class Constat(BaseModel):
    """Ce que le contrôle dit d'un fichier."""

    model_config = ConfigDict(extra="allow")


class Controle(Modele):
    """Ce que le contrôle dit d'un fichier, aussitôt déposé."""

    bloquantes: Annotated[int, Field(description="Constats qui le font refuser.")]
    constats: list[Constat]


class Depose(Modele):
    """Un fichier qui vient d'être déposé : la réception le prendra à son prochain passage."""

    nom: str
    sha256: str
    suivi: Annotated[str, Field(description="Adresse de son état.")]
    controle: Annotated[
        Controle | None, Field(description="null : le dire demande plus de quelques secondes.")
    ]


class Depot(Modele):
    """Un dépôt, tel que la réception et le contrôle l'ont noté."""

    depot: Annotated[str | None, Field(description="Son numéro ; null avant la réception.")]
    nom: str
    sha256: str
    recu_le: Annotated[str | None, Field(description="Instant (UTC).")]
    etat: Annotated[str, Field(description="Un des états de la table depots, ou A_RECEVOIR.")]
    motif: str | None
    essai: bool | None
    nature: str | None
    version: str | None
    anomalies_bloquantes: int | None
    anomalies_signalees: int | None


class Depots(Modele):
    """Des dépôts, le dernier d'abord."""

    nombre: int
    page: int
    pages: int
    depots: list[Depot]


class Etat(Modele):
    """Un état qu'un dépôt a eu."""

    etat: str
    motif: str | None
    instant: Annotated[str, Field(description="Depuis quand (UTC).")]


class Reponse(Modele):
    """Un fichier qui répond à un dépôt."""

    nom: str
    sha256: str
    contenu: Annotated[str, Field(description="Adresse de ses octets.")]


class SuiviDepot(Modele):
    """Un dépôt, les états par lesquels il est passé, ce qui lui répond."""

    depot: Depot
    etats: list[Etat]
    reponses: list[Reponse]


class ColonneDite(Modele):
    """Une colonne du dictionnaire."""

    colonne: str
    titre: str
    type: str
    unite: str
    classe: str
    nul: Annotated[bool, Field(description="Sa valeur peut manquer.")]
    valeurs: Annotated[dict[str, str], Field(description="Ses seuls codes, et leur sens.")]


class TableDite(Modele):
    """Une table du dictionnaire."""

    table: str
    titre: str
    cle: list[str]
    colonnes: list[ColonneDite]


def list_refus(*codes: HTTPStatus) -> Codes:
    """The refusals of an operation, for its documentation."""
    contenu = {TYPE_MIME: {"schema": {"$ref": "#/components/schemas/Probleme"}}}
    return {int(code): {"description": TITRES[code], "content": contenu} for code in codes}


LIMITE = list_refus(HTTPStatus.TOO_MANY_REQUESTS)
ILLISIBLE = list_refus(HTTPStatus.UNPROCESSABLE_ENTITY)
FERMES = {**list_refus(HTTPStatus.UNAUTHORIZED), **LIMITE}
ABSENTS = {**FERMES, **list_refus(HTTPStatus.NOT_FOUND), **ILLISIBLE}
CONNUE: Codes = {304: {"description": "Inchangé depuis l'ETag donné."}}
