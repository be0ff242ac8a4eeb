"""Bad weather in a night: declarations judged, days counted by employee, then what follows of them.

The companies of a shard are judged from what they sent and what their DSN say; the days that stand
are counted by shard of employees, over all their employers; back to the companies, indemnities,
refunds, states and counters follow. A night computes those of which something is new, the others
keep what they have.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.echanges.regles.lignes import ordered
from pipelines.intemperies.comparaisons import compare_declarations
from pipelines.intemperies.exploitation import (
    MARQUES,
    Releve,
    read_exploitees,
    read_releve,
    sign_rows,
)
from pipelines.intemperies.exploitation import TABLE as EXPLOITEES
from pipelines.intemperies.lecture import (
    GENRE,
    read_argent,
    read_avant,
    read_connu,
    read_juges,
    read_lus,
    read_regles,
)
from pipelines.intemperies.regles.annee import COMPTES, compute_annees
from pipelines.intemperies.regles.calcul import Juges, Publies, judge, settle
from pipelines.intemperies.regles.cumuls import compute_cumuls
from pipelines.intemperies.regles.jours import Connu
from pipelines.intemperies.regles.valeurs import read_bornes
from pipelines.intemperies.regles.valeurs_dites import compute_valeurs
from pipelines.nuit.execution import Production, Travail
from pipelines.nuit.parts import Part, in_part, part_of
from pipelines.nuit.versions import frame_fingerprint
from specs.connaissances import read_connaissances
from specs.contrats import computed_columns, read_contrat
from warehouse.envois import list_sirens
from warehouse.lac import is_one_of
from warehouse.maison import Maison

JUGEMENT, SUITES = "jugement_intemperies", "intemperies"
A_COMPTER, COMPTES_JOURS, INDEMNITES_COMPTEES = (
    "jours_a_compter",
    "jours_comptes",
    "indemnites_comptees",
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
    """The declarations of some companies, judged, and what they were judged with."""

    sirens: Collection[str]
    juges: Juges
    connu: Connu
    publies: Publies
    constats: pl.DataFrame

    @property
    def conges(self) -> pl.DataFrame:
        """Whether the leave of each employee is the fund's: siren, salarie, conges."""
        return self.connu.contrats.group_by("siren", "salarie").agg(pl.col("conges").any())


def read_dossier(maison: Maison, releve: Releve, sirens: Collection[str]) -> Dossier:
    """Read and judge the declarations of these companies."""
    part = releve.part
    envois = releve.envois.filter(is_one_of("siren", sirens))
    reconnus = read_lus(maison, part, envois)
    connu = read_connu(maison, part, sirens, reconnus.lus, releve.meteo, releve.conges)
    publies = read_juges(maison, part, sirens)
    juges = judge(reconnus.lus, connu, publies, releve.date_arrete, read_connaissances())
    return Dossier(sirens, juges, connu, publies, reconnus.constats)


def prepare_jugement(maison: Maison, part: Part, date_arrete: date) -> Travail | None:
    """Which days of the companies of the shard count."""
    releve, sans = read_releve(maison, part, date_arrete), MARQUES.to_frame()
    exploitees = read_exploitees(maison, releve, JUGEMENT, sans)
    if not exploitees.perimees:
        return None

    def produce() -> Production:
        juges = read_dossier(maison, releve, exploitees.perimees).juges
        refaites = {A_COMPTER: in_part(A_COMPTER, juges.comptes, part)}
        arrets = juges.declarations.arrets
        ensuite = releve.expect(JUGEMENT, sans, arrets)
        tables = {
            **_with_others(maison, refaites, "siren", exploitees.perimees, part),
            EXPLOITEES: exploitees.mark(part, ensuite),
        }
        nombres = {"entreprises": len(exploitees.perimees), "jours": len(juges.comptes)}
        return Production(tables, nombres, {EXPLOITEES: [JUGEMENT]}, refaites)

    return Travail(exploitees.empreinte, produce)


def _with_others(
    maison: Maison,
    refaites: Mapping[str, pl.DataFrame],
    colonne: str,
    touches: Collection[str],
    part: Part,
) -> dict[str, pl.DataFrame]:
    """These rows and those of the shard of whom nothing was touched; `colonne` tells who was."""
    garde = (pl.col("part") == part.numero) & ~is_one_of(colonne, touches)
    autres = {nom: maison.lac.read(nom).filter(garde).collect() for nom in refaites}
    return {nom: _merge(autres[nom], frame, nom) for nom, frame in refaites.items()}


def _merge(autres: pl.DataFrame, refaites: pl.DataFrame, table: str) -> pl.DataFrame:
    """Both by the first column of the key: what is nearly in order is soon put in order."""
    cle = read_contrat(table).cle
    return autres.sort(cle).merge_sorted(refaites.sort(cle), key=cle[0])


