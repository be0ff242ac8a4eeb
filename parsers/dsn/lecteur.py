"""The DSN reader: messages in, typed frames and anomalies out, piece by piece.

>>> from parsers.dsn.enveloppe import Envoi
>>> [morceau] = read_dsn([Envoi(0, b"S10.G00.00.006,'P26V01'")], "P26V01")
>>> morceau.lignes
1
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import polars as pl

from parsers.anomalies import (
    BLOQUANTE,
    MAXIMUM_CONSERVE,
    SANS_COHERENCE,
    SIGNAL,
    anomalies,
    assemble,
)
from parsers.controles.envoi import Coherence
from parsers.controles.lieux import Lignes
from parsers.dsn.blocs import Bloc, compute_blocs
from parsers.dsn.bornes import check_bornes
from parsers.dsn.cles import is_wrong
from parsers.dsn.grammaire import Grammaire, read_grammaire
from parsers.dsn.lignes import check_lignes, parse_lignes
from parsers.dsn.longueurs import check_longueurs
from parsers.dsn.lots import Envoi
from parsers.dsn.morceaux import MORCEAU_OCTETS, Extrait, cut
from parsers.dsn.structure import Reprise, Structure, compute_structure
from parsers.dsn.totaux import check_totaux
from specs.dsn import read_cles

ENTREPRISE, SIREN = "S21.G00.06", "S21.G00.06.001"
CLE_BLOC = ["fichier", "occurrence"]
# A NIC is verified with its SIREN; an old SIRET is told apart by the key that is wrong.
FORMULATIONS = {"nic": "siret", "siren_du_siret": "siren", "nic_du_siret": "siret"}
FORMES = {
    "siren": r"^\d{9}$",
    "siret": r"^\d{14}$",
    "nic": r"^\d{14}$",
    "siren_du_siret": r"^\d{14}$",
    "nic_du_siret": r"^\d{14}$",
    "calendrier": r"^\d{8}$",
}


@dataclass(frozen=True, slots=True)
class Morceau:
    """What one piece holds.

    A frame a block (columns: see `blocs`), the anomalies in the order of reports, the number of
    lines in all and by file, and the files (caller's numbers) that end with it.
    """

    blocs: dict[str, pl.DataFrame]
    anomalies: pl.DataFrame
    lignes: int
    lignes_par_fichier: dict[int, int]
    finis: tuple[int, ...]


def read_dsn(
    envois: Iterable[Envoi], version: str, taille: int = MORCEAU_OCTETS
) -> Iterator[Morceau]:
    """Read messages of one version; KeyError when it is unknown (see `enveloppe.open_fichier`).

    Memory is bounded by `taille`, not by the size of messages; small ones are read together. The
    messages of a file follow one another. `anomalies.merge` joins the findings of the pieces.
    """
    grammaire = read_grammaire(version)
    reprise, juge = Reprise(), _Juge(grammaire)
    # Polars frees the interpreter: a piece is judged while the next one is cut into blocks.
    with ThreadPoolExecutor(1) as fil:
        avant: Future[Morceau] | None = None
        for extraits in cut(envois, taille):
            en_tete, fin = dict(reprise.en_tete), extraits[-1].fin
            lu, lignes = _read_piece(extraits, grammaire, reprise)
            en_cours = fil.submit(juge.judge, lu, lignes, en_tete, fin=fin)
            reprise = reprise.next_message() if fin else reprise
            if avant is not None:
                yield avant.result()
            avant = en_cours
        if avant is not None:
            yield avant.result()


def _read_piece(
    extraits: tuple[Extrait, ...], grammaire: Grammaire, reprise: Reprise
) -> tuple[Morceau, Lignes]:
    """A piece, with what its lines, blocks and values are refused for, and its lines."""
    fin = extraits[-1].fin
    lignes = parse_lignes(extraits, grammaire)
    trouvees = check_lignes(lignes, extraits, grammaire)
    structure = compute_structure(lignes, grammaire, reprise, fin=fin)
    trouvees += structure.anomalies
    trouvees += check_longueurs(structure, grammaire, reprise, fin=fin)
    trouvees += check_totaux(lignes, structure, grammaire, reprise, fin=fin)
    blocs, ancetres = compute_blocs(structure, grammaire, reprise)
    trouvees += [frame for bloc in blocs.values() for frame in bloc.anomalies]
    trouvees += check_bornes(ancetres, structure.orphelines, grammaire, reprise, fin=fin)
    trouvees += check_cles(blocs, structure, grammaire, reprise)
    frames = {nom: bloc.frame for nom, bloc in blocs.items()}
    reprise.remember(frames)
    reprise.derniers = {
        bloc: places.tail(1).with_columns(pl.lit(-1, dtype=pl.Int64).alias("rang"))
        for bloc, places in ancetres.items()
    }
    comptes = lignes.group_by("fichier", maintain_order=True).len()
    morceau = Morceau(
        blocs=frames,
        anomalies=assemble(trouvees),
        lignes=len(lignes),
        lignes_par_fichier=dict(comptes.iter_rows()),
        finis=tuple(sorted({e.fichier for e in extraits if e.fin})),
    )
    return morceau, Lignes.of(structure)


class _Juge:
    """The controls of coherence on the pieces that follow one another.

    A file refused more often than its report can tell is judged no more: coherence would be a
    consequence, and what is refused must be kept for it.
    """

    def __init__(self, grammaire: Grammaire) -> None:
        self._grammaire = grammaire
        self._coherence = Coherence(grammaire)
        self._refus: Counter[int] = Counter()

    def judge(
        self, lu: Morceau, lignes: Lignes, en_tete: dict[str, pl.DataFrame], *, fin: bool
    ) -> Morceau:
        """The piece with the anomalies of coherence too; `en_tete`: headers of those before."""
        refus = lu.anomalies.filter(severite=BLOQUANTE).group_by("fichier")
        self._refus.update(dict(refus.agg(pl.col("nombre").sum()).iter_rows()))
        laisses = sorted(f for f in lu.lignes_par_fichier if self._refus[f] > MAXIMUM_CONSERVE)
        if not laisses:
            trouvees = self._coherence.check(lu.blocs, en_tete, lu.anomalies, lignes, fin=fin)
            return replace(lu, anomalies=assemble([lu.anomalies, *trouvees]))
        trouvees = [_not_judged(laisses)]
        if len(laisses) == len(lu.lignes_par_fichier):
            self._coherence = Coherence(self._grammaire)  # what it kept of the message is of no use
        else:
            autres = ~pl.col("fichier").is_in(laisses)
            blocs = {bloc: frame.filter(autres) for bloc, frame in lu.blocs.items()}
            refuses = lu.anomalies.filter(autres)
            trouvees += self._coherence.check(blocs, en_tete, refuses, lignes, fin=fin)
        return replace(lu, anomalies=assemble([lu.anomalies, *trouvees]))


def _not_judged(fichiers: list[int]) -> pl.DataFrame:
    lieux = pl.DataFrame({"fichier": fichiers})
    return anomalies(lieux, SANS_COHERENCE, severite=SIGNAL, attendu=str(MAXIMUM_CONSERVE))


def check_cles(
    blocs: dict[str, Bloc], structure: Structure, grammaire: Grammaire, reprise: Reprise
) -> list[pl.DataFrame]:
    """Keys of SIREN and SIRET, calendar of birth dates (CSL-11, CSL-12) of a piece."""
    if ENTREPRISE in blocs:
        nouvelles = blocs[ENTREPRISE].frame.select(*CLE_BLOC, pl.col(SIREN).alias("siren"))
        reprise.entreprises = pl.concat([reprise.entreprises, nouvelles])
    trouvees = []
    for cle in read_cles().iter_rows(named=True):
        rubrique, bloc = cle["rubrique"], cle["rubrique"][:10]
        if bloc not in blocs or rubrique not in blocs[bloc].frame.columns:
            continue
        frame = blocs[bloc].frame.with_columns(valeur=pl.col(rubrique))
        if frame["valeur"].dtype == pl.Date:  # its calendar is judged with its value
            continue
        if cle["cle"] == "nic":
            frame = _with_siren(frame, bloc, reprise.entreprises)
        # A value of the wrong form has its own anomaly.
        forme = pl.col("valeur").str.contains(FORMES[cle["cle"]])
        frame = frame.filter(forme.fill_null(value=False))
        faux = frame.filter(is_wrong(frame["valeur"], cle["cle"]))
        if len(faux):
            rang = grammaire.rubriques.index(rubrique)
            lignes = structure.lignes.filter(pl.col("rubrique") == rang).select("fichier", "ligne")
            trouvees.append(_wrong_keys(faux, lignes, cle))
    return trouvees


def _with_siren(frame: pl.DataFrame, bloc: str, entreprises: pl.DataFrame) -> pl.DataFrame:
    """A SIRET is the SIREN of the company, here or in the parent block, followed by the NIC."""
    a_gauche = "occurrence" if bloc == ENTREPRISE else "parent"
    avec = frame.join(
        entreprises,
        left_on=["fichier", a_gauche],
        right_on=CLE_BLOC,
        how="left",
        maintain_order="left",
    )
    return avec.with_columns(valeur=pl.col("siren") + pl.col("valeur"))


def _wrong_keys(faux: pl.DataFrame, lignes: pl.DataFrame, cle: dict[str, str]) -> pl.DataFrame:
    """Anomalies at the line of the rubric: the first of `lignes` after the start of its block."""
    faux = faux.sort("ligne").join_asof(
        lignes.with_columns(place=pl.col("ligne")).sort("ligne"),
        on="ligne",
        by="fichier",
        strategy="forward",
        check_sortedness=False,
    )
    faux = faux.with_columns(ligne=pl.col("place"))
    masque = pl.col("valeur").str.replace_all(".", "*")
    return anomalies(
        faux.with_columns(masque if cle["cle"] == "calendrier" else pl.col("valeur")),
        cle["controle"],
        variante=FORMULATIONS.get(cle["cle"], cle["cle"]),
        rubrique=cle["rubrique"],
        bloc=cle["rubrique"][:10],
    )
