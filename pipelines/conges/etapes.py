"""Leave in a night: certificates received by company, then what each employee acquires.

The lines of CERT files are given an employee by the company that sent them; certificates, rights
and counters are computed by shard of employees, over all their companies.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import polars as pl

from pipelines.conges.lecture import (
    read_certs,
    read_connu,
    read_declares,
    read_lignes,
    read_matricules,
    read_paiements,
    read_recus,
    tell_day,
)
from pipelines.conges.regles.acquisition.calcul import (
    CERTIFICATS,
    compute_acquisition,
)
from pipelines.conges.regles.acquisition.controles import check_certs
from pipelines.conges.regles.paiement.compteurs import compute_compteurs
from pipelines.conges.regles.paiement.situation import gather_situation
from pipelines.echanges.regles.lignes import compose_constats
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, in_part
from pipelines.nuit.versions import frame_fingerprint
from pipelines.salaries.comptes import read_connus
from pipelines.salaries.regles.reconnus import LIGNES, find_salaries
from specs.connaissances import read_connaissances
from specs.contrats import read_contrat
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

RECUS, CONSTATS, F016 = "certificats_recus", "constats_cert", "F016"
LIGNE = ["depot", "rang"]
RIEN = pl.DataFrame()  # what requests are judged by, and nothing here reads
PAYES = pl.Schema({"salarie": pl.String, "exercice": pl.Int64})


def prepare_certificats_recus(maison: Maison, part: Part, _date_arrete: date) -> Travail:
    """Whom the certificates in force of the shard are about, and what is told of them."""
    lignes = read_lignes(maison, part)
    designes = find_salaries(lignes.select(LIGNES.names()), read_connus(maison, lignes, part))
    reconnues = lignes.drop("salarie").join(designes, on=LIGNE, maintain_order="left")
    trouvees = reconnues.filter(pl.col("cause").is_null())
    recus = read_recus(maison, part, trouvees.select("siren", *LIGNE, "salarie", "recu_le"))
    declares = read_declares(maison, part, read_certs(maison, recus))

    def produce() -> Production:
        refuses = reconnues.drop_nulls("cause").select(
            "siren", *LIGNE, variante="cause", valeur="matricule", code=pl.lit(F016)
        )
        dits = [check_certs(declares, PAYES.to_frame()), compose_constats(refuses)]
        constats = pl.concat(dits).sort(*LIGNE, "code")
        tables = {RECUS: in_part(RECUS, recus, part), CONSTATS: in_part(CONSTATS, constats, part)}
        return Production(tables, {"certificats": len(recus), "constats": len(constats)})

    lues = (reconnues, recus, declares.certs, declares.contrats, declares.bases)
    return Travail(frame_fingerprint(*lues), produce)


def plan_conges(maison: Maison, _date_arrete: date, *_: object) -> list[int]:
    """Every shard of employees, once a contract or a certificate is known."""
    connus = any(
        not maison.lac.read(table).head(1).collect().is_empty() for table in ("contrats", RECUS)
    )
    return list(range(maison.reglages.nombre_parts)) if connus else []


def prepare_conges(maison: Maison, part: Part, date_arrete: date) -> Travail:
    """Certificates, rights and counters of the employees of the shard.

    A day that passes changes nothing by itself: see `tell_day`. The leave paid tonight is that of
    the certificates of the next night.
    """
    paiements = read_paiements(maison, part)
    connu = read_connu(maison, part, paiements)
    publies = read_table_publiee(maison, "certificats").filter(part.siennes()).collect()
    publies = publies.select(CERTIFICATS.names()).sort("certificat")
    matricules = read_matricules(maison, part)

    def produce() -> Production:
        savoir = read_connaissances()
        acquisition = compute_acquisition(connu, publies, date_arrete, savoir)
        situation = gather_situation(acquisition, paiements, RIEN, RIEN, date_arrete, savoir).connu
        frames = {
            "certificats": _with_numbers(acquisition.certificats, matricules),
            "droits": situation.droits,
            "compteurs_conges": compute_compteurs(
                situation.acquis, situation.reports, paiements.prises
            ),
        }
        tables = {
            nom: in_part(nom, frame, part).sort(read_contrat(nom).cle)
            for nom, frame in frames.items()
        }
        return Production(tables, {nom: len(frame) for nom, frame in tables.items()})

    lues = (*(getattr(connu, champ.name) for champ in fields(connu)), publies, matricules)
    payees = (paiements.demandes, paiements.prises, paiements.decomptes)
    jour = tell_day(connu, paiements, date_arrete)
    return Travail(f"{frame_fingerprint(*lues, *payees)}:{jour}", produce)


def _with_numbers(certificats: pl.DataFrame, matricules: pl.DataFrame) -> pl.DataFrame:
    """The certificates with the number that the company gives, as the DSN tell it."""
    connus = matricules.rename({"matricule": "connu"})
    return (
        certificats.join(connus, on=["salarie", "siren"], how="left")
        .with_columns(matricule=pl.coalesce("connu", "matricule"))
        .drop("connu")
    )
