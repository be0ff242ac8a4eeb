"""Bad weather in a night: declarations judged, days counted by employee, then what follows of them.

The companies of a shard are judged from what they sent and what their DSN say; the days that stand
are counted by shard of employees, over all their employers; back to the companies, indemnities,
refunds, states and counters follow. A night computes those of which something is new, the others
keep what they have.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.echanges.regles.lignes import ordered
from pipelines.intemperies.comparaisons import compare_declarations
from pipelines.intemperies.exploitation import (
    ARRETS,
    MARQUES,
    Releve,
    read_exploitees,
    read_numero,
    read_releve,
    sign_rows,
)
from pipelines.intemperies.exploitation import TABLE as EXPLOITEES
from pipelines.intemperies.lecture import GENRE, read_argent, read_connu
from pipelines.intemperies.publies import read_avant, read_juges, read_regles
from pipelines.intemperies.regles.annee import COMPTES, compute_annees
from pipelines.intemperies.regles.calcul import Juges, Publies, judge, settle
from pipelines.intemperies.regles.cumuls import compute_cumuls
from pipelines.intemperies.regles.declarations import DECLARATION
from pipelines.intemperies.regles.jours import Connu
from pipelines.intemperies.regles.valeurs import read_bornes
from pipelines.intemperies.regles.valeurs_dites import compute_valeurs
from pipelines.intemperies.signatures import PUBLICATION, read_signes
from pipelines.intemperies.touchees import Touchees, find_touchees
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, part_of
from pipelines.nuit.remplacement import replace_all
from pipelines.nuit.tranches import find_tranches, sign_files
from specs.connaissances import read_connaissances
from specs.contrats import PLACES, computed_columns, read_contrat
from warehouse.envois import list_sirens
from warehouse.lac import is_one_of
from warehouse.maison import Maison

JUGEMENT, SUITES, CUMULS = "jugement_intemperies", "intemperies", "cumuls_intemperies"
A_COMPTER, COMPTES_JOURS, INDEMNITES_COMPTEES, COMPTEES = (
    "jours_a_compter",
    "jours_comptes",
    "indemnites_comptees",
    "tranches_comptees",
)


def plan_jugement(maison: Maison, _date_arrete: date, *_: object) -> list[int]:
    """Shards of the companies that sent declarations."""
    with maison.moteur.connect() as connexion:
        sirens = list_sirens(connexion, GENRE)
    frame = pl.DataFrame({"siren": sirens}, {"siren": pl.String})
    numero = part_of(maison.reglages.nombre_parts).alias("part")
    return frame.select(numero)["part"].unique().sort().to_list()


def plan_annees(maison: Maison, date_arrete: date, *_: object) -> list[int]:
    """Every shard of employees, once a declaration came: a day may move those of any employer."""
    return list(range(maison.reglages.nombre_parts)) if plan_jugement(maison, date_arrete) else []


@dataclass(frozen=True, slots=True)
class Dossier:
    """Declarations, judged, and what they were judged with."""

    touchees: Touchees
    juges: Juges
    connu: Connu
    publies: Publies
    constats: pl.DataFrame

    @property
    def conges(self) -> pl.DataFrame:
        """Whether the leave of each employee is the fund's: siren, salarie, conges."""
        return self.connu.contrats.group_by("siren", "salarie").agg(pl.col("conges").any())


def read_dossier(
    maison: Maison, releve: Releve, touchees: Touchees, envois: pl.DataFrame
) -> Dossier:
    """Read and judge these declarations; `envois`: ENVOIS of their companies."""
    part = releve.part
    reconnus = touchees.read(maison, part, envois)
    connu = read_connu(maison, part, touchees.sirens, reconnus.lus, releve.meteo, releve.conges)
    publies = read_juges(maison, part, touchees)
    juges = judge(reconnus.lus, connu, publies, releve.date_arrete, read_connaissances())
    return Dossier(touchees, juges, connu, publies, reconnus.constats)


def prepare_jugement(maison: Maison, part: Part, date_arrete: date) -> Travail | None:
    """Which days of the companies of the shard count."""
    releve, sans = read_releve(maison, part, date_arrete, JUGEMENT), MARQUES.to_frame()
    exploitees = read_exploitees(maison, releve, sans)
    if not exploitees.perimees:
        return None

    def produce() -> Production:
        nouveaux, envois = exploitees.suivies.select("siren", "depot"), exploitees.envois
        touchees = find_touchees(maison, part, envois, exploitees.perimees, nouveaux)
        juges = read_dossier(maison, releve, touchees, envois).juges
        trouves = juges.declarations.arrets.select(ARRETS)
        arrets = pl.concat([touchees.without(releve.arrets), trouves])
        avant = {A_COMPTER: _read_before(maison, A_COMPTER, part, touchees)}
        ensuite = releve.expect(sans, arrets)
        return replace_all(
            maison, part, avant, {A_COMPTER: juges.comptes},
            {"entreprises": len(exploitees.perimees), "jours": len(juges.comptes)},
        ).beside(EXPLOITEES, exploitees.mark(part, ensuite), [JUGEMENT])  # fmt: skip

    return Travail(exploitees.empreinte, produce)


