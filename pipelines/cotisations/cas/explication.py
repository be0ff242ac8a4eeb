"""Why each amount of a call, as `caisse expliquer` says it; what does not count, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.cotisations.documents.mots import NATURES
from pipelines.cotisations.explications.lignes import Sources, explain_appel
from pipelines.cotisations.explications.texte import tell_calcul
from pipelines.cotisations.explications.valeurs import AppelExplique
from pipelines.cotisations.regles.assiettes import declared_months, sum_bases
from pipelines.declarations.regles.statuts import RETENUE
from pipelines.explications.texte import tell_ecarts
from pipelines.registre import Registre
from specs.connaissances import Connaissances
from specs.contrats import read_contrat, schema_polars
from specs.messages import read_message
from specs.typographie import format_date, format_de_mois, format_euros, format_mois

Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Calcul:
    """What the lines of the new calls come from.

    `tables`: what the case gives; `publiees`: lines already called.
    """

    tables: Tables
    publiees: pl.DataFrame
    registre: Registre
    savoir: Connaissances


def explain(calcul: Calcul) -> Iterator[str]:
    """Sentences, in French: each call and its lines, then what does not count and why."""
    appels = calcul.tables["appels"]
    for appel in appels.iter_rows(named=True):
        yield from _tell_call(explain_appel(appel, _sources(calcul, appel)))
    if appels.is_empty():
        yield "Aucun appel à émettre."
    yield from _explain_waiting(calcul.tables)


def _sources(calcul: Calcul, appel: Mapping[str, object]) -> Sources:
    """What the case holds of one company, as a publication would."""
    tables, sienne = calcul.tables, pl.col("siren") == appel["siren"]
    du_mois = [sienne, *(pl.col(nom) == appel[nom] for nom in ("cdg", "mois_appel"))]
    nouvelles, bases = tables["lignes_appel"], tables["bases"].lazy().filter(sienne)
    return Sources(
        lignes=pl.concat([calcul.publiees.select(nouvelles.columns), nouvelles]).filter(*du_mois),
        bases=tables["bases"].filter(*du_mois),
        sommes=sum_bases(bases).collect(),
        declares=declared_months(tables["declarations"].lazy().filter(sienne), bases).collect(),
        cumuls=tables["cumuls_cotisations"].filter(sienne),
        depots=pl.DataFrame(schema=schema_polars(read_contrat("depots"))),
        registre=calcul.registre,
        savoir=calcul.savoir,
    )


def _tell_call(appel: AppelExplique) -> Iterator[str]:
    yield (
        f"Appel {appel.appel} ({NATURES[appel.nature]}) {format_de_mois(appel.mois_appel)}, "
        f"exigible le {format_date(appel.date_exigibilite)} : "
        f"{format_euros(appel.montant_centimes)}"
    )
    for ligne in appel.lignes:
        yield (
            f"  {ligne.libelle} ({ligne.cotisation}), rattachée à "
            f"{format_mois(ligne.mois_rattachement)} : "
            f"{format_euros(ligne.publiee.montant_centimes)}"
        )
        yield from (f"    {phrase}" for phrase in tell_calcul(ligne) if phrase)
    yield from (f"  {phrase}" for phrase in tell_ecarts(appel.ecarts))


def _explain_waiting(tables: Tables) -> Iterator[str]:
    """Lines without a rate, bases left out, declarations that do not count or wait."""
    for ligne in tables["lignes_en_attente"].iter_rows(named=True):
        base = ligne["base_centimes"]
        quoi = "base inconnue" if base is None else format_euros(base)
        yield (
            f"En attente : {quoi} de {ligne['cotisation']} rattachés à "
            f"{format_mois(ligne['mois_rattachement'])}, faute de valeur pour {ligne['manque']}"
        )
    for base in tables["bases"].filter(pl.col("motif").is_not_null()).iter_rows(named=True):
        montant = format_euros(base["quantite"])
        yield f"Base n° {base['ligne']} de {montant} : {base['statut']}, {_motif(base['motif'])}"
    declarations = tables["declarations"].filter(pl.col("statut") != RETENUE)
    for d in declarations.iter_rows(named=True):
        motif = f", {_motif(d['motif'])}" if d["motif"] else f", nature {d['nature']}"
        yield f"Déclaration {d['depot']} (fraction {d['fraction']}) : {d['statut']}{motif}"


def _motif(code: str) -> str:
    if not code.startswith("CP-"):
        return "annulée et remplacée"
    return f"{read_message(code).titre} ({code})"