def prepare_annees(maison: Maison, part: Part, _date_arrete: date) -> Travail | None:
    """The days of the employees of the shard, counted again for those who have other days."""
    comptes = maison.lac.read(COMPTES_JOURS).filter(part.ecrites()).collect()
    a_compter = _read_days(maison, part, comptes)
    touches = _find_changed(a_compter, comptes)
    if not touches:
        return None
    refaits = a_compter.filter(is_one_of("salarie", touches)).sort(read_contrat(A_COMPTER).cle)

    def produce() -> Production:
        bornes = read_bornes(refaits["date"].dt.year(), read_connaissances())
        annees = compute_annees(refaits, bornes)
        faites = {COMPTES_JOURS: annees.jours, INDEMNITES_COMPTEES: annees.comptes}
        refaites = {nom: in_part(nom, frame, part) for nom, frame in faites.items()}
        tables = _with_others(maison, refaites, "salarie", touches, part)
        nombres = {"salaries": len(touches), "jours": len(refaits)}
        return Production(tables, nombres, refaites=refaites)

    cle = read_contrat(COMPTES_JOURS).cle
    avant = comptes.filter(is_one_of("salarie", touches)).sort(cle)
    return Travail(frame_fingerprint(refaits, avant), produce)


def _read_days(maison: Maison, part: Part, comptes: pl.DataFrame) -> pl.DataFrame:
    """The days to count of the employees of a shard; of a company held, those counted before."""
    colonnes = computed_columns(A_COMPTER)
    siens = part.siennes() & ~pl.col("siren").is_in(sorted(part.tenues))
    if part.seules is not None:
        siens &= pl.col("siren").is_in(sorted(part.seules))
    frais = maison.lac.read(A_COMPTER).filter(siens).select(colonnes).collect()
    anciens = comptes.filter(pl.col("siren").is_in(sorted(part.tenues))).select(colonnes)
    return pl.concat([frais, anciens])


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
    jours, comptees = (
        maison.lac.read(table).filter(part.siennes()).drop("part").collect()
        for table in (COMPTES_JOURS, INDEMNITES_COMPTEES)
    )
    releve = read_releve(maison, part, date_arrete)
    comptes = pl.concat([sign_rows(jours), sign_rows(comptees)])
    exploitees = read_exploitees(maison, releve, SUITES, comptes)
    if not exploitees.perimees:
        return None
    choisies = is_one_of("siren", exploitees.perimees)

    def produce() -> Production:
        dossier = read_dossier(maison, releve, exploitees.perimees)
        frames = _settle(maison, releve, dossier, jours.filter(choisies), comptees)
        refaites = {nom: in_part(nom, frame, part) for nom, frame in frames.items()}
        tables = _with_others(maison, refaites, "siren", exploitees.perimees, part)
        ensuite = releve.expect(SUITES, comptes, frames["arrets_intemperies"])
        tables[EXPLOITEES] = exploitees.mark(part, ensuite)
        vus = {nom: len(frames[nom]) for nom in ("arrets_intemperies", "jours_intemperies")}
        nombres = {"entreprises": len(exploitees.perimees), **vus}
        return Production(tables, nombres, {EXPLOITEES: [SUITES]}, refaites)

    return Travail(exploitees.empreinte, produce)


def _settle(
    maison: Maison,
    releve: Releve,
    dossier: Dossier,
    jours: pl.DataFrame,
    comptees: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """Rows of each table for the companies of `dossier`, without their shard."""
    part, date_arrete, savoir = releve.part, releve.date_arrete, read_connaissances()
    triees = jours.sort(read_contrat(COMPTES_JOURS).cle)
    publies = read_regles(maison, part, dossier.sirens, dossier.publies)
    argent = read_argent(maison, part, dossier.sirens, releve.meteo, releve.membres)
    nouvelles = settle(dossier.juges, triees, argent, publies, dossier.conges, date_arrete, savoir)
    rendus = pl.concat([publies.remboursements, nouvelles.remboursements])
    annees = read_bornes([*rendus["annee"], *triees["date"].dt.year()], savoir)
    comptes = comptees.select(COMPTES.names())
    cumuls = compute_cumuls(triees, comptes, nouvelles.indemnites, rendus, annees)
    suites = Publies(
        nouvelles.arrets, nouvelles.lignes, triees, nouvelles.indemnites, rendus, cumuls
    )
    avant = read_avant(maison, part, publies)
    valeurs, deplacees = compute_valeurs(
        dossier.juges.declarations, dossier.juges.jugement.lignes, suites, avant
    )
    compares = compare_declarations(maison, part, dossier.juges, dossier.connu, date_arrete, savoir)
    constats = pl.concat([nouvelles.constats, dossier.constats, compares, deplacees])
    return {
        "arrets_intemperies": nouvelles.arrets,
        "lignes_intemperies": nouvelles.lignes,
        "jours_intemperies": nouvelles.jours,
        "indemnites_intemperies": nouvelles.indemnites,
        "remboursements_intemperies": rendus,
        "cumuls_intemperies": cumuls,
        "constats_intemperies": ordered(constats, "date", "code", "message"),
        "valeurs_intemperies": valeurs,
    }
