"""Who makes a computation fail: found by halving, without knowing anything of the computation.

find_fautifs(sirens, lambda choisis: compute(frame.filter(siren.is_in(choisis))), erreur)
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from specs.caisse import read_caisse
from warehouse.lac import EcritureConcurrente
from warehouse.publications import PublicationRefusee
from warehouse.verrous import VerrouPerdu

# Trying again is the cure: none of them is the fault of a file or of a company.
PASSAGERES = (
    OSError,
    MemoryError,
    DBAPIError,
    EcritureConcurrente,
    PublicationRefusee,
    VerrouPerdu,
)
RACINE = Path(__file__).parents[3]
Essai = Callable[[frozenset[str]], object]


def find_fautifs(
    candidats: Collection[str], essaie: Essai, erreur: Exception
) -> Mapping[str, Exception]:
    """Those of `candidats` for whom alone `essaie` fails, each with its failure; sorted.

    Args:
        candidats: deposits or companies.
        essaie: the computation on some of them, without effect; it raises when it fails.
        erreur: the failure on all of them, raised again when it is nobody's: the computation fails
            without anybody, or on several together and none alone, or for too many of them.
    """
    limite = read_caisse().reserves_maximum
    fautifs: dict[str, Exception] = {}
    if _try(essaie, frozenset()) is not None:
        raise erreur
    groupes = [sorted(candidats)]
    while groupes:
        groupe = groupes.pop()
        echec = _try(essaie, frozenset(groupe)) if groupe else None
        if echec is None:
            continue
        if len(groupe) == 1:
            fautifs[groupe[0]] = echec
            if len(fautifs) > limite:
                raise erreur
        else:
            milieu = len(groupe) // 2
            groupes += [groupe[milieu:], groupe[:milieu]]
    if not fautifs or _try(essaie, frozenset(candidats) - fautifs.keys()) is not None:
        raise erreur
    return dict(sorted(fautifs.items()))


def _try(essaie: Essai, choisis: frozenset[str]) -> Exception | None:
    try:
        essaie(choisis)
    except PASSAGERES:
        raise
    except Exception as echec:  # noqa: BLE001 - whatever it is, it is somebody's or is raised again
        return echec
    return None


def describe_cause(erreur: Exception) -> str:
    """What happened, for an operator: kind of failure, place, and our own words.

    The words of other libraries are left out: they may quote a value of the rows.
    """
    lieux = [
        (Path(lieu.filename), lieu.name, lieu.lineno)
        for lieu in traceback.extract_tb(erreur.__traceback__)
        if Path(lieu.filename).is_relative_to(RACINE)
    ]
    # A virtual environment may lie under the same root.
    notres = [lieu for lieu in lieux if "site-packages" not in lieu[0].parts]
    ou = ""
    if notres:
        chemin, nom, ligne = notres[-1]
        ou = f" dans {chemin.relative_to(RACINE).as_posix()}, {nom}, ligne {ligne}"
    racine = type(erreur).__module__.partition(".")[0]
    mots = f" : {erreur}" if racine in {"parsers", "pipelines", "specs", "warehouse"} else ""
    return f"{type(erreur).__name__}{mots}{ou}"
