"""The French summary of a night: steps and their time, deposits, calls, publication."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from specs.typographie import format_compte

if TYPE_CHECKING:
    import polars as pl

    from warehouse.maison import Maison

APPELS_CITES = 10
ALERTES_CITEES = 10


def title_of(tache: str) -> str:
    """What an operator calls a task."""
    return dict(_titles()).get(tache, tache)


def render_etapes(passage: Any) -> Iterator[str]:  # noqa: ANN401 - Airflow's DagRun
    """Time of each step: number of tasks, seconds in all, state when it is not a success."""
    taches = defaultdict(list)
    for tache in passage.get_task_instances():
        taches[tache.task_id].append(tache)
    yield "Étapes de la nuit"
    for etape, titre in _titles():
        faites = [t for t in taches[etape] if t.duration is not None]
        if not faites:
            yield f"  {titre:<24} rien à faire"
            continue
        duree = sum(t.duration for t in faites)
        etats = {str(t.state) for t in faites} - {"success"}
        suite = f"  ({', '.join(sorted(etats))})" if etats else ""
        yield f"  {titre:<24} {duree:8.1f} s   {format_compte(len(faites), 'tâche')}{suite}"


def _titles() -> Iterator[tuple[str, str]]:
    """Identifiers of the tasks and their titles, in the order of the night."""
    from pipelines.metiers import METIERS
    from pipelines.nuit.ordre import list_temps

    for temps in list_temps(METIERS):
        if temps.plans_itself:
            yield f"planifier_{temps.nom}", f"plan : {temps.titre}"
        yield temps.nom, temps.titre


def render_reception(comptes: dict[str, int]) -> Iterator[str]:
    """Files taken in tonight, and those that were left for a reason."""
    yield f"Fichiers reçus : {comptes.get('recus', 0)}"
    if comptes.get("attente"):
        yield f"Fichiers pas encore complets, repris au prochain passage : {comptes['attente']}"
    if comptes.get("ecartes"):
        yield f"Fichiers laissés en place (nom, lien ou adhérent inconnu) : {comptes['ecartes']}"


def render_publication(maison: Maison, numero: int | None, essais: int) -> Iterator[str]:
    """What the night published, or that there was nothing new."""
    from pipelines.nuit.date_arrete import is_forcee
    from warehouse.publications import read_publication, read_table_publiee

    with maison.moteur.connect() as connexion:
        derniere = read_publication(connexion)
    if essais:
        yield f"Fichiers d'essai contrôlés, rien de publié pour eux : {essais}"
    if numero is None:
        suite = f" ; la publication {derniere.numero} reste en vigueur" if derniere else ""
        yield f"Rien de nouveau à publier{suite}."
        return
    depots = read_table_publiee(maison, "depots").collect()
    if derniere:
        yield f"Publication {numero}, arrêtée au {derniere.date_arrete:%d/%m/%Y}"
        if is_forcee(maison, derniere.date_arrete):
            yield "Nuit forcée (voir le journal d'audit) : NI PRÉLÈVEMENT NI VIREMENT ÉMIS"
    yield "Dépôts par état"
    for etat, nombre in sorted(Counter(depots["etat"]).items()):
        yield f"  {etat:<24} {nombre:6}"
    yield from _render_appels(maison, numero)
    yield from _render_comptes(maison, numero)


OBJETS = {
    "DEPOT": "dépôt {depot} mis à l'écart",
    "ENTREPRISE": "entreprise {siren} tenue à sa dernière publication",
    "PRELEVEMENT": "entreprise {siren} : prélèvement écarté ({alerte})",
    "REMISE": "prélèvements refusés par la banque, à remettre de nouveau ({alerte})",
    "PRELEVEMENT_EN_DOUBLE": "entreprise {siren} : un appel prélevé deux fois ({alerte})",
    "PAIEMENT": "entreprise {siren} : {cause}",
    "PAIEMENT_EN_DOUBLE": "entreprise {siren} : une somme payée deux fois ({alerte})",
}


def render_reserves(maison: Maison) -> Iterator[str]:
    """What the night could not take: deposits set aside, companies held, each with its step."""
    from pipelines.nuit.reserves.alertes import read_ouvertes

    alertes = read_ouvertes(maison)
    yield f"Nuit publiée AVEC RÉSERVES : {format_compte(alertes.height, 'alerte ouverte')}"
    for alerte in alertes.head(ALERTES_CITEES).iter_rows(named=True):
        yield f"  {OBJETS[alerte['nature']].format(**alerte)}, étape {alerte['etape']}"
    yield "  Causes et suites : caisse alertes --ou etat=OUVERTE"


def _render_appels(maison: Maison, numero: int) -> Iterator[str]:
    from specs.typographie import format_euros, format_mois
    from warehouse.publications import read_table_publiee

    appels = read_table_publiee(maison, "appels").collect().sort("appel")
    avant = read_table_publiee(maison, "appels", numero - 1).select("appel").collect()
    nouveaux: pl.DataFrame = appels.join(avant, on="appel", how="anti", maintain_order="left")
    total = int(nouveaux["montant_centimes"].sum())
    yield f"Appels de cotisations émis : {len(nouveaux)}, pour {format_euros(total)}"
    for appel in nouveaux.head(APPELS_CITES).iter_rows(named=True):
        yield (
            f"  {appel['appel']:<24} {format_mois(appel['mois_appel']):<16}"
            f"{format_euros(appel['montant_centimes']):>16}   "
            f"exigible le {appel['date_exigibilite']:%d/%m/%Y}"
        )
    if len(nouveaux) > APPELS_CITES:
        yield f"  et {format_compte(len(nouveaux) - APPELS_CITES, 'autre')} : caisse appels"


def _render_comptes(maison: Maison, numero: int) -> Iterator[str]:
    """What members owe, what the night debits, which certificates it gives."""
    from specs.typographie import format_euros
    from warehouse.publications import read_table_publiee

    def count_new(table: str) -> int:
        lues = (read_table_publiee(maison, table, n).collect() for n in (numero, numero - 1))
        apres, avant = (len(frame) for frame in lues)
        return apres - avant

    yield _render_banque(maison, numero)
    soldes = read_table_publiee(maison, "soldes").collect()
    du, echu = (int(soldes[f"{nom}_centimes"].sum()) for nom in ("solde", "echu"))
    yield f"Comptes des adhérents : {format_euros(du)} dus, dont {format_euros(echu)} échus"
    for table, titre in (
        ("prelevements", "Prélèvements émis"),
        ("relances", "Relances de déclarations manquantes"),
        ("attestations", "Attestations délivrées"),
    ):
        yield f"{titre} : {count_new(table)}"


def _render_banque(maison: Maison, numero: int) -> str:
    """What the bank brought since the last publication: received, returned."""
    import polars as pl

    from specs.typographie import format_euros
    from warehouse.publications import read_table_publiee

    avant = read_table_publiee(maison, "encaissements", numero - 1).select("encaissement")
    nouveaux = read_table_publiee(maison, "encaissements", numero)
    montants = nouveaux.join(avant, on="encaissement", how="anti").select("montant_centimes")
    recus = montants.filter(pl.col("montant_centimes") > 0).collect()["montant_centimes"]
    rendus = montants.filter(pl.col("montant_centimes") < 0).collect()["montant_centimes"]
    return (
        f"Règlements reçus de la banque : {len(recus)}, pour {format_euros(int(recus.sum()))} ;"
        f" rejets : {len(rendus)}, pour {format_euros(-int(rendus.sum()))}"
    )
