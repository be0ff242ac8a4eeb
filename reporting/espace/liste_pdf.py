"""A list as a PDF, drawn by the room of the documents: what it shows is written here, no more."""

from __future__ import annotations

import base64
from datetime import datetime

from reporting.demande import DemandeRefusee
from reporting.espace.droits import Acces
from reporting.espace.lecture import Demande, Liste
from reporting.guichet import ask_moteur, wait_reponse
from reporting.lecture import read_publication
from reporting.valeurs import is_nombre, write_cellules, write_intitule
from specs.espace import Table, read_regles
from specs.typographie import format_compte, format_date, format_entier, printable
from warehouse.acces.demandes import DESSIN, Contenu
from warehouse.maison import Maison

LARGEUR_MIN, LARGEUR_MAX = 6, 36  # of a column, in characters
PAS_PRET = "Le PDF se dessine encore : le demander de nouveau dans un instant."


def draw_liste(
    maison: Maison, acces: Acces, table: Table, demande: Demande, liste: Liste, maintenant: datetime
) -> bytes:
    """The file.

    Raises:
        DemandeRefusee: more rows than a PDF is read with, a drawing that is not there yet.
    """
    limite = read_regles().lignes_par_pdf
    if liste.nombre > limite:
        raise DemandeRefusee(
            f"Un PDF porte {format_entier(limite)} lignes au plus, cette liste en a"
            f" {format_entier(liste.nombre)} : chercher, filtrer, ou emporter le classeur."
        )
    contenu = _compose(maison, acces, table, demande, liste)
    empreinte = ask_moteur(maison, DESSIN, contenu, acces.utilisateur, maintenant)
    reponse = wait_reponse(maison, empreinte)
    if reponse is None or reponse.texte is None:
        raise DemandeRefusee(PAS_PRET)
    return base64.b64decode(reponse.texte)


def _compose(maison: Maison, acces: Acces, table: Table, demande: Demande, liste: Liste) -> Contenu:
    publication, colonnes = read_publication(maison), liste.contrat.colonnes
    lignes = [
        [printable(cellule.texte) for cellule in write_cellules(ligne, colonnes)]
        for ligne in liste.lignes.iter_rows(named=True)
    ]
    titres = [write_intitule(colonne.titre) for colonne in colonnes]
    arrete = f", situation au {format_date(publication.date_arrete)}" if publication else ""
    donnees = {
        "couche": True,  # the page lies on its side
        "titre": table.titre,
        "sous_titre": f"{printable(acces.raison_sociale)}, SIREN {acces.siren}{arrete}",
        "pied": f"Espace des adhérents, {format_compte(liste.nombre, 'ligne')}",
        "demande": _describe(demande, liste),
        "colonnes": [
            {
                "titre": titre,
                "nombre": is_nombre(colonne),
                "largeur": _measure([titre, *(ligne[rang] for ligne in lignes)]),
            }
            for rang, (titre, colonne) in enumerate(zip(titres, colonnes, strict=True))
        ],
        "lignes": lignes,
    }
    jour = publication.date_arrete.isoformat() if publication else "2026-01-01"
    return {"forme": "pdf", "contenu": {"gabarit": "liste", "donnees": donnees, "jour": jour}}


def _describe(demande: Demande, liste: Liste) -> str:
    """What was asked, in words."""
    filtres = [f"{nom} = {valeur or '(vide)'}" for nom, valeur in demande.filtres.items()]
    cherche = [f"« {demande.cherche} »"] if demande.cherche else []
    dits = printable(" ; ".join(cherche + filtres))
    return format_compte(liste.nombre, "ligne") + (f" : {dits}" if dits else "")


def _measure(textes: list[str]) -> int:
    """A width that the column deserves: that of its longest text, within bounds."""
    return min(LARGEUR_MAX, max(LARGEUR_MIN, *map(len, textes)))
