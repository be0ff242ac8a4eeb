"""Rows of one company: those that its user may read, of the last publication.

Example: ``read_lignes(maison, acces, find_table("appels"), Demande())``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from reporting.demande import DemandeRefusee
from reporting.espace.droits import Acces, Siens, restrict
from reporting.lecture import DU_JOUR, compute_predicat, scan_table
from specs.contrats import PLACES, Colonne, Contrat, Lecteur, read_contrat
from specs.espace import TOUS, Table, find_table, read_regles
from warehouse.maison import Maison

SALARIE, MATRICULE, CDG = "salarie", "matricule", "cdg"
DEPOTS, CONTRATS, SALARIES, DECLARATIONS = "depots", "contrats", "salaries", "declarations"
CROISSANT, DESCENDANT = "croissant", "descendant"
PAGE_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Demande:
    """What a reader asks of a list.

    `cherche`: a text that a column holds, whatever its case; `filtres`: by column, the text of the
    value; `colonnes`: those to show (none: those of the table); `tri`: a column (None: that of the
    table), `descendant` (None: as the table); `page`: from 1, None for all the rows, of
    `longueur` rows (None: as the space shows them); `publication`: its number, None for the last.
    """

    cherche: str = ""
    filtres: Mapping[str, str] = field(default_factory=dict)
    colonnes: Sequence[str] = ()
    tri: str | None = None
    descendant: bool | None = None
    page: int | None = 1
    longueur: int | None = None
    publication: int | None = None


@dataclass(frozen=True, slots=True)
class Liste:
    """Rows of a page, the contract of their columns, how many there are in all."""

    lignes: pl.DataFrame
    contrat: Contrat
    nombre: int

    @property
    def pages(self) -> int:
        """How many pages there are: at least one."""
        return max(1, -(-self.nombre // read_regles().lignes_par_page))


def describe_table(table: Table) -> Contrat:
    """The contract of a table as a company reads it: an employee by the number that it knows."""
    contrat = read_contrat(table.nom).seen_by(Lecteur.ADHERENT)
    colonnes = [c for c in contrat.colonnes if c.nom not in PLACES]
    noms = [c.nom for c in colonnes]
    if SALARIE in noms and MATRICULE not in noms:
        connus = read_contrat(SALARIES).colonnes
        sien = next(c for c in connus if c.nom == MATRICULE)
        colonnes.insert(noms.index(SALARIE), sien)
    colonnes = [_as_centiemes(colonne, table) for colonne in colonnes]
    return contrat.with_colonnes(c for c in colonnes if c.nom != SALARIE)


def _as_centiemes(colonne: Colonne, table: Table) -> Colonne:
    """The column, that hundredths are read in when they are."""
    titre = table.en_centiemes.get(colonne.nom)
    return colonne if titre is None else replace(colonne, type="centiemes", titre=titre)


def read_lignes(maison: Maison, acces: Acces, table: Table, demande: Demande) -> Liste:
    """The rows asked for.

    Raises:
        DemandeRefusee: unknown column, or a value that its type can't read.
    """
    contrat = describe_table(table)
    connues = {colonne.nom: colonne for colonne in contrat.colonnes}
    tri = demande.tri or table.tri
    for nom in (tri, *demande.colonnes):
        if nom not in connues:
            raise DemandeRefusee(f"Colonne inconnue : « {nom} ».")
    lignes = scan_in(Tables(maison, publication=demande.publication), acces, table)
    for filtre in demande.filtres.items():
        lignes = lignes.filter(compute_predicat(contrat, *filtre))
    if demande.cherche:
        lignes = lignes.filter(_holds(contrat.colonnes, demande.cherche))
    descendant = table.descendant if demande.descendant is None else demande.descendant
    cle = [nom for nom in read_contrat(table.nom).cle if nom != tri]
    triees = lignes.sort(
        [tri, *cle], descending=[descendant] * (1 + len(cle)), nulls_last=True
    ).collect()
    vues = demande.colonnes or table.colonnes
    lues = contrat.with_colonnes(connues[nom] for nom in vues)
    return Liste(_cut(triees, demande), lues, triees.height)


def count_siennes(maison: Maison, acces: Acces, table: Table) -> int:
    """How many rows of a table the user reads of the company."""
    return int(scan_siennes(maison, acces, table).select(pl.len()).collect().item())


@dataclass(frozen=True, slots=True)
class Tables:
    """The published tables of a page, as of a publication (None: the last).

    `lues`: those that were read already, of every company.
    """

    maison: Maison
    lues: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    publication: int | None = None

    def scan(self, nom: str, boites: Collection[str] | None = None) -> pl.LazyFrame:
        """Rows of a table, whoever's they are; see `scan_table`."""
        if nom in self.lues:
            return self.lues[nom].lazy()
        return scan_table(self.maison, nom, self.publication, boites=boites)


def read_tables_of(maison: Maison, acces: Iterable[Acces], noms: Iterable[str]) -> Tables:
    """Tables read once for several companies: what else is asked of them reads no file."""
    acces = list(acces)
    boites = frozenset[str]().union(*(siens.boites for siens in acces))
    siennes = pl.col("siren").is_in([siens.siren for siens in acces])
    lues = {}
    for nom in noms:
        lignes = scan_table(maison, nom, boites=boites)
        lues[nom] = (lignes if nom in DU_JOUR else lignes.filter(siennes)).collect()
    return Tables(maison, lues)


