"""The statements of tonight as an exchange file (DEC), for the companies that exchange files.

Source: exchange.md 6.1 to 6.3.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.conges.documents.dec_rcp import compute_dec
from pipelines.echanges.sortants import (
    compose_lettres_sortants,
    compose_sortant,
    find_conventions,
    read_formes,
)
from pipelines.editique.lettres import Lettre
from pipelines.personnes import read_personnes
from pipelines.publication.nuit import Nuit
from warehouse.maison import Maison
from warehouse.publications import read_table_publiee
from warehouse.registre.lecture import read_conventions

DEC = "DEC"


def compose_lettres(maison: Maison, nuit: Nuit) -> Iterator[Lettre]:
    """One file a company that exchanges files and of which a statement was made tonight."""
    with maison.moteur.connect() as connexion:
        conventions = read_conventions(connexion, nuit.vue.registre)
    conclues = find_conventions(conventions, nuit.date_arrete, DEC)
    deja = read_table_publiee(maison, "decomptes").select("decompte")
    lus = maison.lac.read("decomptes").join(deja, on="decompte", how="anti").filter(nuit.served())
    decomptes = lus.join(conclues.lazy(), on="siren").collect().sort("decompte")
    if decomptes.is_empty():
        return
    siens = decomptes.lazy().select("salarie").unique()
    lignes, droits = (
        maison.lac.read(table).join(siens, on="salarie", how="semi").collect()
        for table in ("lignes_decompte", "droits")
    )
    personnes = read_personnes(maison, decomptes.select("siren", "salarie").unique())
    formes = read_formes(maison, decomptes["siren"].unique())
    boites = dict(nuit.boites.select("siren", "adherent").drop_nulls().iter_rows())
    parts = decomptes.partition_by(["siren", "convention"], as_dict=True)
    yield from compose_lettres_sortants(
        DEC,
        (
            compose_sortant(
                DEC,
                nuit,
                (boites[siren], siren, convention),
                compute_dec(leurs, lignes, droits, personnes),
                formes.get(siren),
            )
            for (siren, convention), leurs in sorted(parts.items())
        ),
    )
