"""The days counted of each company, in short, slice of deposits by slice.

Those of a slice are read again when some of its files were written since, whoever wrote them.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.intemperies.exploitation import MARQUES, sign_rows
from pipelines.nuit.execution import Production
from pipelines.nuit.parts import Part, in_part
from pipelines.nuit.tranches import Tranches, find_tranches, sign_files
from specs.contrats import TRANCHE, computed_columns
from warehouse.maison import Maison

JOURS, SIGNES, SIGNEES = "jours_comptes", "jours_signes", "tranches_signees"
PUBLICATION = "publication"  # tells when, not what


@dataclass(frozen=True, slots=True)
class Signes:
    """Marks of the companies of a shard: tranche, siren (key), marque; `neufs`: those made anew."""

    tranches: Tranches
    connus: pl.DataFrame
    neufs: pl.DataFrame

    @property
    def marques(self) -> pl.DataFrame:
        """MARQUES of the companies."""
        tous = pl.concat([self.connus, self.neufs])
        dite = pl.format("{} {}", TRANCHE, "marque")
        return tous.select("siren", marque=dite).match_to_schema(MARQUES)

    def beside(self, production: Production, part: Part) -> Production:
        """What a step makes, with the marks that it was made from."""
        lignes = in_part(SIGNES, self.neufs, part)
        return production.beside(SIGNES, lignes, self.tranches.perimees).beside(
            SIGNEES, self.tranches.mark(SIGNEES, part), ()
        )


def read_signes(maison: Maison, part: Part) -> Signes:
    """Marks of the days counted of the companies of a shard, over all shards of employees."""
    tranches = find_tranches(maison, part, SIGNEES, sign_files(maison, part, (JOURS,)))
    touchees = tranches.touched() if part.entiere else pl.lit(value=True)
    colonnes = [TRANCHE, *computed_columns(JOURS)]
    jours = maison.lac.read(JOURS).filter(part.siennes(), touchees).select(colonnes).collect()
    signes = [
        sign_rows(siens.drop(TRANCHE, PUBLICATION)).select(pl.lit(tranche).alias(TRANCHE), pl.all())
        for (tranche,), siens in jours.group_by(TRANCHE, maintain_order=True)
    ]
    vides = pl.DataFrame(schema={TRANCHE: pl.String, **MARQUES})
    connus = maison.lac.read(SIGNES).filter(part.rangees(), ~touchees)
    return Signes(
        tranches,
        connus.select(vides.columns).collect(),
        pl.concat([vides, *signes]).sort(TRANCHE, "siren"),
    )
