"""`caisse annuler-decision`: go back on a decision of the fund, its effect shown first."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.retraiter import Auteur, Jour, Motif, Sortie, answer, open_passage, show


def annuler_decision(
    numero: Annotated[
        int, typer.Argument(metavar="DECISION", help="Son numéro (caisse decisions).")
    ],
    auteur: Auteur,
    motif: Motif,
    date_arrete: Jour = None,
    sortie: Sortie = None,
    *,
    a_blanc: Annotated[
        bool, typer.Option("--a-blanc", help="Montrer l'effet, sans rien enregistrer.")
    ] = False,
) -> None:
    """Revenir sur une décision : l'effet est montré, puis la nuit suivante publie la différence.

    La décision reste au journal, avec celle qui l'annule. Ce qui ne s'annule pas ainsi le dit, et
    comment faire autrement.
    """
    from pipelines.retraitement.annulations import annul, compute_annulation, describe_decision
    from warehouse.instants import format_instant

    passage = open_passage(date_arrete)
    moteur, instant = passage.maison.moteur, format_instant(passage.maintenant)

    def act() -> None:
        with moteur.connect() as connexion:
            objet = f"annuler la {describe_decision(connexion, numero)}"
        show(compute_annulation(passage, numero), objet, sortie)
        if a_blanc:
            typer.echo("Rien n'est enregistré.")
            return
        with moteur.begin() as connexion:
            faite = annul(connexion, numero, auteur, motif, instant)
        typer.echo(f"Décision {faite} enregistrée : elle annule la décision {numero}.")

    answer(act)
