"""What a request would change of the registry: the file of its import, and its judgement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import chain

from sqlalchemy import Connection

from specs.contrats import codes_of
from specs.espace.actes import Acte
from specs.fichiers import render_yaml
from specs.registre import TableRegistre, read_tables
from warehouse.demandes.journal import DemandeImpossible
from warehouse.instants import paris_day
from warehouse.registre.choisies import read_choisies, read_en_cours
from warehouse.registre.constats import is_before
from warehouse.registre.etat import read_rangees_de, sql_table
from warehouse.registre.formes import format_valeur
from warehouse.registre.jugement import YAML, Jugement, judge_import
from warehouse.tables_registre import CONVENTIONS

(ANET,) = codes_of("conventions", "nature", "ANET")
UN_JOUR = timedelta(days=1)
MOTIF = "demande {} de l'espace : {}"
Textes = Mapping[str, str | None]


def judge_inscription(
    c: Connection, acte: Acte, siren: str, utilisateur: str, textes: Textes, instant: str
) -> Jugement:
    """What a request would change now, and nothing of another company; its errors in French.

    DemandeImpossible when what it needs is not in the registry.
    """
    contenu = render_inscription(c, acte, siren, utilisateur, textes, paris_day(instant))
    acte_signe = {"auteur": utilisateur, "motif": MOTIF.format("", acte.titre), "instant": instant}
    return judge_import(c, contenu, **acte_signe, forme=YAML, siren=siren)


def list_inscrites(
    c: Connection, acte: Acte, siren: str, utilisateur: str, jour: date
) -> list[dict[str, str]]:
    """Rows of the company that an act changes, as texts, by key: those that hold or will.

    Those that are its user's alone, when the act is; none of what it can't be asked for.
    """
    table = read_tables()[acte.table]
    try:
        donnes = {n: _find_donne(c, q, siren, utilisateur, jour) for n, q in acte.donnes.items()}
    except DemandeImpossible:
        return []
    choix = {nom: set(valeurs) for nom, valeurs in acte.choix.items()}
    return [
        {nom: format_valeur(valeur) for nom, valeur in rangee.items()}
        for _, rangee in sorted(read_rangees_de(c, table, siren).items(), key=str)
        if all(rangee[nom] == valeur for nom, valeur in donnes.items() if nom in table.cle)
        and all(rangee[nom] in valeurs for nom, valeurs in choix.items())
        and not is_before(rangee.get("fin"), jour)
    ]


def check_debut(acte: Acte, textes: Textes, jour: date) -> None:
    """DemandeImpossible when its first day is past, of an act that changes what comes."""
    debut = textes.get("debut")
    if acte.a_venir and debut is not None and debut < jour.isoformat():
        raise DemandeImpossible(f"Premier jour : à partir du {jour:%d/%m/%Y}.")


def render_inscription(
    c: Connection, acte: Acte, siren: str, utilisateur: str, textes: Textes, jour: date
) -> bytes:
    """The file of the import: the row that is asked for, the periods beside it ended or begun."""
    table = read_tables()[acte.table]
    donnes = {
        nom: _find_donne(c, quoi, siren, utilisateur, jour) for nom, quoi in acte.donnes.items()
    }
    rangee = {**donnes, **textes}
    voisines = _settle_periodes(c, acte, rangee) if table.periodes else iter(())
    return render_yaml({table.nom: list(chain(voisines, [rangee]))}).encode()


def _find_donne(c: Connection, quoi: str, siren: str, utilisateur: str, jour: date) -> str:
    """What is not typed; nothing of another company can be named."""
    if quoi == "siren":
        return siren
    if quoi == "utilisateur":
        siens = read_choisies(c, sql_table("utilisateurs"), "utilisateur", {utilisateur}, "siren")
        if siren not in {sien["siren"] for sien in siens}:
            raise DemandeImpossible("Vous n'êtes pas un utilisateur de cette entreprise.")
        return utilisateur
    tenues = read_en_cours(c, CONVENTIONS, "siren", siren, jour, "nature", "convention")
    numero = next((str(v["convention"]) for v in tenues if v["nature"] == ANET), None)
    if numero is None:
        raise DemandeImpossible("L'entreprise n'a pas de convention ANET en cours.")
    return numero


def _settle_periodes(c: Connection, acte: Acte, rangee: dict[str, str | None]) -> Iterator[Textes]:
    """The row in force ends the day before the new one, which ends before the next one begins."""
    table, debut = read_tables()[acte.table], rangee.get("debut") or ""
    cle = table.periodes[0]
    lues = read_choisies(c, sql_table(table.nom), cle, {str(rangee[cle])}, *table.propres)
    for lue in lues:
        ligne = {nom: format_valeur(valeur) for nom, valeur in lue.items()}
        if any(ligne[nom] != _written(table, rangee, nom) for nom in table.periodes):
            continue
        if ligne["debut"] > debut:
            fin = (date.fromisoformat(ligne["debut"]) - UN_JOUR).isoformat()
            rangee["fin"] = min(fin, rangee.get("fin") or fin)
        elif (ligne["debut"] < debut or acte.deja) and (not ligne["fin"] or ligne["fin"] >= debut):
            if acte.deja:
                raise DemandeImpossible(acte.deja)
            close = (date.fromisoformat(debut) - UN_JOUR).isoformat()
            yield {nom: ligne[nom] for nom in table.cle} | {"fin": close}


def _written(table: TableRegistre, rangee: Textes, nom: str) -> str | None:
    return rangee.get(nom) or table.champs[nom].defaut
