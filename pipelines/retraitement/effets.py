"""What an act would change: the same night in two twins of the house, one with it, one without.

    effet = compute_effet(passage, lambda connexion: ...)

Both twins are thrown away. What is due on that date without the act is in neither column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import polars as pl
from sqlalchemy import Connection

from pipelines.nuit.ordre import list_temps
from pipelines.nuit.passage import Passage, is_nuit_en_cours, run_nuit
from specs.contrats import PART, Contrat, Lecteur, contrats
from specs.periodes import Mois, campagne
from warehouse.jumelle import open_jumelle
from warehouse.maison import Maison
from warehouse.publications import read_publication
from warehouse.remises import read_noms_publies
from warehouse.retraitements import Changement, Effet

Jeu: TypeAlias = Callable[[Maison], None]
SANS_EFFET = frozenset({PART, "lot"})  # how the fund, and its deposits, were cut
NON_COMPAREES = frozenset({"fichiers_emis", "decisions"})
QUI = ("siren", "salarie")  # whose a row is: the first that its table has
MOIS_DES_LIGNES = ("mois_rattachement", "mois_appel", "mois")  # the first that a table has
BOITES = "sftp"  # the pool of the tasks that look at the boxes


class RetraitementRefuse(RuntimeError):  # noqa: N818 - named in French
    """The effect can't be computed now, or the act can't be done. Message in French."""


def compute_effet(passage: Passage, agit: Callable[[Connection], object]) -> Effet:
    """What this night would publish otherwise, were `agit` done before it.

    Raises:
        RetraitementRefuse: a night is running.
    """

    def play_acte(jumelle: Maison) -> None:
        with jumelle.moteur.begin() as connexion:
            agit(connexion)
        play_nuit(passage, jumelle)

    return compare_nuit(passage, play_acte)


def play_nuit(passage: Passage, jumelle: Maison) -> None:
    """The night in a twin, whose boxes are not looked at."""
    des_boites = {temps.nom for temps in list_temps(passage.metiers) if temps.pool == BOITES}
    run_nuit(replace(passage, maison=jumelle), sauf=des_boites)


def compare_nuit(
    passage: Passage, autrement: Jeu, bornes: tuple[Mois, Mois] | None = None
) -> Effet:
    """What a night publishes when it is played `autrement`, each way in a twin of the house.

    `bornes`: only rows of these months, of the tables that have some, and no document.
    RetraitementRefuse while a night is running.
    """
    maison = passage.maison
    if is_nuit_en_cours(passage):
        raise RetraitementRefuse("une nuit est en cours : attendre sa fin")
    with maison.moteur.connect() as connexion:
        derniere = read_publication(connexion)
    numero = derniere.numero if derniere else 0
    with open_jumelle(maison) as sans, open_jumelle(maison) as avec:
        autrement(avec)  # first: what is refused is, before a night is played
        play_nuit(passage, sans)
        changements = [
            changement
            for contrat in contrats().values()
            if contrat.publie
            and contrat.nom not in NON_COMPAREES
            and not _is_untouched(contrat.nom, maison, sans, avec)
            for changement in _compare(sans, avec, contrat, bornes)
        ]
        avant, apres = (
            read_documents(jumelle, numero) if bornes is None else {} for jumelle in (sans, avec)
        )
    return Effet(
        numero,
        passage.date_arrete,
        tuple(changements),
        tuple(sorted(cle for cle in apres if apres[cle] != avant.get(cle))),
        tuple(sorted(avant.keys() - apres.keys())),
    )


def _is_untouched(table: str, *maisons: Maison) -> bool:
    """Whether neither night wrote the table: its rows need not be read."""
    return len({maison.lac.version(table) for maison in maisons}) == 1


def read_documents(maison: Maison, apres: int) -> dict[tuple[str, str], str]:
    """SHA-256 of the files, to be drawn or not, that the publication after `apres` gives."""
    with maison.moteur.connect() as connexion:
        return read_noms_publies(connexion, apres + 1)


def _compare(
    avant: Maison, apres: Maison, contrat: Contrat, bornes: tuple[Mois, Mois] | None
) -> Iterator[Changement]:
    """The changes of a table, by company, as the night leaves it, published or not."""
    sans = {*SANS_EFFET, contrat.datee}
    vues = [c for c in contrat.seen_by(Lecteur.EXPLOITANT).colonnes if c.nom not in sans]
    colonnes = [c.nom for c in vues]
    du_temps = pl.lit(value=True) if bornes is None else _is_within(colonnes, *bornes)
    ici, ailleurs = (
        maison.lac.read(contrat.nom).select(colonnes).filter(du_temps).collect()
        for maison in (avant, apres)
    )
    moins = ici.join(ailleurs, on=colonnes, how="anti", nulls_equal=True)
    plus = ailleurs.join(ici, on=colonnes, how="anti", nulls_equal=True)
    centimes = [c.nom for c in vues if c.type == "centimes"]
    cle = [nom for nom in contrat.cle if nom in colonnes]
    for qui, avant_lui, apres_lui in _split(moins, plus):
        autres = avant_lui.join(apres_lui, on=cle, how="semi", nulls_equal=True).height
        totaux = {nom: (int(avant_lui[nom].sum()), int(apres_lui[nom].sum())) for nom in centimes}
        yield Changement(
            contrat.nom,
            qui.get("siren"),
            qui.get("salarie"),
            apres_lui.height - autres,
            avant_lui.height - autres,
            autres,
            {nom: (a, b) for nom, (a, b) in totaux.items() if a != b},
        )


def _is_within(colonnes: Sequence[str], debut: Mois, fin: Mois) -> pl.Expr:
    """Rows of these months, or of their campaigns; none where a table tells neither."""
    mois = next((nom for nom in MOIS_DES_LIGNES if nom in colonnes), None)
    if mois is not None:
        return pl.col(mois).is_between(pl.lit(str(debut)), pl.lit(str(fin)))
    if "campagne" in colonnes:
        return pl.col("campagne").is_between(pl.lit(campagne(debut)), pl.lit(campagne(fin)))
    return pl.lit(value=False)


def _split(
    moins: pl.DataFrame, plus: pl.DataFrame
) -> Iterator[tuple[dict[str, str | None], pl.DataFrame, pl.DataFrame]]:
    """The rows of each company, or of each employee where no company is told, in order."""
    cle = next((nom for nom in QUI if nom in moins.columns), None)
    if cle is None:
        if moins.height or plus.height:
            yield {}, moins, plus
        return
    noms = {nom for frame in (moins, plus) for nom in frame[cle].to_list()}
    for nom in sorted(noms, key=lambda nom: (nom is None, nom or "")):
        sien = pl.col(cle).eq_missing(pl.lit(nom))
        yield {cle: nom}, moins.filter(sien), plus.filter(sien)
