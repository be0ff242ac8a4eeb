"""The requests of a company as its users read them: what each says, what it would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from reporting.espace.droits import Acces
from reporting.espace.informations import find_taux
from reporting.valeurs import write_intitule
from specs.baremes import read_baremes
from specs.contrats import Colonne, read_contrat
from specs.espace.actes import Acte
from specs.registre import read_tables
from specs.typographie import format_jour, format_mois, format_taux
from warehouse.archive import Archive
from warehouse.demandes.inscriptions import judge_inscription
from warehouse.demandes.journal import (
    Demande,
    DemandeImpossible,
    Lignes,
    list_demandes,
    read_lignes,
)
from warehouse.registre.formes import Valeur, format_valeur
from warehouse.registre.jugement import Changement, Jugement
from warehouse.registre.lignes import Cle
from warehouse.registre.masques import MASQUES

PASSEES = 20
PLUS_GARDE = "Ce qui était demandé n'est plus gardé."
RIEN = "–"
TAUX = "Taux de la cotisation attendue"
TUES = ("siren", "utilisateur", "convention")  # what a company knows of itself


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
        jugement = judge_inscription(c, acte, siren, utilisateur, textes, instant)
    except DemandeImpossible as refus:
        return [], refus.messages
    obstacles = [erreur.partition(" : ")[2] for erreur in jugement.bilan.erreurs]
    differences = [*_spell_all(jugement), *_tell_taux(acte, jugement)]
    return differences, obstacles


def describe_inscrites(
    acte: Acte, inscrites: Sequence[Mapping[str, str]]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Titles and texts of what the registry says of what an act changes."""
    table = read_tables()[acte.table]
    periode = [nom for nom in ("debut", "fin") if nom in table.propres]
    noms = [nom for nom in acte.champs[""] if nom not in periode] + periode
    titres = [write_intitule(_title(table.nom, nom)) for nom in noms]
    return titres, [
        [_write(table.nom, nom, ligne[nom] or None) for nom in noms] for ligne in inscrites
    ]


def describe_lignes(acte: Acte, lignes: Lignes) -> Iterator[tuple[str, str]]:
    """Title and text of each value that is asked for; what is personal is masked."""
    for _, valeurs in lignes:
        for nom, valeur in valeurs.items():
            if valeur is not None:
                titre = acte.titres.get(nom) or _title(acte.table, nom)
                yield write_intitule(titre), _write(acte.table, nom, valeur)


def _spell_all(jugement: Jugement) -> Iterator[Difference]:
    """What changes; a period that takes the place of another is told by what differs from it."""
    closes: set[tuple[str, Cle]] = set()
    for x in jugement.bilan.changements:
        if x.avant is None:
            fermee = _find_fermee(jugement, x)
            if fermee is not None:
                closes.add((x.table, fermee))
            avant = jugement.voulu[x.table].get(fermee) if fermee else None
            yield from _spell(x, avant or {})
    for x in jugement.bilan.changements:
        if x.avant is not None and (x.table, x.cle) not in closes:
            yield from _spell(x, x.avant)


def _tell_taux(acte: Acte, jugement: Jugement) -> Iterator[Difference]:
    """The rate that a value which changes means, before and after, on its first day."""
    for x in jugement.bilan.changements:
        debut, fermee = x.apres.get("debut"), _find_fermee(jugement, x)
        if fermee is None or not isinstance(debut, date):
            continue
        for nom, codes in acte.cotisations.items():
            valeurs = jugement.voulu[x.table][fermee][nom], x.apres[nom]
            taux = [find_taux(read_baremes()[codes[str(v)]], debut) for v in valeurs]
            avant, apres = (f"{format_taux(t.taux_ppm)}, {t.libelle}" if t else RIEN for t in taux)
            if avant != apres:
                yield Difference(_name(x), TAUX, avant, apres)


def _find_fermee(jugement: Jugement, ajout: Changement) -> Cle | None:
    """Key of the row that ends the day before a new one begins; None when there is none."""
    periodes = read_tables()[ajout.table].periodes
    debut = ajout.apres.get("debut")
    if not periodes or not isinstance(debut, date):
        return None
    veille = debut - timedelta(days=1)
    return next(
        (
            cle
            for cle, rangee in jugement.voulu[ajout.table].items()
            if rangee["fin"] == veille and all(rangee[n] == ajout.apres[n] for n in periodes)
        ),
        None,
    )


def _spell(changement: Changement, avant: Mapping[str, Valeur]) -> Iterator[Difference]:
    """The columns of a row that change; its key names it."""
    table = read_tables()[changement.table]
    objet = _name(changement)
    for nom, apres in changement.apres.items():
        ajoutee = changement.avant is None
        if ajoutee and (nom in table.cle or apres in (None, table.champs[nom].defaut)):
            continue
        titre = write_intitule(_title(table.nom, nom))
        ecrits = [_write(table.nom, nom, v) for v in (avant.get(nom), apres)]
        if ecrits[0] != ecrits[1]:
            yield Difference(objet, titre, *ecrits)


def _name(changement: Changement) -> str:
    """A row by its key: its codes in words, then its first day."""
    table = read_tables()[changement.table]
    dites = dict(zip(table.cle, changement.cle, strict=True))
    mots = [_write(table.nom, n, v) for n, v in dites.items() if n not in (*TUES, "debut")]
    if "debut" in dites:
        mots.append(f"à partir du {_write(table.nom, 'debut', dites['debut'])}")
    nom = ", ".join(mots)
    return nom[:1].upper() + nom[1:]


def _title(table: str, nom: str) -> str:
    return _column(table, nom).titre


def _column(table: str, nom: str) -> Colonne:
    champ = read_tables()[table].champs[nom]
    colonnes = {c.nom: c for c in read_contrat(table).colonnes}
    return colonnes[champ.remplace or nom]


def _write(table: str, nom: str, valeur: Valeur) -> str:
    """A value in French: the meaning of a code, a day, a month."""
    if valeur is None:
        return RIEN
    texte, colonne = format_valeur(valeur), _column(table, nom)
    if nom in MASQUES:
        return MASQUES[nom](texte)
    if colonne.type == "date":
        return format_jour(date.fromisoformat(texte))
    if colonne.type == "mois":
        return format_mois(texte)
    return str(colonne.valeurs.get(texte, texte))
