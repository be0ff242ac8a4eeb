"""`caisse generer`: a synthetic portfolio written as companies would deposit it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sample_files.generateur.portefeuille import Fichier, Parametres
    from specs.periodes import Mois

REFUS = 2
REGISTRE = ("numero_adherent", "siren", "raison_sociale", "cdg", "siret", "debut", "fin")
MANIFESTE = ("fichier", "adherent", "siret", "mois", "type", "essai", "faute", "code_attendu")
ATTENDUS = ("cdg", "mois_appel", "mois_rattachement", "base")
DEBUT_REGISTRE = "2015-01-01"


def generer(
    sortie: Annotated[
        Path, typer.Option("--sortie", metavar="DOSSIER", help="Dossier où écrire le portefeuille.")
    ],
    adherents: Annotated[int, typer.Option(help="Nombre d'adhérents.")] = 10,
    salaries: Annotated[int, typer.Option(help="Effectif de l'ensemble.")] = 400,
    mois: Annotated[
        str,
        typer.Option(
            metavar="DEBUT,FIN", help="Premier et dernier mois (AAAA-MM,AAAA-MM), ou un seul mois."
        ),
    ] = "2026-01,2026-03",
    graine: Annotated[int, typer.Option(help="Graine : la même donne les mêmes fichiers.")] = 1,
    part_fautes: Annotated[
        int, typer.Option("--part-fautes", help="Fichiers fautifs, pour mille.")
    ] = 0,
    essai: Annotated[bool, typer.Option("--essai", help="Fichiers d'essai, et non réels.")] = False,
    echanges: Annotated[
        bool,
        typer.Option(
            "--echanges",
            help="Écrire aussi les fichiers d'échange qui vont avec les DSN.",
        ),
    ] = False,
    attendu: Annotated[
        bool, typer.Option("--attendu", help="Écrire aussi attendus.csv, les bases à appeler.")
    ] = False,
) -> None:
    """Écrit un portefeuille synthétique : registre, dépôts, manifeste."""
    from sample_files.generateur.portefeuille import Parametres

    try:
        parametres = Parametres(
            adherents=adherents,
            salaries=salaries,
            mois=_parse_mois(mois),
            graine=graine,
            part_fautes=part_fautes,
            essai=essai,
            echanges=echanges,
        )
    except ValueError as refus:
        typer.echo(f"Demande refusée : {refus}.", err=True)
        raise typer.Exit(REFUS) from None
    _write_portefeuille(parametres, sortie, attendu=attendu)


def _parse_mois(texte: str) -> tuple[Mois, ...]:
    """Months of `DEBUT,FIN`, both included; ValueError when they can't be read or generated."""
    from sample_files.generateur.ecriture import version_of
    from specs.periodes import Mois

    premier, _, dernier = texte.partition(",")
    mois = Mois.range(Mois.parse(premier), Mois.parse(dernier or premier))
    for courant in mois:
        version_of(courant)
    return mois


def _write_portefeuille(parametres: Parametres, sortie: Path, *, attendu: bool) -> None:
    from sample_files.generateur.portefeuille import Temoin, generate_portefeuille, observe

    sortie.mkdir(parents=True, exist_ok=True)
    _write_registre(parametres, sortie)
    temoin, bilan = Temoin(), Counter[str]()
    fichiers = observe(generate_portefeuille(parametres), temoin)
    lignes = (_deposit(fichier, sortie, bilan) for fichier in fichiers)
    write_csv(sortie / "manifeste.csv", MANIFESTE, lignes)
    if attendu:
        write_csv(sortie / "attendus.csv", ATTENDUS, temoin.sums())
    typer.echo(
        f"{bilan['fichiers']} fichiers dont {bilan['fautifs']} fautifs, {bilan['lignes']} lignes, "
        f"{bilan['octets'] // 1_000_000} Mo, pour {parametres.adherents} adhérents "
        f"et {len(parametres.mois)} mois, dans « {sortie} »."
    )


def _deposit(fichier: Fichier, sortie: Path, bilan: Counter[str]) -> tuple[object, ...]:
    """Write one file in the folder of its company; its line of the manifest."""
    chemin = Path("depots") / fichier.adherent / fichier.nom
    (sortie / chemin).parent.mkdir(parents=True, exist_ok=True)
    (sortie / chemin).write_bytes(fichier.octets)
    bilan["fichiers"] += 1
    bilan["fautifs"] += bool(fichier.faute)
    bilan["octets"] += len(fichier.octets)
    bilan["lignes"] += fichier.octets.count(b"\n")
    return (
        chemin.as_posix(),
        fichier.adherent,
        fichier.siret,
        fichier.mois,
        fichier.type,
        "oui" if fichier.essai else "non",
        fichier.faute,
        fichier.code_attendu,
    )


def _write_registre(parametres: Parametres, sortie: Path) -> None:
    from sample_files.generateur.portefeuille import generate_entreprises
    from sample_files.generateur.registre import draw_profil, render_registre

    lignes = (
        (e.numero_adherent, e.siren, e.raison_sociale, lieu.cdg, lieu.siret, DEBUT_REGISTRE, "")
        for e in generate_entreprises(parametres)
        for lieu in e.etablissements
    )
    write_csv(sortie / "registre.csv", REGISTRE, lignes)
    (sortie / "registre.yaml").write_bytes(
        render_registre(
            (e, draw_profil(parametres.graine, e)) for e in generate_entreprises(parametres)
        )
    )


def write_csv(chemin: Path, colonnes: Sequence[str], lignes: Iterable[Sequence[object]]) -> None:
    """UTF-8, `;` between columns, a line end of one character."""
    with chemin.open("w", encoding="utf-8", newline="") as fichier:
        ecrivain = csv.writer(fichier, delimiter=";", lineterminator="\n")
        ecrivain.writerow(colonnes)
        ecrivain.writerows(lignes)
