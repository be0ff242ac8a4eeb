"""Running the controls of a version on the frames of a piece: anomalies out.

All the controls of a block are judged in one pass over its rows. A rubric already refused does not
feed a control: its anomaly would be a consequence.
"""

from __future__ import annotations

import polars as pl

from parsers.anomalies import anomalies
from parsers.controles.arbre import CLE_DECLARATION, CLE_INDIVIDU, LIEU, Arbre, short_name
from parsers.controles.langage import RANG, Cadre, names
from parsers.controles.lecture import Controle, controles_of
from parsers.controles.particuliers import PARTICULIERS
from parsers.dsn.grammaire import Grammaire
from parsers.dsn.valeurs import Rubrique, read_rubriques


def check_coherence(arbre: Arbre, refuses: pl.DataFrame) -> list[pl.DataFrame]:
    """Anomalies of every control of the version on the rows of `arbre`.

    `refuses`: anomalies of values and presence, whose rubrics feed no control.
    """
    version = arbre.grammaire.norme.version
    noms = names(arbre)
    trouvees = []
    for bloc, controles in controles_of(version).items():
        lignes = arbre.frame(bloc)
        if lignes.is_empty():
            continue
        cadre = Cadre(arbre, bloc, lignes.with_row_index(RANG), noms)
        for controle, fautives in _violations(cadre, controles):
            gardees = _not_consequences(fautives, controle, refuses)
            if len(gardees):
                trouvees.append(_anomalies(gardees, controle, arbre.grammaire))
    return trouvees


def _violations(
    cadre: Cadre, controles: tuple[Controle, ...]
) -> list[tuple[Controle, pl.DataFrame]]:
    """Rows that break each control; the conditions are evaluated together, in one pass."""
    ecarts = {c.identifiant: _broken(cadre, c) for c in controles if not c.particulier}
    essais = cadre.lignes.select(e.alias(i) for i, e in ecarts.items())
    rompus = essais.select(pl.all().any()).row(0, named=True) if ecarts else {}
    fautives = [
        (c, cadre.lignes.filter(essais[c.identifiant]))
        for c in controles
        if not c.particulier and rompus[c.identifiant]
    ]
    particuliers = [c for c in controles if c.particulier]
    return fautives + [(c, PARTICULIERS[c.identifiant](cadre)) for c in particuliers]


def _broken(cadre: Cadre, controle: Controle) -> pl.Expr:
    """Where the control is judged and does not hold; the unknown is no fault."""
    vrai = pl.lit(value=True)
    si = cadre.evaluate(controle.si).fill_null(value=False) if controle.si else vrai
    alors = cadre.evaluate(controle.alors).fill_null(value=True) if controle.alors else vrai
    sinon = cadre.evaluate(controle.sinon).fill_null(value=True) if controle.sinon else vrai
    rompu = (si & ~alors) | (~si & ~sinon)
    if controle.natures:
        rompu &= pl.col("usage").str.head(2).is_in(controle.natures)
    return rompu.fill_null(value=False)


def _not_consequences(
    fautives: pl.DataFrame, controle: Controle, refuses: pl.DataFrame
) -> pl.DataFrame:
    """Rows whose rubrics, here and in what the conditions look at, are not refused already."""
    lues = {short_name(controle.rubrique), *controle.rubriques}
    causes = refuses.filter(
        pl.col("rubrique").map_elements(short_name, return_dtype=pl.String).is_in(list(lues))
    )
    if causes.is_empty() or fautives.is_empty():
        return fautives
    ici = causes.filter(pl.col("bloc") == controle.bloc)
    ailleurs = causes.filter(pl.col("bloc") != controle.bloc)
    de_individu = ailleurs.filter(pl.col("rang_individu").is_not_null())
    de_declaration = ailleurs.filter(pl.col("rang_individu").is_null())
    return (
        fautives.join(ici, on=["fichier", "occurrence"], how="anti")
        .join(de_individu, on=CLE_INDIVIDU, how="anti")
        .join(de_declaration, on=CLE_DECLARATION, how="anti")
    )


def _anomalies(fautives: pl.DataFrame, controle: Controle, grammaire: Grammaire) -> pl.DataFrame:
    rubrique = read_rubriques(grammaire.norme.version).get(controle.rubrique)
    nom = short_name(controle.rubrique)
    valeur = pl.lit(None, pl.String)
    if rubrique is not None and nom in fautives.columns:
        valeur = written(pl.col(nom), rubrique)
    return anomalies(
        fautives.select(*LIEU, valeur.alias("valeur")),
        controle.identifiant,
        severite=controle.severite,
        rubrique=controle.rubrique,
        bloc=controle.bloc,
    )


def written(valeur: pl.Expr, rubrique: Rubrique) -> pl.Expr:
    """A typed value as the file writes it; stars when it is personal."""
    if rubrique.type == "D":
        texte = valeur.dt.strftime("%d%m%Y")
    elif rubrique.type == "N" and rubrique.decimales:
        signe = pl.when(valeur < 0).then(pl.lit("-")).otherwise(pl.lit(""))
        chiffres = valeur.abs().cast(pl.String).str.zfill(rubrique.decimales + 1)
        entier = chiffres.str.head(-rubrique.decimales)
        texte = pl.concat_str(signe, entier, pl.lit("."), chiffres.str.tail(rubrique.decimales))
    else:
        texte = valeur.cast(pl.String)
    return texte.str.replace_all(".", "*") if rubrique.personnelle else texte
