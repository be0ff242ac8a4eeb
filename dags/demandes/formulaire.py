"""The form of a reprocessing: what an operator fills in before a run starts."""

from __future__ import annotations

from airflow.sdk import Param

EXPLICATION = """
Montre ce que changeraient des dépôts **contrôlés de nouveau** ou **retirés**, puis attend qu'une
**autre personne** approuve ou refuse (*Required Actions*). Rien n'est publié avant : la nuit qui
suit l'accord publie la différence. Les champs qui désignent les dépôts se cumulent. Ni NIR, ni nom,
ni IBAN dans un champ.
"""
SANS_NIR = r"^(?!.*\d(\s?\d){12})"  # what is filled in stays in the base of the scheduler
VIDE_ADMIS = ["null", "string"]


def _ask_mot(titre: str, sens: str, forme: str = r"\S{1,40}$") -> Param:
    """A word of the scope, which may be left empty."""
    forme = SANS_NIR + forme
    return Param(None, type=VIDE_ADMIS, pattern=forme, title=titre, description=sens)


FORMULAIRE = {
    "acte": Param(
        "RECONTROLE",
        type="string",
        enum=["RECONTROLE", "RETRAIT"],
        values_display={"RECONTROLE": "contrôler de nouveau", "RETRAIT": "retirer"},
        title="Acte",
    ),
    "depot": _ask_mot("Dépôt", "Son numéro.", r"D\d+$"),
    "adherent": _ask_mot("Entreprise", "Numéro d'adhérent, ou SIREN."),
    "cdg": _ask_mot("Centre de gestion", "Son numéro."),
    "salarie": _ask_mot("Salarié", "Son pseudonyme (caisse salaries).", r"[0-9a-f]{32}$"),
    "matricule": _ask_mot("Matricule", "D'un salarié de l'entreprise.", r".{1,30}$"),
    "periode": _ask_mot("Période", "Mois AAAA-MM, année AAAA ou campagne AAAA-AA.", r"[\d-]+$"),
    "motif": Param(type="string", pattern=SANS_NIR + r".{1,500}$", title="Motif"),
    "date_arrete": Param(
        None,
        type=VIDE_ADMIS,
        format="date",
        title="Nuit essayée",
        description="Date d'arrêté ; aujourd'hui par défaut.",
    ),
}
