"""Requests in a night: whom the lines of DMC files are about, by the company that sent them."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.conges.lecture import DMC, read_lignes
from pipelines.echanges.regles.lignes import compose_constats
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, in_part
from pipelines.nuit.versions import frame_fingerprint
from pipelines.salaries.comptes import read_connus
from pipelines.salaries.regles.reconnus import INCONNU, LIGNES, find_salaries
from warehouse.maison import Maison

RECUES, CONSTATS = "demandes_recues", "constats_demandes"
F016, D107 = "F016", "D107"
LIGNE = ["depot", "rang"]


def prepare_demandes_recues(maison: Maison, part: Part, _date_arrete: date) -> Travail:
    """Whom the requests in force of the shard are about, and those of nobody that is known."""
    lignes = read_lignes(maison, part, DMC)
    designes = find_salaries(lignes.select(LIGNES.names()), read_connus(maison, lignes, part))
    reconnues = lignes.drop("salarie").join(designes, on=LIGNE, maintain_order="left")

    def produce() -> Production:
        trouvees = reconnues.filter(pl.col("cause").is_null()).select(
            "siren", *LIGNE, "salarie", "recu_le"
        )
        refusees = reconnues.drop_nulls("cause").select(
            "siren", *LIGNE, variante="cause", valeur="matricule", code=pl.lit(F016)
        )
        inconnu = pl.col("variante") == INCONNU
        refusees = refusees.with_columns(
            code=pl.when(inconnu).then(pl.lit(D107)).otherwise("code"),
            variante=pl.when(~inconnu).then("variante"),
        )
        constats = compose_constats(refusees).sort(*LIGNE, "code")
        tables = {
            RECUES: in_part(RECUES, trouvees.sort(LIGNE), part),
            CONSTATS: in_part(CONSTATS, constats, part),
        }
        return Production(tables, {"demandes": len(trouvees), "constats": len(constats)})

    return Travail(frame_fingerprint(reconnues), produce)
