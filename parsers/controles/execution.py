"""Running the controls of a version on the frames of a piece: anomalies out.

All the controls of a block are judged in one pass over its rows. A rubric already refused does not
feed a control: its anomaly would be a consequence.
"""

from __future__ import annotations

import operator
from collections.abc import Collection, Mapping
from datetime import date
from functools import reduce

import polars as pl

from parsers.anomalies import anomalies
from parsers.controles.analyse import may_break
from parsers.controles.arbre import (
    CLE_DECLARATION,
    CLE_ENVOI,
    CLE_INDIVIDU,
    LIEU,
    Arbre,
    short_bloc,
    short_name,
)
from parsers.controles.langage import Cadre, names
from parsers.controles.lecture import Controle, Suspension, read_suspensions
from parsers.controles.particuliers import PARTICULIERS
from parsers.dsn.grammaire import Grammaire
from parsers.dsn.structure import DECLARATION
from parsers.dsn.valeurs import Rubrique, read_rubriques


def check_coherence(
    arbre: Arbre,
    refuses: pl.DataFrame,
    controles_par_bloc: Mapping[str, Collection[Controle]],
    suspensions: Collection[Suspension] | None = None,
) -> list[pl.DataFrame]:
    """Anomalies of the controls of each block on the rows of `arbre`.

    `refuses`: anomalies of values and presence, whose rubrics feed no control; `suspensions`: what
    is switched off (None: as `specs/controles/suspensions.yaml` says).
    """
    noms, eteints = names(arbre), read_suspensions() if suspensions is None else suspensions
    contenu, causes = arbre.contenu(), placed(refuses, arbre).with_columns(nom=_short_names())
    trouvees = []
    for bloc, controles in controles_par_bloc.items():
        if short_bloc(bloc) in contenu.absents:
            continue
        possibles = [c for c in controles if may_break(c, contenu)]
        if not possibles:
            continue
        cadre = Cadre(arbre, bloc, noms)
        for controle, fautives in _violations(cadre, possibles):
            gardees = _not_consequences(fautives, controle, causes, arbre)
            gardees = _not_suspended(gardees, controle, arbre, eteints)
            if len(gardees):
                trouvees.append(_anomalies(gardees, controle, arbre.grammaire))
    return trouvees


def _violations(
    cadre: Cadre, controles: Collection[Controle]
) -> list[tuple[Controle, pl.DataFrame]]:
    """Rows that break each control; the conditions are evaluated together, in one pass."""
    ecarts = {c.identifiant: _broken(cadre, c) for c in controles if not c.particulier}
    essais = cadre.lignes.select(e.alias(i) for i, e in ecarts.items())
    rompus = essais.select(pl.all().any()).row(0, named=True) if ecarts else {}
    fautives = [
        (c, _at_fault(cadre, c, essais[c.identifiant]))
        for c in controles
        if not c.particulier and rompus[c.identifiant]
    ]
    particuliers = [c for c in controles if c.particulier]
    return fautives + [(c, PARTICULIERS[c.identifiant](cadre)) for c in particuliers]


def _at_fault(cadre: Cadre, controle: Controle, rompu: pl.Series) -> pl.DataFrame:
    """Rows that break a control, each at the line of the occurrence that bears its rubric."""
    if controle.place is None:
        return cadre.lignes.filter(rompu)
    premiere = cadre.evaluate(controle.place)
    return cadre.lignes.filter(rompu).with_columns(ligne=pl.coalesce(premiere, "ligne"))


def _broken(cadre: Cadre, controle: Controle) -> pl.Expr:
    """True where the control is judged and does not hold; null, the unknown, is no fault."""
    si = cadre.evaluate(controle.si) if controle.si else None
    fautes = []
    if controle.alors:
        faux = ~cadre.evaluate(controle.alors)
        fautes.append(faux if si is None else si & faux)
    if controle.sinon and si is not None:
        fautes.append(~si.fill_null(value=False) & ~cadre.evaluate(controle.sinon))
    rompu = reduce(operator.or_, fautes)
    if controle.natures:
        rompu &= pl.col("usage").str.head(2).is_in(controle.natures)
    return rompu


