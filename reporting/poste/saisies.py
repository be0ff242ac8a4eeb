"""An act as a form of the desk writes it: its kind, its words; nothing else is read.

parse_acte({"genre": "annulation", "decision": "3"})  # {'genre': 'annulation', 'decision': 3}
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from reporting.demande import DemandeRefusee
from reporting.espace.filtres import parse_centimes
from reporting.poste.operateur import is_nir
from specs.contrats import codes_of, columns_of

DE_DEPOT = codes_of("decisions", "nature", "MISE_A_L_ECART", "REPRISE_DEPOT")
DE_MOUVEMENT = codes_of(
    "decisions", "nature", "AFFECTATION", "HORS_CAISSE", "REVOCATION_AFFECTATION"
)
# Decisions about the account of a company, and what each needs beside it.
DE_COMPTE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    dict(
        zip(
            codes_of(
                "decisions",
                "nature",
                "AVOIR",
                "REMISE_MAJORATION",
                "SUSPENSION_PRELEVEMENT",
                "REVOCATION_ATTESTATION",
            ),
            (("cdg", "montant"), ("appel", "montant"), ("cdg",), ("attestation",)),
            strict=True,
        )
    )
)
DIRECTS = frozenset({"inscription", "accord", "refus"})  # and the urgent decisions
MOTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "annulation": ("decision",),
        "accord": ("demande",),
        "refus": ("demande",),
        "retraitement": (
            "acte", "depot", "adherent", "cdg", "salarie", "matricule", "periode",
        ),
        "inscription": (*columns_of("etablissements"), "deposant"),
    }
)  # fmt: skip
NUMEROS = frozenset({"decision", "demande"})
LONGUEUR_MAX = 200
SANS_MOTIF = "Le motif est obligatoire : il va à la piste d'audit, avec votre nom et l'heure."
MOTIF_NIR = "Un numéro de sécurité sociale ne s'écrit pas dans un motif, qui reste au journal."


def parse_acte(textes: Mapping[str, str]) -> dict[str, Any]:
    """The act that a form asks for; DemandeRefusee when it is none, or a word can't be read."""
    genre = textes.get("genre", "")
    if genre == "decision":
        return _parse_decision(textes)
    if genre not in MOTS:
        raise DemandeRefusee("Cet acte n'existe pas.")
    lus = {nom: _read(textes, nom) for nom in MOTS[genre]}
    if genre == "inscription":
        ligne = {nom: texte for nom, texte in lus.items() if texte}
        return {"genre": genre, "ligne": ligne}
    return {"genre": genre} | {
        nom: _parse_numero(texte) if nom in NUMEROS else texte for nom, texte in lus.items()
    }


def parse_motif(textes: Mapping[str, str]) -> str:
    """Why; DemandeRefusee without it, or when it tells a NIR."""
    motif = " ".join(textes.get("motif", "").split())
    if not motif:
        raise DemandeRefusee(SANS_MOTIF)
    chiffres = "".join(signe for signe in motif if not signe.isspace())
    if any(is_nir(chiffres[debut : debut + 13]) for debut in range(len(chiffres) - 12)):
        raise DemandeRefusee(MOTIF_NIR)
    return motif[:LONGUEUR_MAX]


def is_direct(acte: Mapping[str, Any]) -> bool:
    """Whether an act may be done at once: its effect is known, or can't wait to be seen."""
    return acte["genre"] in DIRECTS or acte.get("nature") in (*DE_DEPOT, *DE_MOUVEMENT)


def _parse_decision(textes: Mapping[str, str]) -> dict[str, Any]:
    nature = textes.get("nature", "")
    if nature in DE_DEPOT:
        return {"genre": "decision", "nature": nature, "depot": _read(textes, "depot")}
    if nature in DE_MOUVEMENT:
        return {"genre": "decision", "nature": nature, **_parse_mouvement(textes)}
    if nature not in DE_COMPTE:
        raise DemandeRefusee("Cette décision ne se prend pas ici : voir caisse decider --help.")
    noms = ("adherent", *(nom for nom in DE_COMPTE[nature] if nom != "montant"))
    lue: dict[str, Any] = {nom: _read(textes, nom) for nom in noms}
    if "montant" in DE_COMPTE[nature]:
        lue["montant_centimes"] = parse_centimes(_read(textes, "montant"))
    return {"genre": "decision", "nature": nature} | lue


def _parse_mouvement(textes: Mapping[str, str]) -> dict[str, str]:
    """Whose a movement is said to be: who is typed, or the candidate that is chosen."""
    lus = {nom: _read(textes, nom) for nom in ("mouvement", "adherent", "cdg", "appel", "mois")}
    if not lus["adherent"]:
        choisi, _, appel = _read(textes, "choix").partition(" ")
        lus |= {"adherent": choisi, "appel": appel}
    return lus


def _read(textes: Mapping[str, str], nom: str) -> str:
    return textes.get(nom, "").strip()[:LONGUEUR_MAX]


def _parse_numero(texte: str) -> int:
    if not (texte.isascii() and texte.isdecimal() and len(texte) < len("1000000000")):
        raise DemandeRefusee(f"Numéro illisible : « {texte[:20]} ».")
    return int(texte)
