"""The demonstration of `caisse nuit --demonstration`: sample files dropped as companies would."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from specs.caisse import read_caisse

if TYPE_CHECKING:
    import polars as pl

    from warehouse.maison import Maison

SIREN = re.compile(rb"^S21\.G00\.06\.001,'(\d{9})'", re.MULTILINE)


def drop_samples(maison: Maison) -> None:
    """Import the sample registry, then drop every sample over SFTP to an embedded server."""
    from pipelines.reception.envoi import send_depots
    from pipelines.reception.serveur import serve_sftp

    adherents = _import_registre(maison)
    with as_file(files("sample_files")) as racine, serve_sftp(maison) as serveur:
        par_adherent = defaultdict(list)
        for fichier in _samples(racine):
            par_adherent[_depositor(fichier, adherents)].append(fichier)
        for adherent, fichiers in sorted(par_adherent.items()):
            send_depots(
                fichiers,
                serveur.adresse(adherent),
                cle=serveur.create_cle(adherent),
                hotes_connus=serveur.hotes_connus,
            )
            print(f"{len(fichiers)} fichiers d'exemple déposés par SFTP pour {adherent}")


def _samples(racine: Path) -> Iterator[Path]:
    for dossier in ("bons", "mauvais"):
        yield from sorted(racine.joinpath(dossier).glob("*.dsn"))
    for dossier in ("bons", "mauvais"):
        yield from sorted(racine.joinpath("banque", dossier).glob("*.xml"))


def _import_registre(maison: Maison) -> pl.DataFrame:
    from pipelines.reception.etapes import create_boites
    from warehouse.registre import YAML, import_registre, read_adherents

    contenu = files("sample_files").joinpath("bons", "registre.yaml").read_bytes()
    with maison.moteur.begin() as connexion:
        import_registre(
            connexion,
            contenu,
            auteur="démonstration",
            motif="registre des fichiers d'exemple",
            instant="2026-01-01T00:00:00+00:00",
            forme=YAML,
        )
        adherents = read_adherents(connexion)
    create_boites(maison)
    return adherents


def _depositor(fichier: Path, adherents: pl.DataFrame) -> str:
    """The bank, or the member whose SIREN the file bears (the first one when it bears none)."""
    if fichier.suffix == ".xml":
        return read_caisse().boite_banque
    siren = SIREN.search(fichier.read_bytes())
    porteurs: dict[str, str] = dict(adherents.select("siren", "numero_adherent").iter_rows())
    defaut = min(porteurs.values())
    return porteurs.get(siren[1].decode(), defaut) if siren else defaut