def scan_siennes(maison: Maison, acces: Acces, table: Table) -> pl.LazyFrame:
    """Every row of a table that the user reads of the company, an employee by both his names."""
    return scan_in(Tables(maison), acces, table)


def scan_in(tables: Tables, acces: Acces, table: Table) -> pl.LazyFrame:
    """As `scan_siennes`, of tables that may have been read already."""
    propres = _scan_own(tables, acces, table.nom)
    noms = propres.collect_schema().names()
    siens = Siens(_read_categories(tables, acces), _read_depots(tables, acces, table))
    lignes = _with_cdg(tables, acces, propres, noms)
    dites = lignes.collect_schema().names()
    lisibles = lignes.filter(restrict(acces, table, dites, siens)).select(noms)
    if SALARIE in noms and MATRICULE not in noms:
        connus = tables.scan(SALARIES).filter(siren=acces.siren)
        lisibles = lisibles.join(connus.select(SALARIE, MATRICULE), on=SALARIE, how="left")
    return lisibles


def _scan_own(tables: Tables, acces: Acces, nom: str) -> pl.LazyFrame:
    """Rows of the company, whoever reads them."""
    lignes = tables.scan(nom, acces.boites)
    noms = lignes.collect_schema().names()
    if nom in DU_JOUR:
        return lignes.filter(_is_of_box(tables, acces))
    if "siren" in noms:
        return lignes.filter(siren=acces.siren)
    deposes = tables.scan(DEPOTS, acces.boites).filter(_is_of_box(tables, acces))
    return lignes.join(deposes.select("depot"), on="depot", how="semi")


def _with_cdg(
    tables: Tables, acces: Acces, lignes: pl.LazyFrame, noms: Sequence[str]
) -> pl.LazyFrame:
    """The rows with the centre of their establishment, when a right is limited to one."""
    if CDG in noms or all(droit.cdg == TOUS for droit in acces.droits):
        return lignes
    lieux = tables.scan("etablissements").filter(siren=acces.siren).select("siret", CDG)
    if "siret" in noms:
        return lignes.join(lieux, on="siret", how="left")
    if "declaration" in noms:
        arrets = tables.scan("arrets_intemperies").filter(siren=acces.siren)
        situes = arrets.select("declaration", "siret").join(lieux, on="siret")
        seuls = situes.group_by("declaration").agg(
            pl.when(pl.col(CDG).n_unique() == 1).then(pl.col(CDG).first()).alias(CDG)
        )
        return lignes.join(seuls, on="declaration", how="left")
    return lignes


def _is_of_box(tables: Tables, acces: Acces) -> pl.Expr:
    """Of the box of the company, or of that of its firm when the file declares for the company."""
    sienne = pl.col("adherent") == acces.boite
    if not acces.mandataire:
        return sienne
    declares = tables.scan(DECLARATIONS).filter(siren=acces.siren)
    depots = declares.select("depot").unique().collect()["depot"]
    de_lui = pl.col("adherent") == acces.utilisateur
    return sienne | (de_lui & pl.col("depot").is_in(depots.implode()))


def _read_categories(tables: Tables, acces: Acces) -> Mapping[str, pl.Series]:
    """Employees of the company by category, when a right is limited to one."""
    limites = {droit.categorie for droit in acces.droits} - {TOUS}
    if not limites:
        return {}
    contrats = tables.scan(CONTRATS).filter(siren=acces.siren)
    lus = contrats.select(SALARIE, "categorie").unique().collect()
    return {limite: lus.filter(categorie=limite)[SALARIE] for limite in limites}


def _read_depots(tables: Tables, acces: Acces, table: Table) -> pl.Series:
    """Deposits that the user reads, when the rows of the table are about deposits."""
    if table.selon is None or table.nom == DEPOTS:
        return pl.Series(dtype=pl.String)
    lisibles: pl.Series = scan_in(tables, acces, find_table(DEPOTS)).collect()["depot"]
    return lisibles


def _holds(colonnes: Sequence[Colonne], texte: str) -> pl.Expr:
    """Whether a column of text holds it, or a meaning of its closed list does."""
    cherche = texte.casefold()
    textes = [c for c in colonnes if c.type in ("texte", "mois")]
    trouvees = []
    for colonne in textes:
        lue = pl.col(colonne.nom)
        trouvees.append(lue.str.to_lowercase().str.contains(cherche, literal=True))
        codes = [code for code, sens in colonne.valeurs.items() if cherche in sens.casefold()]
        trouvees.append(lue.is_in(codes))
    return pl.any_horizontal(*trouvees) if trouvees else pl.lit(value=False)


def _cut(lignes: pl.DataFrame, demande: Demande) -> pl.DataFrame:
    if demande.page is None:
        return lignes
    longueur = demande.longueur or read_regles().lignes_par_page
    return lignes.slice((demande.page - 1) * longueur, longueur)
