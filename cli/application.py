"""The command `caisse`: one sub-command a function; heavy imports wait inside each function."""

from __future__ import annotations

from typer._completion_classes import completion_init

from cli import (
    airflow,
    annulation,
    api,
    attestation,
    audit,
    completion,
    comptes,
    conges,
    decision,
    depot,
    document,
    donnees_personnelles,
    echange,
    editeurs,
    entretien,
    espace,
    expliquer,
    exploitation,
    generer,
    impact,
    listes,
    norme,
    nuit,
    paquet,
    poste,
    registre,
    rejouer,
    retraiter,
    salarie,
    simuler,
    verifier,
    vues,
)
from cli.francais import Application
from pipelines.metiers import METIERS

application = Application(
    name="caisse",
    help="Moteur de nuit d'une caisse de congés payés : contrôle, calcule, publie.",
)
for commande in (
    verifier.verifier,
    generer.generer,
    depot.deposer,
    nuit.nuit,
    rejouer.rejouer,
    impact.impact,
    simuler.simuler,
    norme.norme,
    listes.exporter,
    comptes.releve,
    decision.decider,
    annulation.annuler_decision,
    audit.audit,
    expliquer.expliquer,
    vues.vues,
    completion.completion,
):
    application.command(commande.__name__.replace("_", "-"))(commande)
groupes = {nom: Application(help=aide) for nom, aide in listes.list_groupes(METIERS)}
for nom, liste in listes.list_commandes(METIERS):
    *groupe, commande_de_liste = nom.split()
    (groupes[groupe[0]] if groupe else application).command(commande_de_liste)(liste)
for nom, groupe_de_listes in groupes.items():
    application.add_typer(groupe_de_listes, name=nom)
application.command("anomalies-editeurs")(editeurs.anomalies_editeurs)
application.command("retenues-conges")(conges.retenues_conges)
application.command("serveur-sftp")(depot.serveur_sftp)
application.add_typer(airflow.application, name="airflow")
application.add_typer(api.application, name="api")
application.add_typer(attestation.application, name="attestation")
application.add_typer(document.application, name="document")
application.add_typer(entretien.application, name="entretenir")
application.add_typer(donnees_personnelles.application, name="donnees-personnelles")
application.add_typer(echange.application, name="echange")
application.add_typer(espace.application, name="espace")
application.add_typer(exploitation.application, name="exploitation")
application.add_typer(paquet.application, name="formats")
application.add_typer(poste.application, name="poste")
application.add_typer(registre.application, name="registre")
application.add_typer(retraiter.application, name="retraiter")
application.add_typer(salarie.application, name="salarie")


completion_init()


def main() -> None:
    """Entry point of the console script."""
    application()
