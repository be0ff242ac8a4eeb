"""The YAML form of an import: a section a table, a list of rows in each.

    mandats:
      - {rum: CNETP-C900101-001, siren: 999090012, cdg: C900101, compte: CB-0001, ...}

Values are read as they are written (`004217` keeps its zeros); a value left empty, `null` or `~`
is none, unless it is quoted.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from specs.registre import read_tables
from warehouse.registre.entrees import Entree, Erreur, Lecture, Lieu, format_nom

LECTEUR = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
AUCUNE = frozenset({"", "~", "null"})
DEBUT = Lieu(0, "le fichier")
PROFONDEUR = 3  # sections, rows, columns


def parse_yaml(contenu: bytes) -> Lecture:
    """Rows of every section, in the order of the file."""
    try:
        texte = contenu.decode("utf-8-sig")
        racine = None if _is_emboite(texte) else yaml.compose(texte, LECTEUR)
    except UnicodeDecodeError:
        return Lecture([], [Erreur(DEBUT, "il n'est pas en UTF-8")])
    except yaml.MarkedYAMLError as erreur:
        # The library's own message quotes the file, which may hold an IBAN.
        rang = erreur.problem_mark.line + 1 if erreur.problem_mark else 1
        return Lecture([], [Erreur(Lieu(rang, f"ligne {rang}"), "le YAML est mal formé ici")])
    except yaml.YAMLError:
        return Lecture([], [Erreur(DEBUT, "ce YAML contient un caractère interdit")])
    if not isinstance(racine, yaml.MappingNode):
        return Lecture([], [Erreur(DEBUT, f"sections attendues : {', '.join(read_tables())}")])
    lues = list(_read_sections(racine))
    return Lecture(
        [lue for lue in lues if isinstance(lue, Entree)],
        [lue for lue in lues if isinstance(lue, Erreur)],
    )


def _is_emboite(texte: str) -> bool:
    """Whether lists hold lists beyond any use: composing them could exhaust the stack."""
    profondeur = 0
    for evenement in yaml.parse(texte, LECTEUR):
        profondeur += isinstance(evenement, yaml.CollectionStartEvent)
        profondeur -= isinstance(evenement, yaml.CollectionEndEvent)
        if profondeur > PROFONDEUR + 1:
            return True
    return False


def _read_sections(racine: yaml.MappingNode) -> Iterator[Entree | Erreur]:
    vues: set[str] = set()
    for cle, valeur in racine.value:
        section, lieu = _texte(cle) or "", _lieu(cle)
        if section not in read_tables():
            yield Erreur(lieu, f"section inconnue ; sections : {', '.join(read_tables())}")
        elif section in vues:
            yield Erreur(lieu, f"la section {section} est répétée")
        elif isinstance(valeur, yaml.SequenceNode):
            for rang, noeud in enumerate(valeur.value, start=1):
                yield from _read_entree(section, rang, noeud)
        elif _texte(valeur) is not None or not isinstance(valeur, yaml.ScalarNode):
            yield Erreur(lieu, f"{section} : une liste de lignes est attendue")
        vues.add(section)


def _read_entree(section: str, rang: int, noeud: yaml.Node) -> Iterator[Entree | Erreur]:
    ligne = noeud.start_mark.line + 1
    lieu = Lieu(ligne, f"{section}, rang {rang} (ligne {ligne})")
    if not isinstance(noeud, yaml.MappingNode):
        yield Erreur(lieu, "des couples « colonne: valeur » sont attendus")
        return
    textes: dict[str, str | None] = {}
    for cle, valeur in noeud.value:
        nom = _texte(cle) or ""
        if nom not in read_tables()[section].champs:
            colonnes = ", ".join(read_tables()[section].champs)
            yield Erreur(lieu, f"colonne inconnue{format_nom(nom)} ; colonnes : {colonnes}")
        elif nom in textes:
            yield Erreur(lieu, f"{nom} : donné deux fois")
        elif not isinstance(valeur, yaml.ScalarNode):
            yield Erreur(lieu, f"{nom} : une seule valeur est attendue")
        else:
            textes[nom] = _texte(valeur)
    yield Entree(section, lieu, textes)


def _lieu(noeud: yaml.Node) -> Lieu:
    rang = noeud.start_mark.line + 1
    return Lieu(rang, f"ligne {rang}")


def _texte(noeud: yaml.Node) -> str | None:
    """The text of a scalar; None for one that says nothing, or for what is not a scalar."""
    if not isinstance(noeud, yaml.ScalarNode):
        return None
    texte = str(noeud.value).strip()
    return None if not noeud.style and texte in AUCUNE else texte or None
