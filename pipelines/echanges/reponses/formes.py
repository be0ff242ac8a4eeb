"""An answer in the forms that a company reads: fixed or XML as its file asks, and JSON.

Source: exchange.md 6.1 (names), 6.2 (headers); X-07.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from parsers.echanges.composition import compose_ensemble
from parsers.echanges.ecriture import write_fixes
from parsers.echanges.ecriture_xml import write_xmls
from parsers.echanges.zones import FIXE, XML
from pipelines.echanges.fichiers import MODES
from pipelines.editique.formes import Fichier, Rendu
from pipelines.editique.lettres import Lettre
from specs.echanges import ENTETE, VERSION, Enregistrement, read_enveloppe, read_genres

PARIS = ZoneInfo("Europe/Paris")
INSTANT = "%Y%m%d%H%M%S"
LOGICIEL = f"caisse {VERSION}"
FORMES = {"F": FIXE, "X": XML}
ECRITURES = {FIXE: write_fixes, XML: write_xmls}
SUFFIXES = {FIXE: "txt", XML: "xml"}
LONGUEUR_REFERENCE = 24
REFERENCE = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
# What the charset of the fixed form lacks, in the sentences of the fund.
TYPOGRAPHIE = str.maketrans({"’": "'", "–": "-", "—": "-", "…": "...", "\u202f": "\u00a0"})
Ligne = tuple[str, Mapping[str, Any]]  # code of a record, values by field in lower case


@dataclass(frozen=True, slots=True)
class Question:
    """The file that is answered, as far as it could be read: zones of its header.

    `convention`: that of the depositor when the header has none. `forme`: that of the file.
    """

    depot: str
    recu_le: str
    forme: str
    genre: str | None = None
    mode: str | None = None
    file_id: str | None = None
    siren: str | None = None
    convention: str | None = None
    cdg: str | None = None
    format_retour: str | None = None

    @property
    def nom(self) -> str:
        """What the names of its answers say of it; a reference not of its form may be a path."""
        parties = (self.genre, self.mode, self.file_id)
        sure = REFERENCE.fullmatch(self.file_id or "") is not None
        return "_".join(p for p in parties if p) if all(parties) and sure else self.depot


def address(question: Question, adherent: str, draw: Callable[[], Iterator[Fichier]]) -> Lettre:
    """The letter that brings an answer to a box."""
    mode = MODES.get(question.mode or "")
    return Lettre(adherent, draw, question.depot, mode, question.cdg)


@dataclass(frozen=True, slots=True)
class Reponse:
    """What a file is answered, by records.

    `instant`: when it is made (UTC, ISO). `precisions`: what JSON alone says of a line, by rank.
    """

    question: Question
    instant: str
    lignes: Sequence[Ligne]
    precisions: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def forme(self) -> str:
        """The form asked for: that of the file when it does not say."""
        return FORMES.get(self.question.format_retour or "", self.question.forme)


def compose_reponse(genre: str, reponse: Reponse) -> list[Rendu]:
    """The answer of this kind (ACK, CRT, CRM), in the form asked for then in JSON."""
    (rendus,) = compose_reponses(genre, [reponse])
    return rendus


def compose_reponses(genre: str, reponses: Sequence[Reponse]) -> list[list[Rendu]]:
    """Answers of one kind, in their order, composed together; each is what it would be alone."""
    entetes = [_header(genre, reponse) for reponse in reponses]
    ecrites: dict[int, bytes] = {}
    for forme, write in ECRITURES.items():
        rangs = [n for n, r in enumerate(reponses) if r.forme == forme]
        if rangs:
            coupes = [(entetes[n], _cut_all(genre, reponses[n].lignes)) for n in rangs]
            ecrites |= zip(rangs, write(compose_ensemble(genre, coupes)), strict=True)
    return [
        [
            (f"{genre}_{reponse.question.nom}.{SUFFIXES[reponse.forme]}", ecrites[n]),
            (f"{genre}_{reponse.question.nom}.json", _as_text(genre, entetes[n], reponse)),
        ]
        for n, reponse in enumerate(reponses)
    ]


def _header(genre: str, reponse: Reponse) -> dict[str, Any]:
    question = reponse.question
    entete = {
        "mode": question.mode,
        "convention": question.convention,
        "siren": question.siren,
        "cdg": question.cdg,
        "file_id": f"{genre}_{question.nom}"[:LONGUEUR_REFERENCE],
        "created": format_paris(reponse.instant),
        "operation": "N",
        "software": LOGICIEL,
    }
    bord = read_enveloppe(ENTETE)
    return {c: _held(bord, c, valeur) for c, valeur in entete.items() if valeur is not None}


def _cut_all(genre: str, lignes: Sequence[Ligne]) -> list[Ligne]:
    return [(code, cut_short(genre, code, valeurs)) for code, valeurs in lignes]


def _as_text(genre: str, entete: Mapping[str, Any], reponse: Reponse) -> bytes:
    dites = [(c, {**v, **reponse.precisions.get(n, {})}) for n, (c, v) in enumerate(reponse.lignes)]
    return render_json({**entete, "kind": genre}, dites)


def format_paris(instant: str) -> str:
    """An instant (ISO) in Paris time, as the fixed form writes it."""
    return datetime.fromisoformat(instant).astimezone(PARIS).strftime(INSTANT)


def format_utc(instant: str) -> str:
    """An instant (ISO) in universal time, as the fixed form writes it."""
    return datetime.fromisoformat(instant).astimezone(UTC).strftime(INSTANT)


def cut_short(genre: str, code: str, valeurs: Mapping[str, Any]) -> dict[str, Any]:
    """The values as their fields can hold them: texts of the charset, no longer than the zone."""
    enregistrement = read_genres()[genre].enregistrements[code]
    return {nom: _held(enregistrement, nom, valeur) for nom, valeur in valeurs.items()}


def _held(enregistrement: Enregistrement, nom: str, valeur: Any) -> Any:  # noqa: ANN401 - any type
    champ = enregistrement.champ(nom.upper())
    if not isinstance(valeur, str) or champ.type != "A":
        return valeur
    ecrit = valeur.translate(TYPOGRAPHIE).encode("latin-1", "replace").decode("latin-1")
    return ecrit[: champ.longueur].strip() or None


def render_json(entete: Mapping[str, Any], lignes: Sequence[Ligne]) -> bytes:
    """One array a type of record, names in lower case, integers as in the fixed form."""
    rangees: dict[str, list[dict[str, Any]]] = {}
    for code, valeurs in lignes:
        dites = {nom: _as_json(v) for nom, v in valeurs.items() if v is not None}
        rangees.setdefault(code.lower(), []).append(dites)
    contenu = {"entete": dict(entete), **rangees}
    return json.dumps(contenu, ensure_ascii=False, indent=1).encode() + b"\n"


def _as_json(valeur: Any) -> Any:  # noqa: ANN401 - a value of any type
    return valeur.strftime("%Y%m%d") if isinstance(valeur, date) else valeur
