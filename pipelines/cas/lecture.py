"""Reading of a file of cases: a YAML list, each case in the form of docs/cas.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from pipelines.cas.champs import TYPES, CasInvalide, Champs
from pipelines.cas.domaines import Domaines
from pipelines.cas.valeurs import Cas, Ligne
from specs.fichiers import load_yaml

CHAMPS = (
    "id", "domaine", "titre", "source", "decisions", "officiel", "date_arrete", "entrees",
    "attendu",
)  # fmt: skip
TYPE_PYTHON: Mapping[pl.DataType, type] = {
    pl.Int64(): int,
    pl.String(): str,
    pl.Date(): date,
    pl.Boolean(): bool,
}


def read_cas(chemin: Path, domaines: Domaines) -> list[Cas]:
    """Cases of a file, in its order; CasInvalide, in French, for anything that cannot be read."""
    texte = ""
    try:
        texte = chemin.read_text("utf-8")
        contenu = load_yaml(texte)
    except OSError as erreur:
        raise CasInvalide(f"{chemin} : fichier introuvable ou illisible") from erreur
    except (yaml.YAMLError, ValueError) as erreur:
        lieu = getattr(erreur, "problem_mark", None)  # after the last line, of what is not closed
        ligne = f", ligne {min(lieu.line + 1, len(texte.splitlines()))}" if lieu else ""
        raise CasInvalide(f"{chemin}{ligne} : ce n'est pas un texte YAML correct") from erreur
    racine = Champs(str(chemin), {"cas": contenu})
    if not contenu:
        raise racine.error("cas", "le fichier ne contient aucun cas")
    cas = [_parse_cas(champs, domaines) for champs in racine.children("cas")]
    identifiants = [c.id for c in cas]
    if doubles := sorted({i for i in identifiants if identifiants.count(i) > 1}):
        raise racine.error("id", f"plusieurs cas portent le même : {', '.join(doubles)}")
    return cas


def _parse_cas(anonyme: Champs, domaines: Domaines) -> Cas:
    identifiant = anonyme.read("id", str)
    champs = Champs(f"cas {identifiant}", anonyme.valeurs)
    champs.check_names(CHAMPS)
    domaine = champs.read("domaine", str)
    if domaine not in domaines:
        connus = ", ".join(sorted(domaines))
        raise champs.error("domaine", f"{domaine!r} est inconnu ; domaines possibles : {connus}")
    return Cas(
        id=identifiant,
        domaine=domaine,
        titre=champs.read("titre", str),
        source=champs.read("source", str),
        decisions=tuple(map(str, champs.read("decisions", list, []))),
        officiel=champs.read("officiel", bool, defaut=False),
        date_arrete=champs.read("date_arrete", date),
        entrees=Champs(f"{champs.lieu}, entrees", champs.read("entrees", dict)),
        attendu=_parse_attendu(champs, domaines[domaine].tables),
    )


def _parse_attendu(cas: Champs, tables: Mapping[str, pl.Schema]) -> dict[str, tuple[Ligne, ...]]:
    attendu = Champs(f"{cas.lieu}, attendu", cas.read("attendu", dict, {}))
    attendu.check_names(tables)
    return {table: _parse_lignes(attendu, table, tables[table]) for table in attendu.valeurs}


def _parse_lignes(attendu: Champs, table: str, schema: pl.Schema) -> tuple[Ligne, ...]:
    attendu.read(table, list)
    lignes = list(attendu.children(table))
    for ligne in lignes:
        ligne.check_names(schema.names())
        if ligne.valeurs.keys() != lignes[0].valeurs.keys():
            raise attendu.error(table, "toutes les lignes doivent nommer les mêmes colonnes")
        for colonne, valeur in ligne.valeurs.items():
            _check_type(ligne, colonne, valeur, TYPE_PYTHON[schema[colonne]])
    return tuple(ligne.valeurs for ligne in lignes)


def _check_type(ligne: Champs, colonne: str, valeur: Any, genre: type) -> None:  # noqa: ANN401 - any YAML value
    if valeur is not None and type(valeur) is not genre:
        raise ligne.error(colonne, f"il faut {TYPES[genre]}, pas {valeur!r}")
