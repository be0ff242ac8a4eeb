"""Parameters that several addresses have, as their document tells them."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Header, Path, Query

from reporting.demande import NUMERO_MAX, parse_filtres
from reporting.espace.lecture import PAGE_MAX, Demande
from specs.espace import read_regles, read_tables

REGLES = read_regles()
Siren = Annotated[str, Path(description="SIREN d'une entreprise du jeton.", pattern="^[0-9]{9}$")]
NomTable = Annotated[
    str,
    Path(description="Nom d'une table publiée.", json_schema_extra={"enum": sorted(read_tables())}),
]
Etiquette = Annotated[
    str | None,
    Header(alias="If-None-Match", description="ETag d'une réponse que l'appelant a déjà."),
]
Page = Annotated[int, Query(ge=1, le=PAGE_MAX, description="Page, à partir de 1.")]
Longueur = Annotated[
    int, Query(ge=1, le=REGLES.lignes_par_reponse_maximum, description="Lignes par page.")
]
Numero = Annotated[
    int | None,
    Query(ge=1, le=NUMERO_MAX, description="Numéro de la publication à lire ; la dernière sinon."),
]
Cle = Annotated[
    list[str],
    Query(
        description="Valeurs de la clé de la ligne (`x-cle` du schéma), dans l'ordre ; répété.",
        max_length=12,
    ),
]


def build_demande(
    q: Annotated[str, Query(max_length=200, description="Texte cherché dans les colonnes.")] = "",
    ou: Annotated[
        list[str] | None,
        Query(description="COLONNE=VALEUR, sans valeur pour une case vide ; répété."),
    ] = None,
    colonne: Annotated[
        list[str] | None, Query(description="Colonnes voulues, dans cet ordre ; toutes sinon.")
    ] = None,
    tri: Annotated[str | None, Query(description="Colonne qui ordonne les lignes.")] = None,
    sens: Annotated[Literal["croissant", "descendant"] | None, Query()] = None,
    page: Page = 1,
    par_page: Longueur = REGLES.lignes_par_reponse,
    publication: Numero = None,
) -> Demande:
    """What rows are asked; DemandeRefusee when a filter can't be read."""
    return Demande(
        cherche=q.strip(),
        filtres=parse_filtres(ou or []),
        colonnes=tuple(dict.fromkeys(colonne or ())),
        tri=tri,
        descendant=None if sens is None else sens == "descendant",
        page=page,
        longueur=par_page,
        publication=publication,
    )


Demandee = Annotated[Demande, Depends(build_demande)]
