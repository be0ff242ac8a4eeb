"""`caisse simuler --sur-etat`: what a file would change of the present state of a company."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specs.contrats import codes_of
from specs.typographie import format_compte

if TYPE_CHECKING:
    import polars as pl

    from pipelines.rapports.sur_etat import Changement, SurEtat

CONFORME, REFUSE, DEMANDE = 0, 1, 2
HEURE = time(12, tzinfo=UTC)
LIGNES_CITEES = 20
PRIS = codes_of("depots", "etat", "CONFORME", "EN_ATTENTE", "INTEGRE")


def play_fichier(
    fichiers: Sequence[Path], adherent: str | None, le: str | None, *, en_json: bool
) -> int:
    """Play one file and print what it would change; the exit code."""
    from cli.listes import open_maison
    from pipelines.metiers import METIERS
    from pipelines.rapports.sur_etat import AdherentInconnu, simulate_fichier

    if adherent is None or len(fichiers) != 1:
        print("--sur-etat veut --adherent et un seul fichier.", file=sys.stderr)
        return DEMANDE
    try:
        maintenant = _parse(le)
        octets = fichiers[0].read_bytes()
        resultat = simulate_fichier(
            open_maison(), METIERS, adherent, fichiers[0].name, octets, maintenant
        )
    except (AdherentInconnu, ValueError, OSError) as erreur:
        print(erreur, file=sys.stderr)
        return DEMANDE
    if en_json:
        print(json.dumps(_as_json(resultat), ensure_ascii=False, indent=2, default=str))
    else:
        print("\n".join(_as_texte(resultat)))
    return CONFORME if resultat.depot.etat in PRIS else REFUSE


def _parse(le: str | None) -> datetime:
    if le is None:
        return datetime.now(UTC)
    try:
        return datetime.combine(datetime.fromisoformat(le).date(), HEURE)
    except ValueError:
        raise ValueError(f"Date illisible : « {le} ». Attendu : AAAA-MM-JJ.") from None


def _as_texte(resultat: SurEtat) -> Iterator[str]:
    depot = resultat.depot
    yield f"{depot.nom} : {depot.etat} (rien n'est gardé de cet essai)"
    if depot.motif:
        yield f"  {depot.motif}"
    for anomalie in resultat.anomalies.iter_rows(named=True):
        yield f"  {anomalie['code']}, ligne {anomalie['ligne']} : {anomalie['message']}"
    for ligne in resultat.lignes.iter_rows(named=True):
        yield f"  Ligne {ligne['cle']} (enregistrement {ligne['rang']}) : {ligne['verdict']}"
    for constat in resultat.constats.iter_rows(named=True):
        yield f"  {constat['code']}, enregistrement {constat['rang']} : {constat['message']}"
    if not resultat.changements:
        yield "Rien ne changerait."
    for changement in resultat.changements:
        yield from _tell(changement)


def _tell(changement: Changement) -> Iterator[str]:
    from specs.contrats import read_contrat

    titre = read_contrat(changement.table).titre
    plus, moins = changement.nouvelles.height, changement.disparues.height
    yield ""
    yield f"{changement.table} ({titre}) : {format_compte(plus, 'ligne')} de plus, {moins} de moins"
    for signe, frame in (("+", changement.nouvelles), ("-", changement.disparues)):
        yield from (f"  {signe} {texte}" for texte in _rows(frame.head(LIGNES_CITEES)))
        if frame.height > LIGNES_CITEES:
            yield f"  {signe} et {frame.height - LIGNES_CITEES} autres"


def _rows(frame: pl.DataFrame) -> Iterator[str]:
    for ligne in frame.iter_rows(named=True):
        yield ", ".join(f"{nom} {valeur}" for nom, valeur in ligne.items() if valeur is not None)


def _as_json(resultat: SurEtat) -> dict[str, Any]:
    return {
        "fichier": resultat.depot.nom,
        "etat": resultat.depot.etat,
        "motif": resultat.depot.motif,
        "anomalies": resultat.anomalies.to_dicts(),
        "lignes": resultat.lignes.to_dicts(),
        "constats": resultat.constats.to_dicts(),
        "changements": [
            {
                "table": changement.table,
                "nouvelles": changement.nouvelles.to_dicts(),
                "disparues": changement.disparues.to_dicts(),
            }
            for changement in resultat.changements
        ],
    }
