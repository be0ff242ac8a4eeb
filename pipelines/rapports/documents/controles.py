"""What the control says of DSN as soon as it has read them, minutes after they came.

What the fund makes of a conforming file, and its effect on the calls, comes with the report of the
night (`lettres`); nothing comes after a refusal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from pipelines.controle.dsn import DSN
from pipelines.controle.lecture import Lecture
from pipelines.controle.natures import CONFORME
from pipelines.editique.lettres import Lettre
from pipelines.nuit.date_arrete import PARIS
from pipelines.rapports.documents.composition import compose_controles_lus, locate
from pipelines.rapports.documents.lettres import compose_lettre, name_rapport
from warehouse.journal import Depot
from warehouse.maison import Maison
from warehouse.registre import read_adherents


def compose_controles(
    maison: Maison, depots: Sequence[Depot], lecture: Lecture
) -> Iterator[Lettre]:
    """One letter a DSN, test or real: its report, and the name of the one that follows."""
    with maison.moteur.connect() as connexion:
        adherents = read_adherents(connexion)
    noms = dict(adherents.select("numero_adherent", "raison_sociale").iter_rows())
    bilans = {bilan.fichier: bilan for bilan in lecture.bilans if bilan.nature == DSN}
    lus = [(depot, bilans[depot.numero]) for depot in depots if depot.numero in bilans]
    # The day of the file: controlled again, it has the same bytes.
    rapports = compose_controles_lus(
        lecture, [(locate(depot, noms), bilan, _received_on(depot)) for depot, bilan in lus]
    )
    for (depot, bilan), rapport in zip(lus, rapports, strict=True):
        suivi_de = name_rapport(depot.depot) if bilan.verdict == CONFORME else None
        yield compose_lettre(f"CONTROLE_{depot.depot}", replace(rapport, suivi_de=suivi_de))


def _received_on(depot: Depot) -> date:
    return datetime.fromisoformat(depot.recu_le).astimezone(PARIS).date()
