"""Acts of the operators, as their desk writes them: the ways that exist, each asked by its words.

    objet, agit = compose(maison, METIERS, {"genre": "annulation", "decision": 3}, acteur, instant)
    with maison.moteur.begin() as connexion:
        agit(maison, connexion)  # « Décision 4 enregistrée... »

A decision, a decision gone back on, an establishment imported into the registry, a request of
reprocessing, what is answered to it: nothing else changes from the desk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias

import polars as pl
from sqlalchemy import Connection

from pipelines.metier import Metier, list_natures
from pipelines.nuit.reserves.decisions import DE_DEPOT
from pipelines.reglements.affectations import Demande, compose_decision
from pipelines.reglements.regles.affectations import NATURES as DE_MOUVEMENT
from pipelines.retraitement.annulations import annul, describe_decision
from pipelines.retraitement.decisions import Acteur, approve_in, refuse_in
from specs.contrats import columns_of
from specs.fichiers import render_yaml
from warehouse.decisions import DecisionRefusee, record_decision
from warehouse.instants import paris_day
from warehouse.maison import Maison
from warehouse.registre import YAML, find_siren, import_registre
from warehouse.retraitements import find_demande

Acte: TypeAlias = Mapping[str, Any]
# What is done in the base of a house, in a transaction; it says what was done.
Agit: TypeAlias = Callable[[Maison, Connection], str]
Compose: TypeAlias = Callable[[Maison, Sequence[Metier], Acte, Acteur, str], tuple[str, Agit]]
# What records an answer in a transaction: the request, who answers, when.
Repond: TypeAlias = Callable[[Connection, int, Acteur, str], int]
SIREN = re.compile(r"[0-9]{9}")
LA_NUIT = "la prochaine nuit l'applique"


def compose(
    maison: Maison, metiers: Sequence[Metier], acte: Acte, acteur: Acteur, instant: str
) -> tuple[str, Agit]:
    """What an act is about, in French, and what does it; DecisionRefusee when it can't be.

    `acte`: its `genre`, then its words; `instant`: when it is signed (UTC, ISO).
    """
    return COMPOSENT[acte["genre"]](maison, metiers, acte, acteur, instant)


def check_appels(maison: Maison, siren: str | None, appels: Sequence[str]) -> None:
    """DecisionRefusee when a call that is named was not made, to this company."""
    siens = maison.lac.read("appels").filter(pl.col("siren") == siren).collect()
    inconnus = [appel for appel in appels if appel not in set(siens["appel"])]
    if inconnus:
        noms = ", ".join(inconnus)
        raise DecisionRefusee([f"appel inconnu de ce SIREN : {noms} (voir caisse appels)"])


def find_membre(maison: Maison, adherent: str | None) -> str | None:
    """The SIREN of a member by its number, or itself; DecisionRefusee when nobody has it."""
    if not adherent:
        return None
    with maison.moteur.connect() as connexion:
        siren = find_siren(connexion, adherent)
    if siren is None and not SIREN.fullmatch(adherent):
        raise DecisionRefusee([f"adhérent inconnu du registre : « {adherent[:20]} »"])
    return siren or adherent


def _compose_decision(
    maison: Maison, metiers: Sequence[Metier], acte: Acte, acteur: Acteur, instant: str
) -> tuple[str, Agit]:
    nature = list_natures(metiers)[acte["nature"]]
    valeurs = _find_valeurs(maison, acte)

    def agit(_maison: Maison, connexion: Connection) -> str:
        numero = record_decision(
            connexion,
            nature=nature,
            date_effet=paris_day(instant),
            auteur=acteur.auteur,
            motif=acteur.motif,
            instant=instant,
            **valeurs,
        )
        return f"Décision {numero} enregistrée : {LA_NUIT}."

    return f"{nature.titre} : {_describe(acte)}", agit


def _describe(acte: Acte) -> str:
    """The words of an act, in their order."""
    mots = (valeur for nom, valeur in acte.items() if nom not in {"genre", "nature"})
    return ", ".join(str(mot) for mot in mots if mot)


def _find_valeurs(maison: Maison, acte: Acte) -> dict[str, Any]:
    """Arguments of `record_decision`: siren, cdg, appel, montant_centimes, contenu."""
    if acte["nature"] in DE_DEPOT:
        return {"siren": None, "contenu": {"depot": acte["depot"]}}
    siren = find_membre(maison, acte.get("adherent"))
    if acte["nature"] in DE_MOUVEMENT:
        lieu = {nom: acte.get(nom) or None for nom in ("cdg", "appel", "mois")}
        return compose_decision(maison, Demande(acte["nature"], acte["mouvement"], siren, **lieu))
    appel, attestation = acte.get("appel") or None, acte.get("attestation") or None
    check_appels(maison, siren, [appel] if appel else [])
    return {
        "siren": siren,
        "cdg": acte.get("cdg") or None,
        "appel": appel,
        "montant_centimes": acte.get("montant_centimes"),
        "contenu": {"attestation": attestation} if attestation else {},
    }


def _compose_annulation(
    maison: Maison, _metiers: Sequence[Metier], acte: Acte, acteur: Acteur, instant: str
) -> tuple[str, Agit]:
    numero = acte["decision"]
    with maison.moteur.connect() as connexion:
        objet = f"annuler la {describe_decision(connexion, numero)}"

    def agit(_maison: Maison, connexion: Connection) -> str:
        faite = annul(connexion, numero, acteur.auteur, acteur.motif, instant)
        return f"Décision {faite} enregistrée : elle annule la décision {numero} ; {LA_NUIT}."

    return objet, agit


def _compose_inscription(
    _maison: Maison, _metiers: Sequence[Metier], acte: Acte, acteur: Acteur, instant: str
) -> tuple[str, Agit]:
    """An establishment, as a line of an import of the registry; it must name its centre."""
    ligne = acte["ligne"]
    colonnes = {*columns_of("etablissements"), "deposant"}
    if not ligne.get("cdg") or not set(ligne) <= colonnes:
        raise DecisionRefusee(["un établissement s'inscrit avec son centre de gestion"])
    contenu = render_yaml({"etablissements": [ligne]}).encode()

    def agit(maison: Maison, connexion: Connection) -> str:
        bilan = import_registre(
            connexion,
            contenu,
            archive=maison.archive,
            auteur=acteur.auteur,
            motif=acteur.motif,
            instant=instant,
            forme=YAML,
        )
        if bilan.erreurs:
            raise DecisionRefusee(bilan.erreurs)
        if not bilan.changements:
            return "Le registre le disait déjà : rien ne change."
        return (
            f"Établissement {ligne['siret']} inscrit au centre {ligne['cdg']} : la prochaine nuit"
            " reprend ses déclarations."
        )

    return f"inscrire l'établissement {ligne['siret']} au centre {ligne['cdg']}", agit


def _compose_reponse(verbe: str, repond: Repond, suite: str) -> Compose:
    """The answer to a request of reprocessing: `repond` records it, `suite` says what follows."""

    def compose_reponse(
        maison: Maison, _metiers: Sequence[Metier], acte: Acte, acteur: Acteur, instant: str
    ) -> tuple[str, Agit]:
        numero = acte["demande"]

        def agit(_maison: Maison, connexion: Connection) -> str:
            repond(connexion, numero, acteur, instant)
            return f"Demande {numero} {suite}"

        return _describe_demande(maison, verbe, numero), agit

    return compose_reponse


def _describe_demande(maison: Maison, verbe: str, numero: int) -> str:
    with maison.moteur.connect() as connexion:
        return f"{verbe} la demande {numero} : {find_demande(connexion, numero).objet}"


COMPOSENT: Mapping[str, Compose] = MappingProxyType(
    {
        "decision": _compose_decision,
        "annulation": _compose_annulation,
        "inscription": _compose_inscription,
        "accord": _compose_reponse(
            "approuver", approve_in, "approuvée ; la prochaine nuit en publie l'effet."
        ),
        "refus": _compose_reponse("refuser", refuse_in, "refusée ; rien ne change."),
    }
)
