"""`caisse simuler`: golden cases and what-ifs, with the explanation of each amount."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.formats import Format
from cli.membres import DeposantAuChoix

if TYPE_CHECKING:
    from pipelines.cas.valeurs import Cas, Ecart, Ligne, Resultat

CONFORME, DIFFERENT, ILLISIBLE = 0, 1, 2


def simuler(
    fichiers: Annotated[list[Path], typer.Argument(help="Fichiers YAML de cas (docs/cas.md).")],
    format_: Annotated[
        Format, typer.Option("--format", help="texte à lire, ou json (un tableau de cas).")
    ] = Format.TEXTE,
    sur_etat: Annotated[
        bool,
        typer.Option(
            "--sur-etat",
            help="Jouer plutôt un fichier (DSN ou d'échange) sur l'état présent d'une entreprise.",
        ),
    ] = False,
    adherent: DeposantAuChoix = None,
    le: Annotated[
        str | None,
        typer.Option(
            metavar="AAAA-MM-JJ", help="Jour où il serait reçu, avec --sur-etat ; ce jour sinon."
        ),
    ] = None,
) -> None:
    """Calculer des cas avec les règles de la nuit et expliquer chaque montant.

    Avec --sur-etat --adherent N, dire ce qu'un fichier changerait, sans rien garder : « et si cet
    arrêt durait deux jours de plus ».

    Code de retour : 0 tout est comme attendu, 1 un résultat diffère (ou le fichier est refusé),
    2 un cas est illisible (ou la demande est refusée).
    """
    from pipelines.cas.ecarts import check_cas

    if sur_etat:
        from cli.sur_etat import play_fichier

        raise typer.Exit(play_fichier(fichiers, adherent, le, en_json=format_ is Format.JSON))

    resultats, erreurs = _run(fichiers)
    juges = [(cas, resultat, check_cas(cas, resultat)) for cas, resultat in resultats]
    if format_ is Format.JSON:
        objets = [_render_json(*juge) for juge in juges]
        print(json.dumps(objets, ensure_ascii=False, indent=2, default=str))
    else:
        for juge in juges:
            print("\n".join(_render_texte(*juge)), end="\n\n")
    for erreur in erreurs:
        print(erreur, file=sys.stderr)
    code = DIFFERENT if any(ecarts for _, _, ecarts in juges) else CONFORME
    raise typer.Exit(ILLISIBLE if erreurs else code)


def _run(fichiers: list[Path]) -> tuple[list[tuple[Cas, Resultat]], list[str]]:
    """Results of the readable cases, errors of the others."""
    from pipelines.cas.champs import CasInvalide
    from pipelines.cas.domaines import list_domaines, run_cas
    from pipelines.cas.lecture import read_cas
    from pipelines.metiers import METIERS

    domaines = list_domaines(METIERS)
    resultats, erreurs = [], []
    for fichier in fichiers:
        try:
            lus = read_cas(fichier, domaines)
        except CasInvalide as erreur:
            erreurs.append(str(erreur))
            continue
        for cas in lus:
            try:
                resultats.append((cas, run_cas(cas, domaines)))
            except CasInvalide as erreur:
                erreurs.append(str(erreur))
    return resultats, erreurs


def _render_texte(cas: Cas, resultat: Resultat, ecarts: list[Ecart]) -> Iterator[str]:
    yield f"{cas.id} : {cas.titre}"
    yield f"  source : {cas.source} ; arrêté au {cas.date_arrete:%d/%m/%Y}"
    yield from (f"  {phrase}" for phrase in resultat.explication)
    for ecart in ecarts:
        yield f"  DIFFÉRENCE dans {ecart.table}"
        yield f"    attendu : {_render_ligne(ecart.attendu)}"
        yield f"    obtenu  : {_render_ligne(ecart.obtenu)}"
    if cas.attendu and not ecarts:
        yield "  Comme attendu."


def _render_ligne(ligne: Ligne | None) -> str:
    if ligne is None:
        return "aucune ligne"
    return ", ".join(f"{nom} = {'vide' if v is None else v}" for nom, v in ligne.items())


def _render_json(cas: Cas, resultat: Resultat, ecarts: list[Ecart]) -> dict[str, Any]:
    return {
        "id": cas.id,
        "domaine": cas.domaine,
        "titre": cas.titre,
        "source": cas.source,
        "officiel": cas.officiel,
        "date_arrete": cas.date_arrete,
        "conforme": not ecarts,
        "tables": {nom: frame.to_dicts() for nom, frame in resultat.tables.items()},
        "explication": list(resultat.explication),
        "ecarts": [{"table": e.table, "attendu": e.attendu, "obtenu": e.obtenu} for e in ecarts],
    }
