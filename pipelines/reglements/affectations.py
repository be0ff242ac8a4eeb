"""What an officer asks about a movement of the bank, checked and made into a decision.

compose_decision(maison, Demande("AFFECTATION", "D00000007-1", siren="800000010"))
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import polars as pl

from pipelines.reglements.decisions import read_decision_mouvement
from pipelines.reglements.regles.affectations import HORS_CAISSE, REVOCATION_AFFECTATION
from pipelines.reglements.regles.montants import with_amounts
from specs.typographie import format_euros
from warehouse.decisions import DecisionRefusee
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee

MOIS = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
# A receipt that a decision made is named after it: its movement is known by that name too.
IDENTIFIANT = re.compile(r"(.+?)-(\d{1,9})(?:-DEC-\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Demande:
    """What is asked: the movement, whose it is, the centre, call or month that it pays.

    `montant_centimes`, when given, is compared with the amount of the movement.
    """

    nature: str
    mouvement: str
    siren: str | None = None
    cdg: str | None = None
    appel: str | None = None
    mois: str | None = None
    montant_centimes: int | None = None


def compose_decision(maison: Maison, demande: Demande) -> dict[str, Any]:
    """Arguments of `record_decision`: siren, cdg, appel, contenu.

    Raises:
        DecisionRefusee: a movement unknown, already assigned or of another amount; an unknown call.
    """
    depot, rang = _parse_identifiant(demande.mouvement)
    mouvement = f"{depot}-{rang}"
    lieu = (demande.siren, demande.cdg, demande.appel, demande.mois)
    if demande.nature in {HORS_CAISSE, REVOCATION_AFFECTATION} and any(lieu):
        _refuse("aucun adhérent, centre de gestion, appel ni mois n'est attendu")
    if demande.nature == REVOCATION_AFFECTATION:
        return {"siren": _decided_for(maison, mouvement), "contenu": {"mouvement": mouvement}}
    centimes = _read_montant(maison, depot, rang)
    for raison in _why_not(maison, mouvement):
        _refuse(raison)
    if demande.montant_centimes not in {None, abs(centimes)}:
        _refuse(f"le mouvement {mouvement} est de {format_euros(centimes)}")
    contenu = {"mouvement": mouvement, "centimes": centimes}
    if demande.nature == HORS_CAISSE:
        return {"siren": None, "contenu": contenu}
    if demande.siren is None:
        _refuse("--adherent : obligatoire")
    return {"siren": demande.siren, "contenu": contenu, **_find_appel(maison, demande)}


def _parse_identifiant(texte: str) -> tuple[str, int]:
    lu = IDENTIFIANT.fullmatch(texte.strip())
    if lu is None:
        _refuse(
            f"mouvement « {texte[:30]} » : l'identifiant que donne caisse encaissements"
            " --en-attente est attendu, par exemple D00000007-1"
        )
    return lu[1], int(lu[2])


def _decided_for(maison: Maison, mouvement: str) -> str | None:
    """Whose the last decision said that the movement is."""
    with maison.moteur.connect() as connexion:
        derniere = read_decision_mouvement(connexion, mouvement)
    return derniere.siren if derniere else None


def _read_montant(maison: Maison, depot: str, rang: int) -> int:
    ici = (pl.col("depot") == depot) & (pl.col("rang") == rang)
    lus = maison.lac.read("mouvements_banque").filter(ici).collect()
    if lus.is_empty():
        _refuse(f"mouvement inconnu : {depot[:30]}-{rang} (voir caisse encaissements --en-attente)")
    return int(with_amounts(lus)["montant_centimes"][0])


def _why_not(maison: Maison, mouvement: str) -> Iterator[str]:
    """Why the movement is not the officer's to decide; what was decided is told when recorded."""
    recus = _published(
        maison,
        "encaissements",
        (pl.col("encaissement") == mouvement)
        | pl.col("encaissement").str.starts_with(f"{mouvement}-"),
    )
    for adherent, affectation in recus.select("adherent", "affectation").iter_rows():
        if affectation != "DECISION":
            yield f"le mouvement {mouvement} est déjà affecté à l'adhérent {adherent}"
    nomme = pl.format("{}-{}", "depot", "rang") == mouvement
    ecartes = _published(maison, "mouvements_ecartes", nomme)
    for motif, origine in ecartes.select("motif", "origine").iter_rows():
        if motif != HORS_CAISSE:
            yield f"le mouvement {mouvement} est écarté ({motif}, {origine})"
    attend = _published(maison, "encaissements_non_affectes", nomme)
    if recus.is_empty() and ecartes.is_empty() and attend.is_empty():
        yield f"le mouvement {mouvement} n'est pas encore rapproché : la prochaine nuit le fera"


def _published(maison: Maison, table: str, lignes: pl.Expr) -> pl.DataFrame:
    return read_table_publiee(maison, table).filter(lignes).collect()


def _find_appel(maison: Maison, demande: Demande) -> dict[str, str | None]:
    """The centre, and the call that is named or the only one of the month."""
    if demande.appel and demande.mois:
        _refuse("--appel ou --mois, pas les deux")
    if demande.mois and not MOIS.fullmatch(demande.mois):
        _refuse(f"mois « {demande.mois[:20]} » : AAAA-MM attendu")
    if not demande.appel and not demande.mois:
        return {"cdg": demande.cdg, "appel": None}
    appels = maison.lac.read("appels").filter(pl.col("siren") == demande.siren).collect()
    if demande.cdg:
        appels = appels.filter(pl.col("cdg") == demande.cdg)
    nomme = (
        pl.col("appel") == demande.appel if demande.appel else pl.col("mois_appel") == demande.mois
    )
    trouves = appels.filter(nomme).sort("appel")
    if len(trouves) > 1:
        noms = ", ".join(trouves["appel"])
        _refuse(f"plusieurs appels en {demande.mois} : {noms} ; en donner un avec --appel")
    if trouves.is_empty():
        quoi = (
            f"appel inconnu : {demande.appel}"
            if demande.appel
            else f"aucun appel en {demande.mois}"
        )
        _refuse(f"{quoi} pour cet adhérent (voir caisse appels)")
    return {"cdg": trouves["cdg"][0], "appel": trouves["appel"][0]}


def _refuse(raison: str) -> NoReturn:
    raise DecisionRefusee([raison])
