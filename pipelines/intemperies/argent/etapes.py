"""The step that tells the amounts due of tonight's refunds, and of those published before."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.intemperies.regles.dus import compute_dus
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.partage import read_publiees
from pipelines.nuit.parts import Part, in_part
from pipelines.nuit.versions import frame_fingerprint
from specs.connaissances import read_connaissances
from specs.contrats import read_contrat
from warehouse.maison import Maison
from warehouse.registre import read_etablissements

DUS, REMBOURSEMENTS, ARRETS = "dus_intemperies", "remboursements_intemperies", "arrets_intemperies"


def prepare_dus(maison: Maison, part: Part, _date_arrete: date) -> Travail:
    """The published amounts of the shard, as they were, then those of the refunds of tonight."""
    remboursements, arrets = (
        maison.lac.read(table).filter(part.ecrites()).collect().sort(read_contrat(table).cle)
        for table in (REMBOURSEMENTS, ARRETS)
    )
    with maison.moteur.connect() as connexion:
        etablissements = read_etablissements(connexion, part.vue.registre).filter(part.siennes())
    publies = read_publiees(maison, DUS, part).collect().sort("du")

    def produce() -> Production:
        tous = compute_dus(remboursements, arrets, etablissements, read_connaissances())
        nouveaux = tous.join(publies, on="du", how="anti")
        dus = pl.concat([in_part(DUS, frame, part) for frame in (publies, nouveaux)])
        return Production({DUS: dus}, {"dus": len(nouveaux)})

    lus = (remboursements, arrets, etablissements, publies)
    return Travail(frame_fingerprint(*lus), produce)
