"""What other dated values would change: the same night in two twins, one with other specs.

    effet = compute_impact(passage, Path("essai"), bornes)

The other night is played by the engine of today over files of specs put in place of its own, in a
process apart: what was published with the old values is corrected by difference, as it would be.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from pipelines.metier import Metier
from pipelines.nuit.moteur import MoteurArrete, compose_sources, run_apart
from pipelines.nuit.passage import Passage
from pipelines.retraitement.effets import RetraitementRefuse, compare_nuit, play_nuit
from specs.periodes import Mois
from warehouse.jumelle import reopen_jumelle, settle
from warehouse.maison import Maison
from warehouse.reglages import Reglages
from warehouse.retraitements import Effet


def compute_impact(
    passage: Passage, valeurs: Path, bornes: tuple[Mois, Mois] | None = None
) -> Effet:
    """What this night would publish otherwise, were the files of `valeurs` those of specs.

    `valeurs`: a folder, laid out as specs is. `bornes`: first and last months looked at.

    Raises:
        RetraitementRefuse: a night is running, a file is none of specs, the engine refuses them.
    """
    with tempfile.TemporaryDirectory(prefix="valeurs-") as nom:
        sources = Path(nom)
        compose_variante(valeurs, sources)

        def play_variante(jumelle: Maison) -> None:
            jumelle.moteur.dispose()
            _play_apart(sources, jumelle, passage)

        return compare_nuit(passage, play_variante, bornes)


def compose_variante(valeurs: Path, sources: Path) -> None:
    """The sources of this engine, with these files of specs; RetraitementRefuse likewise."""
    with zipfile.ZipFile(io.BytesIO(compose_sources())) as archive:
        archive.extractall(sources)
    fichiers = sorted(f for f in valeurs.rglob("*") if f.is_file())
    if not fichiers:
        raise RetraitementRefuse(f"« {valeurs} » : aucun fichier de specs")
    for fichier in fichiers:
        relatif = fichier.relative_to(valeurs)
        cible = sources / "specs" / relatif
        if not cible.is_file():
            raise RetraitementRefuse(f"« {relatif} » : aucun fichier de specs n'a ce nom")
        shutil.copyfile(fichier, cible)


def _play_apart(sources: Path, jumelle: Maison, passage: Passage) -> None:
    reglages = passage.maison.reglages
    environ = {
        "CAISSE_NOMBRE_PARTS": str(reglages.nombre_parts),
        "CAISSE_LOT_OCTETS": str(reglages.lot_octets),
    }
    dossiers = [str(m.reglages.dossier.absolute()) for m in (passage.maison, jumelle)]
    dates = [passage.maintenant.isoformat(), passage.date_arrete.isoformat()]
    try:
        run_apart(sources, "pipelines.impact", [*dossiers, *dates], environ)
    except MoteurArrete as arret:
        raise RetraitementRefuse(f"ces valeurs sont refusées : {arret}") from arret


def main(arguments: Sequence[str], metiers: Sequence[Metier]) -> None:
    """Play a night in a twin: the home, its twin, the instant, the decision date."""
    origine, dossier, maintenant, jour = arguments
    jumelle = reopen_jumelle(settle(Reglages(), Path(dossier)), Path(origine))
    quand = datetime.fromisoformat(maintenant)
    play_nuit(Passage(jumelle, date.fromisoformat(jour), quand, tuple(metiers)), jumelle)
