"""`caisse audit`: a home, or a copy of one, against what proves it; nothing is written there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.formats import Format
from specs.typographie import format_compte

if TYPE_CHECKING:
    from warehouse.maison import Maison
    from warehouse.preuves.verification import Ecart

SORTIE_ECARTS = 1
ILLISIBLE = 2
MONTRES = 50


def audit(
    dossier: Annotated[
        Path | None, typer.Argument(help="La caisse, ou sa copie (par défaut : CAISSE_DOSSIER).")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="texte à lire, ou json.")] = (
        Format.TEXTE
    ),
    toutes: Annotated[
        bool,
        typer.Option(
            "--toutes", help="Recomposer les documents de chaque publication, non de la dernière."
        ),
    ] = False,
) -> None:
    """Vérifier une caisse, ou une copie, contre ce qui la prouve ; rien n'y est écrit.

    La base, le journal des actes et les sceaux des publications, chaque fichier du lac et de
    l'archive, les dossiers des entreprises, puis les audits de la dernière publication et ses
    documents, recomposés de ses tables et dessinés de nouveau. Code de retour : 0 tout concorde,
    1 des écarts, 2 ce n'est pas une caisse lisible.
    """
    from warehouse.preuves.copie import CopieIllisible, open_copie
    from warehouse.reglages import Reglages

    reglages = Reglages() if dossier is None else Reglages(dossier=dossier)
    try:
        with open_copie(reglages) as maison:
            ecarts = list(_verify(maison, toutes=toutes))
    except CopieIllisible as refus:
        typer.echo(f"{refus}.", err=True)
        raise typer.Exit(ILLISIBLE) from refus
    if format_ is Format.JSON:
        print(json.dumps([asdict(ecart) for ecart in ecarts], ensure_ascii=False, indent=1))
    else:
        print("\n".join(_render(ecarts)))
    if ecarts:
        raise typer.Exit(SORTIE_ECARTS)


def _verify(maison: Maison, *, toutes: bool) -> Iterator[Ecart]:
    from warehouse.preuves.verification import verify_preuves
    from warehouse.publications import read_arretes

    yield from verify_preuves(maison)
    yield from _audit(maison)
    with maison.moteur.connect() as connexion:
        gardees = sorted(read_arretes(connexion))
    for numero in gardees if toutes else gardees[-1:]:
        yield from _verify_documents(maison, numero)


def _verify_documents(maison: Maison, numero: int) -> Iterator[Ecart]:
    """The documents of a publication against its tables, by the engine that made it alone."""
    from pipelines.metiers import METIERS
    from pipelines.nuit.versions import version_moteur
    from pipelines.publication.relecture import verify_documents
    from warehouse.nuits import find_version
    from warehouse.preuves.verification import Ecart
    from warehouse.publications import read_publication

    with maison.moteur.connect() as connexion:
        publication = read_publication(connexion, numero)
        version = find_version(connexion, numero)
    if publication is None or version != version_moteur():
        typer.echo(
            f"Publication {numero} : d'un autre moteur, ses documents ne sont pas recomposés"
            " (caisse rejouer la rejoue avec le sien).",
            err=True,
        )
        return
    try:
        for discordance in verify_documents(maison, publication, METIERS):
            yield Ecart("documents", "/".join(discordance.cle), discordance.dit)
    except Exception as erreur:  # noqa: BLE001 - whatever the damage, it is told
        yield Ecart("documents", f"publication {numero}", f"illisibles ({type(erreur).__name__})")


def _audit(maison: Maison) -> Iterator[Ecart]:
    """The audits of the last publication; a file that can't be read is told by the proofs."""
    from pipelines.audit.publiee import audit_publication
    from pipelines.metiers import METIERS
    from pipelines.publication.audit import gather_audits
    from warehouse.preuves.verification import Ecart
    from warehouse.publications import read_publication

    try:
        with maison.moteur.connect() as connexion:
            publication = read_publication(connexion)
        if publication is None:
            return
        constats = audit_publication(maison, publication, gather_audits(METIERS))
    except Exception as erreur:  # noqa: BLE001 - whatever the damage, it is told
        yield Ecart("audits", "dernière publication", f"illisible ({type(erreur).__name__})")
        return
    for constat in constats:
        if constat.fautes.height:
            dit = f"{format_compte(constat.fautes.height, 'ligne')} en désaccord"
            yield Ecart("audits", f"publication {publication.numero}, {constat.audit}", dit)


def _render(ecarts: list[Ecart]) -> Iterator[str]:
    if not ecarts:
        dits = "base, journal, sceaux, lac, archive, dossiers, fichiers, audits, documents"
        yield f"Tout concorde : {dits}."
        return
    for ecart in ecarts[:MONTRES]:
        yield f"{ecart.objet} : {ecart.ou} : {ecart.dit}"
    if len(ecarts) > MONTRES:
        yield f"et {len(ecarts) - MONTRES} autres"
    yield f"{format_compte(len(ecarts), 'écart')}. Que faire : docs/exploitation.md."
