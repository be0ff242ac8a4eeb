"""What is held of one person: every row of every table that names him, his identity in clear.

The contracts say which columns name somebody (`pseudonyme`, `identite`): a table that a business
adds is told without a word here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Connection, select

from pipelines.donnees_personnelles.recherche import Personne
from specs.contrats import PLACES, Contrat, contrats, read_contrat
from warehouse.maison import Maison
from warehouse.tables_registre import DECISIONS
from warehouse.tables_sql import AUDIT, DEPOTS

PSEUDONYME = "pseudonyme"
ACTES = ("numero", "nature", "date_effet", "auteur", "motif", "instant", "contenu")


def compose_releve(maison: Maison, personne: Personne, jour: date) -> dict[str, Any]:
    """The statement, as JSON holds it: tables with the titles of their columns, deposits, acts.

    The lake is read as it stands, what is published and what is not.
    """
    tables = {nom: _read_table(maison, read_contrat(nom), personne) for nom in sorted(contrats())}
    dites = {nom: table for nom, table in tables.items() if table["lignes"]}
    depots = {
        ligne["depot"]
        for table in dites.values()
        for ligne in table["lignes"]
        if ligne.get("depot")
    }
    with maison.moteur.connect() as connexion:
        return {
            "etabli_le": jour.isoformat(),
            "personne": {"salarie": personne.salarie, "numeros": list(personne.numeros)},
            "tables": dites,
            "depots": list(_read_depots(connexion, depots)),
            "decisions": list(_read_decisions(connexion, personne)),
            "acces": list(_read_acces(connexion, personne)),
        }


def format_json(releve: Mapping[str, Any]) -> bytes:
    """The statement for a machine."""
    return json.dumps(releve, ensure_ascii=False, indent=1, default=str).encode()


def format_texte(releve: Mapping[str, Any]) -> bytes:
    """The statement to be read, in French."""
    return "\n".join(_render(releve)).encode() + b"\n"


def _read_table(maison: Maison, contrat: Contrat, personne: Personne) -> dict[str, Any]:
    nommantes = [c.nom for c in contrat.colonnes if c.classe == PSEUDONYME]
    montrees = [c for c in contrat.colonnes if c.nom not in PLACES]
    lignes: list[dict[str, Any]] = []
    if nommantes:
        siens = pl.col(nommantes).is_in([*personne.numeros, *personne.comptes])
        lues = maison.lac.read(contrat.nom).filter(pl.any_horizontal(siens))
        noms = [c.nom for c in montrees]
        lignes = lues.sort(contrat.cle).select(noms).collect().to_dicts()
    titres = {c.nom: c.titre for c in montrees}
    return {"titre": contrat.titre, "colonnes": titres, "lignes": lignes}


def _read_depots(c: Connection, depots: set[str]) -> Iterator[dict[str, Any]]:
    """The files that tell of him: by their number, as they tell of others too."""
    table = DEPOTS.c
    lus = select(table.depot, table.adherent, table.recu_le, table.sha256).order_by(table.numero)
    yield from (dict(lu) for lu in c.execute(lus).mappings() if lu["depot"] in depots)


def _read_decisions(c: Connection, personne: Personne) -> Iterator[dict[str, Any]]:
    siens = (*personne.numeros, *personne.comptes)
    lues = select(*(DECISIONS.c[nom] for nom in ACTES)).order_by(DECISIONS.c.numero)
    for ligne in c.execute(lues).mappings():
        if any(pseudonyme in ligne["contenu"] for pseudonyme in siens):
            yield dict(ligne)


def _read_acces(c: Connection, personne: Personne) -> Iterator[dict[str, Any]]:
    """Who was shown what is held of him."""
    lus = select(AUDIT.c.instant, AUDIT.c.auteur, AUDIT.c.action, AUDIT.c.motif, AUDIT.c.objet)
    for ligne in c.execute(lus.order_by(AUDIT.c.rang)).mappings():
        if any(pseudonyme in ligne["objet"] for pseudonyme in personne.numeros):
            yield dict(ligne)


def _render(releve: Mapping[str, Any]) -> Iterator[str]:
    yield "DONNÉES PERSONNELLES DÉTENUES PAR LA CAISSE"
    yield f"Relevé établi le {releve['etabli_le']}, salarié {releve['personne']['salarie']}."
    for table in releve["tables"].values():
        yield from ("", f"{table['titre']} ({len(table['lignes'])})".upper())
        for ligne in table["lignes"]:
            dits = (
                f"{table['colonnes'][nom]} : {valeur}"
                for nom, valeur in ligne.items()
                if valeur is not None
            )
            yield f"- {' ; '.join(dits)}"
    for titre, nom in (
        ("Fichiers qui le citent", "depots"),
        ("Décisions qui le visent", "decisions"),
        ("Consultations de ses données", "acces"),
    ):
        yield from ("", f"{titre} ({len(releve[nom])})".upper())
        yield from (
            f"- {' ; '.join(str(v) for v in ligne.values() if v is not None)}"
            for ligne in releve[nom]
        )
