"""The whole of the payment of leave in one call, in the order in which a night runs it.

What was published is never rewritten: a request is judged while it waits, a statement is added.
Computed on whole employees, so by shards as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from pipelines.conges.regles.paiement.attestations import compute_attestations
from pipelines.conges.regles.paiement.controles import CATEGORIES, MOTIFS, Connu
from pipelines.conges.regles.paiement.decomptes import (
    compute_units,
    list_payments,
    mirror,
    with_left,
)
from pipelines.conges.regles.paiement.defaillance import compute_parts
from pipelines.conges.regles.paiement.demandes import (
    EN_ATTENTE,
    PLACE,
    RECUE,
    Versions,
    compute_versions,
)
from pipelines.conges.regles.paiement.dus import PRISE, compute_dus, list_lost
from pipelines.conges.regles.paiement.emission import Argent, Emis, emit
from pipelines.conges.regles.paiement.fractionnements import (
    FRACTIONNEMENTS,
    compute_fractionnements,
)
from pipelines.conges.regles.paiement.jours import DEMANDE, last_day, list_jours
from pipelines.conges.regles.paiement.jugement import Jugement, judge
from pipelines.conges.regles.paiement.prises import (
    add_mirrors,
    add_takings,
    drop_unfounded,
    drop_unpaid,
    gather_events,
    list_small,
    take_nothing,
)
from pipelines.conges.regles.paiement.refaits import find_met, made_again, redo
from pipelines.conges.regles.paiement.suites import compute_etats, tell_again, tell_reserves
from specs.connaissances import Connaissances
from specs.contrats import computed_schema, read_contrat
from specs.echanges.regles import read_codes

CONSTATS = pl.Schema([*MOTIFS.items(), ("depot", pl.String()), ("rang", pl.Int64())])


def empty(table: str) -> pl.DataFrame:
    """No row of a table, without its shard."""
    return computed_schema(table).to_frame()


@dataclass(frozen=True, slots=True)
class Publies:
    """The tables of payment as last published, without their shard.

    `constats`: CONSTATS; `fractionnements`: FRACTIONNEMENTS, of the night; `categories`:
    CATEGORIES, of the rights.
    """

    demandes: pl.DataFrame = field(default_factory=lambda: empty("demandes_conges"))
    prises: pl.DataFrame = field(default_factory=lambda: empty("prises_conges"))
    decomptes: pl.DataFrame = field(default_factory=lambda: empty("decomptes"))
    lignes: pl.DataFrame = field(default_factory=lambda: empty("lignes_decompte"))
    attestations: pl.DataFrame = field(default_factory=lambda: empty("attestations_fiscales"))
    constats: pl.DataFrame = field(default_factory=CONSTATS.to_frame)
    fractionnements: pl.DataFrame = field(default_factory=FRACTIONNEMENTS.to_frame)
    categories: pl.DataFrame = field(default_factory=CATEGORIES.to_frame)


def compute_paiements(
    lues: pl.DataFrame,
    connu: Connu,
    argent: Argent,
    publies: Publies,
    date_arrete: date,
    savoir: Connaissances,
) -> Publies:
    """Requests, takings, statements, yearly totals at the end of a night.

    `lues`: LUES, the lines in force of every file.
    """
    versions = compute_versions(lues, publies.demandes)
    abandonnees, payees = _given_up(versions, argent), publies.decomptes.select(DEMANDE).unique()
    gardees = drop_unpaid(publies.prises, versions.tenues, payees, abandonnees)
    prises, rendues = add_mirrors(gardees, abandonnees)
    demandes = _stand(versions.tenues, publies.demandes, abandonnees, payees)
    touchees = find_met(
        prises, publies.decomptes.select(PRISE), list_jours(demandes, savoir), argent.arrets
    )
    prises, retombees = drop_unfounded(
        redo(prises, touchees), publies.decomptes, connu.droits, connu.acquis
    )
    demandes = _wait_again(demandes, retombees)
    rendues = pl.concat([rendues, touchees.select(PRISE)])
    lignes = publies.lignes.drop("siren")
    miroirs, contre = mirror(publies.decomptes, lignes, rendues, date_arrete)
    miroirs = with_left(miroirs.drop("reste_centiemes"), connu.acquis, publies.decomptes)
    avant = (
        pl.concat([publies.decomptes, miroirs.select(publies.decomptes.columns)]),
        pl.concat([lignes, contre]),
    )
    jugement = _judge(demandes, prises, connu, savoir)
    petites = list_small(connu.droits)
    prises = pl.concat([prises, add_takings(prises, jugement)])
    prises = pl.concat([prises, take_nothing(petites, prises)])
    dus = value_takings(prises, connu, argent, savoir)
    emis = _pay(
        _with_small(demandes, petites), prises, dus, connu, argent, avant, date_arrete, savoir
    )
    decomptes = pl.concat([avant[0], emis.decomptes], how="vertical_relaxed")
    reserves = tell_reserves(
        prises, decomptes, compute_parts(argent.mois), argent.comptes, argent.heritiers, date_arrete
    )
    redits = tell_again(demandes, publies.demandes)
    motifs = pl.concat([jugement.motifs, redits, emis.attentes, reserves]).unique()
    suites = compute_etats(
        demandes,
        publies.demandes,
        prises,
        decomptes,
        motifs,
        jugement.comptes,
        argent.regles,
        versions.retirees,
    )
    return Publies(
        _of("demandes_conges", suites),
        _of("prises_conges", prises),
        _of("decomptes", decomptes),
        _of("lignes_decompte", _of_company(pl.concat([avant[1], emis.lignes]), decomptes)),
        _of("attestations_fiscales", compute_attestations(decomptes, argent.executions)),
        _tell(motifs, demandes, versions.motifs),
        compute_fractionnements(dus, prises, decomptes),
        connu.categories,
    )


def _given_up(versions: Versions, argent: Argent) -> pl.DataFrame:
    """Cancelled by their company before payment, or by an operator."""
    retirees = versions.retirees.select(DEMANDE)
    return pl.concat([retirees, argent.annulations.select(DEMANDE)]).unique()


def _wait_again(demandes: pl.DataFrame, retombees: pl.DataFrame) -> pl.DataFrame:
    """Requests that lost days which they were given are judged again."""
    perdues = demandes.join(retombees.with_columns(perdue=True), on=DEMANDE, how="left")
    etat = pl.when("perdue").then(pl.lit(EN_ATTENTE)).otherwise("etat")
    return perdues.with_columns(etat=etat).drop("perdue").sort(DEMANDE)


def value_takings(
    prises: pl.DataFrame, connu: Connu, argent: Argent, savoir: Connaissances
) -> pl.DataFrame:
    """What each taking is worth tonight."""
    evenements = gather_events(prises)
    fondes = compute_dus(evenements, connu.droits, connu.acquis, argent.reconstitutions, savoir)
    perdus = list_lost(evenements, connu.droits, connu.couverts)
    return pl.concat([fondes, perdus.match_to_schema(fondes.schema)])


def _of_company(lignes: pl.DataFrame, decomptes: pl.DataFrame) -> pl.DataFrame:
    """Lines with the company of their statement."""
    return lignes.join(decomptes.select("decompte", "siren"), on="decompte")


def _of(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = computed_schema(table)
    cle = [nom for nom in read_contrat(table).cle if nom in schema]
    return frame.select(schema.names()).match_to_schema(schema).sort(cle)


def _stand(
    tenues: pl.DataFrame, publiees: pl.DataFrame, abandonnees: pl.DataFrame, payees: pl.DataFrame
) -> pl.DataFrame:
    """Requests in force, with `fin`; those that were paid too, whatever became of their file."""
    ouvertes = tenues.join(abandonnees, on=DEMANDE, how="anti").with_columns(
        fin=last_day(pl.col("reprise"))
    )
    autres = (
        publiees.join(payees, on=DEMANDE, how="semi")
        .join(pl.concat([ouvertes.select(DEMANDE), abandonnees]), on=DEMANDE, how="anti")
        .with_columns(
            isole=pl.lit(value=False),
            jours_demandes="jours_centiemes",
            recu_jour=pl.lit(None, pl.Date),
            action=pl.lit(None, pl.String),
        )
    )
    return pl.concat([ouvertes, autres.select(ouvertes.columns)]).sort(DEMANDE)


def _judge(
    demandes: pl.DataFrame, prises: pl.DataFrame, connu: Connu, savoir: Connaissances
) -> Jugement:
    """Those that are new or wait for days; the others keep what they were given."""
    comptes = list_jours(demandes, savoir).group_by(DEMANDE).agg(compte=pl.col("centiemes").sum())
    donnes = prises.group_by(DEMANDE).agg(donne=pl.col("jours_centiemes").sum())
    manque = pl.col("compte").fill_null(1) > pl.col("donne").fill_null(0)
    attend = pl.col("etat").is_in([RECUE, EN_ATTENTE])
    a_juger = (
        demandes.join(comptes, on=DEMANDE, how="left")
        .join(donnes, on=DEMANDE, how="left")
        .filter(attend, manque)
        .drop("compte", "donne")
    )
    acceptees = demandes.join(prises, on=DEMANDE, how="semi").filter(pl.col("debut").is_not_null())
    conges = acceptees.select(*DEMANDE, "salarie", "debut", "reprise")
    return judge(a_juger, prises, conges, connu, savoir)


def _with_small(demandes: pl.DataFrame, petites: pl.DataFrame) -> pl.DataFrame:
    """With the requests that nobody makes: no dates, no file."""
    colonnes = [*DEMANDE, "nature", "debut", "reprise", "fin", "isole", "departement", "depot",
                "rang", "matricule"]  # fmt: skip
    return pl.concat([demandes.select(colonnes), petites.drop("salarie", "exercice")],
                     how="diagonal")  # fmt: skip


def _pay(
    demandes: pl.DataFrame,
    prises: pl.DataFrame,
    dus: pl.DataFrame,
    connu: Connu,
    argent: Argent,
    avant: tuple[pl.DataFrame, pl.DataFrame],
    nuit: date,
    savoir: Connaissances,
) -> Emis:
    """The statements of tonight; `avant`: those published and the mirrors, and their lines."""
    decomptes, lignes = avant
    unites = compute_units(prises, list_jours(demandes, savoir), demandes)
    refaits = made_again(prises, decomptes, lignes, argent.arrets)
    paiements = list_payments(dus, unites, demandes, refaits, decomptes, nuit, savoir)
    parts = compute_parts(argent.mois)
    return emit(paiements, dus, parts, connu, argent, decomptes, lignes, nuit, savoir)


def _tell(motifs: pl.DataFrame, demandes: pl.DataFrame, refusees: pl.DataFrame) -> pl.DataFrame:
    """CONSTATS: what is said of the line of each request, and of the lines that change nothing."""
    places = demandes.select(*DEMANDE, *PLACE)
    # A dated value that is missing has no code of the layouts: the request says it, not its line.
    codes = motifs.filter(pl.col("code").is_in(list(read_codes())))
    dits = codes.join(places, on=DEMANDE).select(CONSTATS.names())
    return pl.concat([dits, refusees.select(CONSTATS.names())]).sort(*PLACE, "code", "variante")
