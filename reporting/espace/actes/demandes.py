"""The requests of a company as its users read them: what each says, what it would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from reporting.espace.droits import Acces
from reporting.valeurs import write_intitule
from specs.contrats import Colonne, read_contrat
from specs.espace.actes import Acte
from specs.registre import read_tables
from specs.typographie import format_jour, format_mois
from warehouse.archive import Archive
from warehouse.demandes.inscriptions import judge_inscription
from warehouse.demandes.journal import (
    Demande,
    DemandeImpossible,
    Lignes,
    list_demandes,
    read_lignes,
)
from warehouse.registre.formes import format_valeur
from warehouse.registre.jugement import Changement
from warehouse.registre.masques import MASQUES

PASSEES = 20
PLUS_GARDE = "Ce qui était demandé n'est plus gardé."
RIEN = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that changes: of which row, which column, before and after, in French."""

    objet: str
    titre: str
    avant: str
    apres: str


@dataclass(frozen=True, slots=True)
class Suivie:
    """A request, what it says, what it would change now, what stands in its way."""

    demande: Demande
    dit: Sequence[tuple[str, str]]
    differences: Sequence[Difference] = ()
    obstacles: Sequence[str] = ()


def read_demandes(
    c: Connection, archive: Archive, acces: Acces, instant: str
) -> tuple[list[Suivie], list[Suivie]]:
    """Those that wait, then the last others: of the user; of all, for who has every right."""
    siennes = [
        d
        for d in list_demandes(c, siren=acces.siren)
        if d.utilisateur == acces.utilisateur or (acces.entier and not acces.mandataire)
    ]
    attendent = [_follow(c, archive, d, instant) for d in siennes if d.attend]
    passees = [Suivie(d, _say(archive, d)) for d in siennes if not d.attend]
    return attendent, passees[-PASSEES:][::-1]


def _follow(c: Connection, archive: Archive, demande: Demande, instant: str) -> Suivie:
    dit = _say(archive, demande)
    if not demande.acte.table:
        return Suivie(demande, dit)
    (_, textes), *_ = read_lignes(archive, demande)
    differences, obstacles = list_differences(
        c, demande.acte, demande.siren, demande.utilisateur, textes, instant
    )
    return Suivie(demande, dit, differences, obstacles)


def _say(archive: Archive, demande: Demande) -> list[tuple[str, str]]:
    try:
        return list(describe_lignes(demande.acte, read_lignes(archive, demande)))
    except FileNotFoundError:
        return [(PLUS_GARDE, "")]


def list_differences(
    c: Connection, acte: Acte, siren: str, utilisateur: str, textes: Mapping[str, str | None],
    instant: str,
) -> tuple[list[Difference], Sequence[str]]:  # fmt: skip
    """What a request would change of the registry now, and why it can't, in French."""
    try:
        bilan = judge_inscription(c, acte, siren, utilisateur, textes, instant)
    except DemandeImpossible as refus:
        return [], refus.messages
    return [d for x in bilan.changements for d in _spell(x)], [
        erreur.partition(" : ")[2] for erreur in bilan.erreurs
    ]


def describe_lignes(acte: Acte, lignes: Lignes) -> Iterator[tuple[str, str]]:
    """Title and text of each value that is asked for; what is personal is masked."""
    for _, valeurs in lignes:
        for nom, valeur in valeurs.items():
            if valeur is not None:
                titre = acte.titres.get(nom) or _title(acte.table, nom)
                yield write_intitule(titre), _write(acte.table, nom, valeur)


def _spell(changement: Changement) -> Iterator[Difference]:
    """The columns of a row that change; its key names it."""
    table, cle = read_tables()[changement.table], changement.cle
    noms = [nom for nom in table.cle if nom not in ("siren", "utilisateur", "convention")]
    dites = dict(zip(table.cle, cle, strict=True))
    objet = ", ".join(_write(table.nom, nom, dites[nom]) for nom in noms)
    for nom, apres in changement.apres.items():
        if changement.avant is None and (nom in table.cle or apres is None):
            continue
        avant = None if changement.avant is None else changement.avant[nom]
        titre = write_intitule(_title(table.nom, nom))
        ecrits = (_write(table.nom, nom, v) for v in (avant, apres))
        yield Difference(objet[:1].upper() + objet[1:], titre, *ecrits)


def _title(table: str, nom: str) -> str:
    return _column(table, nom).titre


def _column(table: str, nom: str) -> Colonne:
    champ = read_tables()[table].champs[nom]
    colonnes = {c.nom: c for c in read_contrat(table).colonnes}
    return colonnes[champ.remplace or nom]


def _write(table: str, nom: str, valeur: object) -> str:
    """A value in French: the meaning of a code, a day, a month."""
    if valeur is None:
        return RIEN
    texte, colonne = format_valeur(valeur), _column(table, nom)  # type: ignore[arg-type]
    if nom in MASQUES:
        return MASQUES[nom](texte)
    if colonne.type == "date":
        return format_jour(date.fromisoformat(texte))
    if colonne.type == "mois":
        return format_mois(texte)
    return str(colonne.valeurs.get(texte, texte))
