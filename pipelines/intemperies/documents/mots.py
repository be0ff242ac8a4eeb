"""Words that the documents of bad weather put in place of codes."""

from __future__ import annotations

from specs.echanges.textes import read_valeurs
from specs.messages import read_message

NATURES = {
    "PROVISOIRE": "provisoire",
    "DEFINITIF": "définitif",
    "REVISION": "révision",
}
ETATS = {
    "ACCEPTEE": ("Déclaration prise en compte", "vert"),
    "ACCEPTEE_RESERVE": ("Déclaration prise en compte, avec une réserve", "vert"),
    "REFUSEE": ("Déclaration refusée", "rouge"),
    "HORS_DELAI": ("Déclaration reçue hors délai", "ambre"),
    "EN_ATTENTE": ("Déclaration en attente", "ambre"),
    "REMPLACEE": ("Déclaration retirée par un remplacement", "rouge"),
    "ANNULEE": ("Déclaration annulée", "rouge"),
}
SUITES = {
    "ACCEPTEE": "Les indemnités et les remboursements ci-dessous en découlent.",
    "ACCEPTEE_RESERVE": "Ce qui fait l'objet d'une réserve est dit jour par jour, plus bas.",
    "REFUSEE": "Rien n'est indemnisé ni remboursé au titre de cette déclaration.",
    "HORS_DELAI": "Les droits des salariés sont enregistrés, rien n'est remboursé à l'entreprise.",
    "EN_ATTENTE": "Elle sera traitée dès que ce qui manque sera connu.",
    "REMPLACEE": "Elle ne figure plus dans le fichier qui a remplacé le sien.",
    "ANNULEE": "Son fichier a été annulé : ce qui avait été remboursé est repris.",
}


def read_cause(code: str) -> str:
    """What a cause of stop is, in a word."""
    return read_valeurs("ARI", "30", "CAUSE").get(code, code)


def read_titre(code: str) -> str:
    """What an anomaly is, in a few words."""
    return read_message(code).titre