def _not_consequences(
    fautives: pl.DataFrame, controle: Controle, refuses: pl.DataFrame, arbre: Arbre
) -> pl.DataFrame:
    """Rows whose rubrics, here and in what the conditions look at, are not refused already."""
    lues = {short_name(controle.rubrique), *controle.rubriques}
    du_bloc = pl.lit(controle.tout_le_bloc) & (pl.col("bloc") == controle.bloc)
    causes = refuses.filter(pl.col("nom").is_in(list(lues)) | du_bloc)
    if causes.is_empty() or fautives.is_empty():
        return fautives
    ici = causes.filter(pl.col("bloc") == controle.bloc)
    ailleurs = causes.filter(pl.col("bloc") != controle.bloc)
    fautives = fautives.join(ici, on=["fichier", "occurrence"], how="anti")
    if fautives["rang_individu"].null_count():  # above individuals: what is below is looked at too
        if fautives["rang_declaration"].null_count():
            return fautives.join(_with_message(ailleurs, arbre), on=CLE_ENVOI, how="anti")
        return fautives.join(ailleurs, on=CLE_DECLARATION, how="anti")
    de_individu = ailleurs.filter(pl.col("rang_individu").is_not_null())
    de_declaration = ailleurs.filter(pl.col("rang_individu").is_null())
    return fautives.join(de_individu, on=CLE_INDIVIDU, how="anti").join(
        de_declaration, on=CLE_DECLARATION, how="anti"
    )


def _with_message(refuses: pl.DataFrame, arbre: Arbre) -> pl.DataFrame:
    """Give anomalies the message (`CLE_ENVOI`) that their line is in."""
    debuts = arbre.ancestors("S10.G00.00").select(*CLE_ENVOI, "ligne").sort("ligne")
    return refuses.sort("ligne").join_asof(debuts, on="ligne", by="fichier", check_sortedness=False)


def placed(refuses: pl.DataFrame, arbre: Arbre) -> pl.DataFrame:
    """Give anomalies of order (CST-05, CST-09), which know their line only, their occurrence."""
    de_ordre = pl.col("code").is_in(["CST-05", "CST-09"]) & pl.col("occurrence").is_null()
    perdues = refuses.filter(de_ordre)
    places = [
        perdues.filter(bloc=bloc)
        .drop("occurrence", "rang_declaration", "rang_individu")
        .sort("ligne")
        .join_asof(
            arbre.frame(bloc).select(LIEU).sort("ligne"),
            on="ligne",
            by="fichier",
            check_sortedness=False,
        )
        .select(refuses.columns)
        for bloc in perdues["bloc"].unique(maintain_order=True)
    ]
    return pl.concat([refuses.filter(~de_ordre), *places])


def _short_names() -> pl.Expr:
    """`short_name` of the column `rubrique`."""
    rubrique = pl.col("rubrique")
    return "r" + rubrique.str.slice(8, 2) + "_" + rubrique.str.slice(11)


def _not_suspended(
    fautives: pl.DataFrame, controle: Controle, arbre: Arbre, suspensions: Collection[Suspension]
) -> pl.DataFrame:
    """Rows of declarations that were not made while the control was switched off.

    A row of the header is of the first declaration of its file.
    """
    periodes = [s for s in suspensions if s.controle == controle.identifiant]
    if not periodes or fautives.is_empty():
        return fautives
    cle = CLE_ENVOI if controle.bloc.startswith("S10.") else CLE_DECLARATION
    faites = arbre.ancestors(DECLARATION).group_by(cle).agg(pl.col("r05_007").min().alias("_fait"))
    eteint = pl.any_horizontal(
        pl.col("_fait").is_between(s.debut, s.fin or date.max) for s in periodes
    )
    avec = fautives.join(faites, on=cle, how="left", maintain_order="left")
    return avec.filter(~eteint.fill_null(value=False)).drop("_fait")


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