def _read_before(maison: Maison, table: str, part: Part, touchees: Touchees) -> pl.DataFrame:
    """Rows that a shard holds of these declarations."""
    return touchees.among(maison.lac.read(table).filter(part.rangees())).collect()


def prepare_annees(maison: Maison, part: Part, _date_arrete: date) -> Travail | None:
    """The days of the employees of the shard, counted again for those who have other days.

    They are looked for in the slices of which some day was written since.
    """
    tranches = find_tranches(maison, part, COMPTEES, sign_files(maison, part, (A_COMPTER,)))
    # A view has days that no file holds: of some employees alone, all of theirs are looked at.
    dedans = tranches.touched() if part.entiere else pl.lit(value=True)
    regardees = tranches.perimees or not part.entiere
    touches = _find_changed(*_read_days(maison, part, dedans)) if regardees else ()
    if not (touches or (tranches.perimees and part.entiere)):
        return None

    def produce() -> Production:
        leurs = is_one_of("salarie", touches)
        refaits, avant = (
            frame.sort(read_contrat(A_COMPTER).cle) for frame in _read_days(maison, part, leurs)
        )
        bornes = read_bornes(refaits["date"].dt.year(), read_connaissances())
        annees = compute_annees(refaits, bornes)
        lus = maison.lac.read(INDEMNITES_COMPTEES).filter(part.rangees())
        anciennes = lus.filter(leurs).collect()
        return replace_all(
            maison, part, {INDEMNITES_COMPTEES: anciennes, COMPTES_JOURS: avant},
            # The days are told last: until then, whose have changed is found again.
            {INDEMNITES_COMPTEES: annees.comptes,
             COMPTES_JOURS: _stamp(annees.jours, avant, read_numero(maison))},
            {"salaries": len(touches), "jours": len(refaits)},
        ).beside(COMPTEES, tranches.mark(COMPTEES, part), ())  # fmt: skip

    return Travail(tranches.empreinte, produce)


def _stamp(jours: pl.DataFrame, avant: pl.DataFrame, numero: int) -> pl.DataFrame:
    """The days with the last publication when they were first counted so."""
    comptes = avant.select(*jours.columns, PUBLICATION)
    retrouves = jours.join(comptes, on=jours.columns, how="left", nulls_equal=True)
    return retrouves.with_columns(pl.col(PUBLICATION).fill_null(numero))


