"""Leave in a night: certificates received by company, then what each employee acquires and is paid.

The lines of CERT files are given an employee by the company that sent them; certificates, rights,
counters, requests and payments are computed by shard of employees, over all their companies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import TypeAlias

import polars as pl

from pipelines.conges.argent import Lu, read_lu, tell_day
from pipelines.conges.attendus import find_repere, list_attendus
from pipelines.conges.lecture import (
    read_certs,
    read_connu,
    read_declares,
    read_lignes,
    read_matricules,
    read_payes,
    read_recus,
)
from pipelines.conges.regles.acquisition.calcul import (
    CERTIFICATS,
    Acquisition,
    compute_acquisition,
)
from pipelines.conges.regles.acquisition.connu import Connu
from pipelines.conges.regles.acquisition.contrats import compute_lignes, follow_numbers
from pipelines.conges.regles.acquisition.controles import check_certs
from pipelines.conges.regles.ecarts_absences import compute_ecarts_absences, list_mois_payes
from pipelines.conges.regles.paiement.arrets import list_occupations
from pipelines.conges.regles.paiement.calcul import Publies, compute_paiements
from pipelines.conges.regles.paiement.comparaisons import compute_valeurs
from pipelines.conges.regles.paiement.compteurs import compute_compteurs
from pipelines.conges.regles.paiement.fractionnements import list_factures
from pipelines.conges.regles.paiement.prises import list_small
from pipelines.conges.regles.paiement.situation import Situation, gather_situation
from pipelines.conges.regles.paiement.sommes_dues import list_dus
from pipelines.conges.suivi import read_amounts, read_paiements
from pipelines.echanges.regles.lignes import compose_constats, ordered
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, in_part
from pipelines.nuit.remplacement import replace_all
from pipelines.nuit.versions import frame_fingerprint
from pipelines.salaries.comptes import read_connus
from pipelines.salaries.regles.reconnus import LIGNES, find_salaries
from specs.connaissances import read_connaissances
from specs.contrats import read_contrat
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

RECUS, CONSTATS, F016 = "certificats_recus", "constats_cert", "F016"
DUS, FACTURES = "dus_conges", "factures_fractionnement"
LIGNE = ["depot", "rang"]


def prepare_certificats_recus(maison: Maison, part: Part, _date_arrete: date) -> Travail:
    """Whom the certificates in force of the shard are about, and what is told of them."""
    lignes = read_lignes(maison, part)
    designes = find_salaries(lignes.select(LIGNES.names()), read_connus(maison, lignes, part))
    reconnues = lignes.drop("salarie").join(designes, on=LIGNE, maintain_order="left")
    trouvees = reconnues.filter(pl.col("cause").is_null())
    recus = read_recus(maison, part, trouvees.select("siren", *LIGNE, "salarie", "recu_le"))
    declares = read_declares(maison, part, read_certs(maison, recus))
    payes = read_payes(maison, declares.certs)

    def produce() -> Production:
        refuses = reconnues.drop_nulls("cause").select(
            "siren", *LIGNE, variante="cause", valeur="matricule", code=pl.lit(F016)
        )
        dits = [check_certs(declares, payes), compose_constats(refuses)]
        constats = pl.concat(dits).sort(*LIGNE, "code")
        tables = {RECUS: in_part(RECUS, recus, part), CONSTATS: in_part(CONSTATS, constats, part)}
        return Production(tables, {"certificats": len(recus), "constats": len(constats)})

    lues = (reconnues, recus, declares.certs, declares.contrats, declares.bases, payes)
    return Travail(frame_fingerprint(*lues), produce)


def plan_conges(maison: Maison, _date_arrete: date, *_: object) -> list[int]:
    """Every shard of employees, once a contract or a certificate is known."""
    connus = any(
        not maison.lac.read(table).head(1).collect().is_empty() for table in ("contrats", RECUS)
    )
    return list(range(maison.reglages.nombre_parts)) if connus else []


def prepare_conges(maison: Maison, part: Part, date_arrete: date) -> Travail | None:
    """Certificates, rights, counters, requests and statements of the employees of the shard.

    When nothing came, of those alone for whom there is something to compute: see `list_attendus`.
    The leave paid tonight is that of the certificates of the next night.
    """
    repere = find_repere(maison, part, date_arrete)
    attendus = list_attendus(maison, part, repere)
    if attendus is None:
        return replace(_prepare(maison, part, date_arrete, _write_all), repere=repere)
    if not attendus:
        return None
    siens = replace(part, salaries=attendus)
    travail = _prepare(maison, siens, date_arrete, _write_among)
    return replace(travail, entrees=f"attendus:{travail.entrees}", repere=repere)


Ecriture: TypeAlias = Callable[[Maison, Part, Mapping[str, pl.DataFrame]], Production]


def _prepare(maison: Maison, part: Part, date_arrete: date, write: Ecriture) -> Travail:
    paiements = read_paiements(maison, part)
    connu = read_connu(maison, part, paiements)
    publies = read_table_publiee(maison, "certificats").filter(part.siennes()).collect()
    publies = publies.select(CERTIFICATS.names()).sort("certificat")
    matricules = read_matricules(maison, part)
    lu = read_lu(maison, part, connu, paiements.decomptes, date_arrete)
    dus, factures = (
        read_amounts(maison, part, paiements.decomptes, table, numero)
        for table, numero in ((DUS, "origine"), (FACTURES, "facture"))
    )

    def produce() -> Production:
        savoir = read_connaissances()
        acquisition = compute_acquisition(connu, publies, date_arrete, savoir)
        situation = gather_situation(
            acquisition,
            paiements,
            list_occupations(connu.absences),
            lu.compensations,
            date_arrete,
            savoir,
            lu.renonciations,
        )
        suite = _pay(acquisition, situation, paiements, lu, date_arrete)
        acquis = situation.connu
        frames = {
            "certificats": _with_numbers(acquisition.certificats, matricules),
            "droits": acquis.droits,
            "compteurs_conges": compute_compteurs(acquis.acquis, acquis.reports, suite.prises),
            "demandes_conges": suite.demandes,
            "valeurs_conges": _value(suite, lu, paiements),
            "prises_conges": suite.prises,
            "decomptes": suite.decomptes,
            "lignes_decompte": suite.lignes,
            "attestations_fiscales": suite.attestations,
            "constats_conges": _tell(suite, lu),
            "ecarts_absences": _compare(connu, suite),
            DUS: _owe(suite, dus, lu.heritiers),
            FACTURES: list_factures(suite.fractionnements, factures, lu.lieux, date_arrete),
        }
        return write(maison, part, frames)

    lues = (
        *(getattr(connu, champ.name) for champ in fields(connu)),
        publies,
        matricules,
        dus,
        factures,
    )
    payees = (getattr(paiements, champ.name) for champ in fields(paiements))
    jour = tell_day(connu, paiements, lu, date_arrete)
    return Travail(f"{frame_fingerprint(*lues, *payees, *lu.frames())}:{jour}", produce)


def _write_all(_: Maison, part: Part, frames: Mapping[str, pl.DataFrame]) -> Production:
    """The rows of a whole shard."""
    tables = {
        nom: in_part(nom, frame, part).sort(read_contrat(nom).cle) for nom, frame in frames.items()
    }
    return Production(tables, {nom: len(frame) for nom, frame in tables.items()})


def _write_among(maison: Maison, part: Part, frames: Mapping[str, pl.DataFrame]) -> Production:
    """The rows of the employees of `part` in place of those that the shard has of them."""
    avant = {nom: maison.lac.read(nom).filter(part.ecrites()).collect() for nom in frames}
    return replace_all(
        maison, part, avant, frames, {nom: len(frame) for nom, frame in frames.items()}
    )


def _pay(
    acquisition: Acquisition, situation: Situation, paiements: Publies, lu: Lu, nuit: date
) -> Publies:
    """Requests and statements at the end of the night; those published, when nothing is asked."""
    petites = list_small(situation.connu.droits)
    if not (lu.demandes.height or petites.height or paiements.prises.height):
        return paiements
    savoir, argent = read_connaissances(), lu.compose(acquisition, situation)
    demandes = lu.read_demandes(acquisition)
    return compute_paiements(demandes, situation.connu, argent, paiements, nuit, savoir)


def _tell(suite: Publies, lu: Lu) -> pl.DataFrame:
    """What is said of the lines of requests, of tonight or of those published."""
    lignes = pl.concat([frame.select(*LIGNE, "salarie") for frame in (lu.demandes, suite.demandes)])
    dits = ordered(compose_constats(suite.constats), "code", "message")
    return dits.join(lignes.unique(LIGNE), on=LIGNE, maintain_order="left")


def _value(suite: Publies, lu: Lu, publies: Publies) -> pl.DataFrame:
    """What the lines of requests declare beside what was computed of them."""
    valeurs = compute_valeurs(lu.demandes, suite.demandes, suite.decomptes, publies.demandes)
    return valeurs.join(lu.demandes.select(*LIGNE, "salarie"), on=LIGNE, maintain_order="left")


def _compare(connu: Connu, suite: Publies) -> pl.DataFrame:
    """What the DSN say of the leave paid, in the months of the employees that were paid some."""
    payes = list_mois_payes(suite.decomptes)
    siens = pl.col("salarie").is_in(payes["salarie"].unique().implode())
    suivi = follow_numbers(connu.with_known_cdg())
    touches = suivi.contrats.join(payes, on=["salarie", "mois"], how="semi")
    lignes = compute_lignes(touches, suivi.bases.filter(siens))
    absences = suivi.absences.filter(siens)
    return compute_ecarts_absences(
        suite.decomptes, suite.demandes, lignes, absences, read_connaissances()
    )


def _owe(suite: Publies, publies: pl.DataFrame, heritiers: pl.DataFrame) -> pl.DataFrame:
    """The amounts published, as they were, then those of the statements of tonight."""
    neufs = suite.decomptes.join(publies, left_on="decompte", right_on="origine", how="anti")
    lignes = suite.lignes.join(neufs, on="decompte", how="semi")
    nouveaux = list_dus(neufs, lignes, heritiers)
    return pl.concat([publies.select(nouveaux.columns), nouveaux])


def _with_numbers(certificats: pl.DataFrame, matricules: pl.DataFrame) -> pl.DataFrame:
    """The certificates with the number that the company gives, as the DSN tell it."""
    connus = matricules.rename({"matricule": "connu"})
    return (
        certificats.join(connus, on=["salarie", "siren"], how="left")
        .with_columns(matricule=pl.coalesce("connu", "matricule"))
        .drop("connu")
    )
