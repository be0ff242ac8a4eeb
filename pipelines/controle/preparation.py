"""A lot made ready to be decided: read, checked, written to the lake, answered; no state moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from pipelines.controle.admission import Admission, Doublon, admit, apply_admissions
from pipelines.controle.lecture import Lecture, read_fichiers
from pipelines.controle.lignes import compute_lot, write_lot
from pipelines.editique.lettres import Lettre, archive_lettres
from pipelines.metier import Metier, find
from pipelines.nuit.reserves.fautifs import PASSAGERES, find_fautifs
from pipelines.recus import Recu, list_natures_fichier
from specs.contrats import read_contrat
from warehouse.contrats import check_contrat
from warehouse.journal import Depot, read_depot
from warehouse.maison import Maison
from warehouse.points_arret import crashpoint
from warehouse.remises import Remise


@dataclass(frozen=True, slots=True)
class Prete:
    """A lot that is ready: its deposits, what they say, the rows of each table.

    `lecture`: what the files alone say; `admise`: with what the house decides of them;
    `admissions`: what each kind of file decides, and has to write. `remises`: what they are
    answered. `fautifs`: deposits left out, which can't be read or answered, each with its failure.
    """

    nom: str
    depots: list[Depot]
    lecture: Lecture
    admise: Lecture
    frames: dict[str, pl.DataFrame]
    admissions: Mapping[str, Admission]
    remises: Sequence[Remise] = ()
    fautifs: Mapping[str, Exception] = field(default_factory=dict)

    @property
    def doublons(self) -> dict[int, Doublon]:
        """Deposits that repeat another one, by number."""
        return {
            n: d for admission in self.admissions.values() for n, d in admission.doublons.items()
        }


def prepare_lot(
    maison: Maison,
    nom: str,
    depots: list[Depot],
    gardes: Sequence[str],
    metiers: Sequence[Metier],
) -> Prete:
    """Read, check, write and answer these deposits of a lot.

    `gardes`: deposits that it holds already, whose rows stay.
    """

    def perform(choisis: list[Depot]) -> Prete:
        prete = _read(maison, nom, choisis, metiers)
        write_lot(maison, nom, prete.frames, gardes)
        crashpoint("controle.apres_lac")
        return replace(prete, remises=archive_lettres(maison, _answers(maison, prete, metiers)))

    try:
        return perform(depots)
    except PASSAGERES:
        raise
    except Exception as erreur:  # noqa: BLE001 - raised again when it is no deposit's
        fautifs = _find_fautifs(maison, nom, depots, erreur, metiers)
        prete = perform([d for d in depots if d.depot not in fautifs])
        return replace(prete, fautifs=fautifs)


def is_current(maison: Maison, prete: Prete, metiers: Sequence[Metier]) -> bool:
    """Whether the house still decides of these files what it did when they were read."""
    admissions = admit(maison, prete.depots, prete.lecture, metiers)
    return all(dite.agrees(admissions[nature]) for nature, dite in prete.admissions.items())


def _read(maison: Maison, nom: str, depots: list[Depot], metiers: Sequence[Metier]) -> Prete:
    """Read and check these deposits, without effect."""
    recus = (
        Recu(d.numero, maison.archive.open(d.sha256), d.nom, d.adherent, d.recu_le) for d in depots
    )
    lecture = read_fichiers(recus, metiers)
    admissions = admit(maison, depots, lecture, metiers)
    admise = apply_admissions(lecture, admissions.values())
    frames = compute_lot(maison, nom, depots, admise, metiers)
    return Prete(nom, depots, lecture, admise, frames, admissions)


def _answers(maison: Maison, prete: Prete, metiers: Sequence[Metier]) -> Iterator[Lettre]:
    """What is owed as soon as files are read; one that repeats another has its answers again."""
    depots = [d for d in prete.depots if d.numero not in prete.doublons]
    for nature in list_natures_fichier(metiers):
        if nature.repond:
            yield from find(nature.repond)(maison, depots, prete.admise)
        if nature.redit and nature.nom in prete.admissions:
            doublons = prete.admissions[nature.nom].doublons
            for depot in (d for d in prete.depots if d.numero in doublons):
                with maison.moteur.connect() as connexion:
                    original = read_depot(connexion, doublons[depot.numero].original)
                yield from find(nature.redit)(maison, depot, original)


def _find_fautifs(
    maison: Maison, nom: str, depots: list[Depot], erreur: Exception, metiers: Sequence[Metier]
) -> Mapping[str, Exception]:
    """The deposits that can't be read, or answered; `erreur` is raised when there is none."""

    def essaie(choisis: frozenset[str]) -> None:
        prete = _read(maison, nom, [d for d in depots if d.depot in choisis], metiers)
        for table, frame in prete.frames.items():
            check_contrat(read_contrat(table), frame)
        archive_lettres(maison, _answers(maison, prete, metiers))

    return find_fautifs([d.depot for d in depots], essaie, erreur)