def _read_days(maison: Maison, part: Part, choix: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The days to count of the employees of a shard, then those counted, among `choix`.

    Of a company held, those to count are those counted before.
    """
    colonnes = computed_columns(A_COMPTER)
    comptes = maison.lac.read(COMPTES_JOURS).filter(part.ecrites(), choix).collect()
    siens = part.siennes() & ~pl.col("siren").is_in(sorted(part.tenues))
    if part.seules is not None:
        siens &= pl.col("siren").is_in(sorted(part.seules))
    frais = maison.lac.read(A_COMPTER).filter(siens, choix).select(colonnes).collect()
    anciens = comptes.filter(pl.col("siren").is_in(sorted(part.tenues))).select(colonnes)
    return pl.concat([frais, anciens]), comptes


def _find_changed(a_compter: pl.DataFrame, comptes: pl.DataFrame) -> frozenset[str]:
    """Employees who have not the days that they were counted with."""
    # Compared by a number for each row: comparing ten texts takes as long as counting the hours.
    avant = comptes.select(a_compter.columns)
    sienne, ancienne = a_compter.hash_rows(), avant.hash_rows()
    changes = (
        a_compter.filter(~sienne.is_in(ancienne.implode()))["salarie"],
        avant.filter(~ancienne.is_in(sienne.implode()))["salarie"],
    )
    return frozenset(pl.concat(changes))


def prepare_suites(maison: Maison, part: Part, date_arrete: date) -> Travail | None:
    """Indemnities, refunds, states, counters and words of the companies of the shard."""
    comptees = _read_counted(maison, part, INDEMNITES_COMPTEES)
    releve, signes = read_releve(maison, part, date_arrete, SUITES), read_signes(maison, part)
    comptes = pl.concat([signes.marques, sign_rows(comptees)])
    exploitees = read_exploitees(maison, releve, comptes)
    if not exploitees.perimees:
        return None

    def produce() -> Production:
        leurs = is_one_of("siren", exploitees.perimees)
        siens = _read_counted(maison, part, COMPTES_JOURS, leurs).sort(
            read_contrat(COMPTES_JOURS).cle
        )
        envois = exploitees.envois
        nouveaux = pl.concat(
            [exploitees.suivies.select("siren", "depot"), _find_moved(siens, exploitees.suivies)]
        )
        touchees = find_touchees(maison, part, envois, exploitees.perimees, nouveaux)
        dossier = read_dossier(maison, releve, touchees, envois)
        frames = _settle(maison, releve, dossier, siens, comptees)
        avant = {
            nom: _read_before(maison, nom, part, touchees) for nom in frames if nom != CUMULS
        } | {CUMULS: _read_counters(maison, part, touchees)}
        arrets = pl.concat(
            [touchees.without(releve.arrets), frames["arrets_intemperies"].select(ARRETS)]
        )
        ensuite = releve.expect(comptes, arrets)
        vus = {nom: len(frames[nom]) for nom in ("arrets_intemperies", "jours_intemperies")}
        nombres = {"entreprises": len(exploitees.perimees), **vus}
        faite = replace_all(maison, part, avant, frames, nombres)
        return signes.beside(faite, part).beside(
            EXPLOITEES, exploitees.mark(part, ensuite), [SUITES]
        )

    return Travail(exploitees.empreinte, produce)


def _read_counted(maison: Maison, part: Part, table: str, *choix: pl.Expr) -> pl.DataFrame:
    """What was counted of the companies of a shard, in any shard of employees."""
    lues = maison.lac.read(table).filter(part.siennes(), *choix)
    return lues.select(pl.exclude(*PLACES)).collect()


def _find_moved(jours: pl.DataFrame, suivies: pl.DataFrame) -> pl.DataFrame:
    """siren, depot of the declarations whose days are counted otherwise than they were settled."""
    depuis = suivies.select("siren", depuis=PUBLICATION).unique()
    moins = pl.col(PUBLICATION) > pl.col("depuis")
    return jours.join(depuis, on="siren").filter(moins).select("siren", depot="chaine").unique()


def _read_counters(maison: Maison, part: Part, touchees: Touchees) -> pl.DataFrame:
    siennes = part.rangees() & is_one_of("siren", touchees.sirens)
    return maison.lac.read(CUMULS).filter(siennes).collect()


def _settle(
    maison: Maison,
    releve: Releve,
    dossier: Dossier,
    jours: pl.DataFrame,
    comptees: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """Rows of each table for the declarations of `dossier`, without their shard.

    `jours`: all those counted of their companies, in order.
    """
    part, date_arrete, savoir = releve.part, releve.date_arrete, read_connaissances()
    touchees = dossier.touchees
    siens = touchees.only(jours).sort(read_contrat(COMPTES_JOURS).cle).drop(PUBLICATION)
    publies = read_regles(maison, part, touchees, dossier.publies)
    argent = read_argent(maison, part, touchees.sirens, releve.meteo, releve.membres)
    nouvelles = settle(dossier.juges, siens, argent, publies, dossier.conges, date_arrete, savoir)
    rendus = pl.concat([publies.remboursements, nouvelles.remboursements])
    cumuls = _count(maison, part, touchees, jours, comptees, nouvelles.indemnites, rendus)
    suites = Publies(
        nouvelles.arrets, nouvelles.lignes, siens, nouvelles.indemnites, rendus, cumuls
    )
    avant = read_avant(maison, part, publies)
    valeurs, deplacees = compute_valeurs(
        dossier.juges.declarations, dossier.juges.jugement.lignes, suites, avant
    )
    compares = compare_declarations(
        maison, part, dossier.juges, dossier.connu, avant.constats, date_arrete, savoir
    )
    constats = pl.concat([nouvelles.constats, dossier.constats, compares, deplacees])
    chaines = nouvelles.lignes.select(*DECLARATION, "chaine").unique()
    return {
        "arrets_intemperies": nouvelles.arrets,
        "lignes_intemperies": nouvelles.lignes,
        "jours_intemperies": nouvelles.jours.join(chaines, on=DECLARATION),
        "indemnites_intemperies": nouvelles.indemnites,
        "remboursements_intemperies": rendus,
        CUMULS: cumuls,
        "constats_intemperies": ordered(constats, "date", "code", "message"),
        "valeurs_intemperies": valeurs,
    }


def _count(
    maison: Maison,
    part: Part,
    touchees: Touchees,
    jours: pl.DataFrame,
    comptees: pl.DataFrame,
    indemnites: pl.DataFrame,
    rendus: pl.DataFrame,
) -> pl.DataFrame:
    """Counters of the companies, those of their declarations that stay included."""
    restent = (
        touchees.without(
            maison.lac.read(table)
            .filter(part.ecrites(), is_one_of("siren", touchees.partielles))
            .select(computed_columns(table))
            .collect()
        )
        for table in ("indemnites_intemperies", "remboursements_intemperies")
    )
    dues, rendues = (pl.concat(paire) for paire in zip((indemnites, rendus), restent, strict=True))
    annees = read_bornes([*rendues["annee"], *jours["date"].dt.year()], read_connaissances())
    return compute_cumuls(jours, comptees.select(COMPTES.names()), dues, rendues, annees)
