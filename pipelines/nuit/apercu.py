"""What a deposit would change: the night's own steps, for its companies, on a view thrown away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from pipelines.metier import Metier, Portee, find
from pipelines.nuit.execution import Preparation
from pipelines.nuit.ordre import list_etapes
from pipelines.nuit.parts import Part, open_part, write_part
from specs.contrats import PAR_SIREN
from warehouse.apercu import LacApercu
from warehouse.maison import Maison


def run_apercu(
    maison: Maison,
    metiers: Sequence[Metier],
    date_arrete: date,
    sirens: Collection[str],
    essais: Collection[str],
) -> Maison:
    """A house in which these test deposits are real, as the night leaves these companies there.

    Only the steps that a test is run on (`Etape.en_essai`) are. Nothing of it is kept: neither rows
    nor steps. A house that is a view already is the one answered.
    """
    deja = isinstance(maison.lac, LacApercu)
    vue = maison if deja else replace(maison, lac=LacApercu(maison.lac.dossier))
    numeros: dict[int, set[str]] = defaultdict(set)
    for siren in sirens:
        numeros[int(siren) % maison.reglages.nombre_parts].add(siren)
    for etape in list_etapes(metiers):
        if etape.portee is not Portee.PART or not etape.en_essai:
            continue
        par_siren = etape.partage == PAR_SIREN
        for numero in sorted(numeros) if par_siren else find(etape.plan)(vue, date_arrete, metiers):
            part = open_part(maison, numero, date_arrete, etape.partage)
            seules = frozenset(numeros[numero]) if par_siren else None
            _run(vue, etape.prepare, _as_real(part, seules, essais), date_arrete)
    return vue


def _as_real(part: Part, seules: frozenset[str] | None, essais: Collection[str]) -> Part:
    return replace(part, tenues=frozenset(), seules=seules, essais=frozenset(essais))


def _run(vue: Maison, lieu: str, part: Part, date_arrete: date) -> None:
    prepare: Preparation = find(lieu)
    travail = prepare(vue, part, date_arrete)
    if travail is None:
        return
    production = travail.produce()
    for table, frame in production.tables.items():
        write_part(vue, table, frame, part.numero, production.periodes.get(table, ()))
