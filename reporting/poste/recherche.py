"""Who or what an identifier names, among all that is published: the tables that hold it.

    search(maison, "A80001")  # companies, and links to the lists that are about it

A NIR is looked for by its pseudonym, which alone is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlencode

import polars as pl

from reporting.lecture import scan_table
from specs.contrats import Lecteur, read_contrat
from warehouse.maison import Maison
from warehouse.pseudonymes import compute_pseudonyme

CLE_NIR = 13  # digits of a NIR without its key
# Of each identifier, the table that says whose it is, and the column that names it there.
IDENTIFIANTS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "une entreprise": (("adherents", "siren"), ("adherents", "numero_adherent")),
        "un établissement": (("etablissements", "siret"), ("declarations", "siret")),
        "un centre de gestion": (("centres_gestion", "cdg"),),
        "un dépôt": (("depots", "depot"), ("depots", "nom")),
        "un fichier remis": (("fichiers_emis", "nom"),),
        "un appel": (("appels", "appel"),),
        "un prélèvement": (("prelevements", "prelevement"),),
        "un virement de la caisse": (("reglements", "reglement"), ("reglements", "bout_en_bout")),
        "un encaissement": (("encaissements", "encaissement"),),
        "un mouvement en attente": (("encaissements_non_affectes", "mouvement"),),
        "un mandat": (("mandats", "rum"),),
        "un certificat": (("certificats", "certificat"),),
        "une attestation": (("attestations", "attestation"),),
        "une demande de congés": (("demandes_conges", "demande"),),
        "un décompte": (("decomptes", "decompte"),),
        "un salarié": (("salaries", "salarie"), ("salaries", "matricule")),
        "un utilisateur de l'espace": (("utilisateurs", "utilisateur"),),
    }
)
NOM = ("adherents", "raison_sociale")
TROUVES_MAX = 50


@dataclass(frozen=True, slots=True)
class Trouve:
    """What an identifier names: its kind, the address that shows it, who it is of."""

    genre: str
    adresse: str
    libelle: str


def search(maison: Maison, texte: str) -> list[Trouve]:
    """Everything that this text names exactly, and the companies whose name holds it."""
    cherche = texte.strip()
    if not cherche:
        return []
    trouves = [
        trouve
        for genre, places in IDENTIFIANTS.items()
        for table, colonne in places
        for trouve in _find(maison, genre, table, pl.col(colonne) == cherche, colonne)
    ]
    table, colonne = NOM
    tient = pl.col(colonne).str.to_lowercase().str.contains(cherche.casefold(), literal=True)
    trouves += _find(maison, "une entreprise", table, tient, "siren")
    return list(dict.fromkeys(trouves))[:TROUVES_MAX]


def name_salarie(maison: Maison, nir: str) -> str:
    """The pseudonym of a NIR, whose key is of no use."""
    return compute_pseudonyme(maison.cle_pseudonymes, "".join(nir.split())[:CLE_NIR])


def _find(maison: Maison, genre: str, table: str, tient: pl.Expr, colonne: str) -> Iterator[Trouve]:
    """Rows of a table, one an address."""
    vues = {c.nom for c in read_contrat(table).seen_by(Lecteur.EXPLOITANT).colonnes}
    if colonne not in vues:
        return
    lignes = scan_table(maison, table).filter(tient).head(TROUVES_MAX).collect()
    for ligne in lignes.iter_rows(named=True):
        yield Trouve(genre, *_address(table, colonne, ligne))


def _address(table: str, colonne: str, ligne: Mapping[str, object]) -> tuple[str, str]:
    """Where a row is shown, and what is said of it."""
    valeur = str(ligne[colonne])
    if table == "salaries":
        dit = f"matricule {ligne['matricule']} chez {ligne['siren']}"
        return f"/salarie/{ligne['salarie']}", dit
    if table == "depots":
        return f"/depot/{ligne['depot']}", f"{ligne['depot']} : {ligne['nom']}, {ligne['adherent']}"
    if table == "adherents":
        dit = f"{ligne['raison_sociale']}, SIREN {ligne['siren']}, {ligne['numero_adherent']}"
        return f"/entreprise/{ligne['siren']}", dit
    siren = ligne.get("siren") or ligne.get("adherent")
    dit = f"{valeur}, de {siren}" if siren and colonne != "siren" else valeur
    return f"/liste/{table}?{urlencode([('ou', f'{colonne}={valeur}')])}", dit
