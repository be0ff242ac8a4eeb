"""One employee over companies and months: what each declared identifier designates.

Links are a company's: the NIR that one typed by mistake may be that of another employee elsewhere.
A change told by one holds for the others that declared the same birth and surname. Decisions of the
fund come before what companies say. An identifier that would lead to several employees, or nowhere,
stands alone until a decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import polars as pl

from pipelines.salaries.regles.rapprochements import CERTIFICATION, CHANGEMENT, MATRICULE
from specs.connaissances import Connaissances
from specs.contrats import codes_of, read_contrat, schema_polars
from specs.periodes import Mois

LIE, SEPARE, PLUSIEURS, MEME_DECLARATION, CIRCULAIRE = codes_of(
    "liens_salaries", "etat", "LIE", "SEPARE", "PLUSIEURS", "MEME_DECLARATION", "CIRCULAIRE"
)
(DECISION,) = codes_of("liens_salaries", "regle", "DECISION")
DECIDES = pl.Schema(
    {"numero": pl.Int64, "siren": pl.String, "identifiant": pl.String, "vers": pl.String}
)
NOEUD = ["siren", "identifiant"]
PORTE = [*NOEUD, "etat_civil"]
SCHEMA_LIENS = schema_polars(read_contrat("liens_salaries"))
Noeud = tuple[str, str]  # a company and an identifier that it declared
Ligne = tuple[str, str, str, str, str | None, int | None]


def compute_liens(
    rapprochements: pl.DataFrame,
    identites: pl.DataFrame,
    decides: pl.DataFrame,
    savoir: Connaissances,
) -> pl.DataFrame:
    """Contract `liens_salaries`, sorted by its key.

    Args:
        rapprochements: contract `rapprochements_salaries`.
        identites: contract `identites`, at least the rows of the identifiers that the two others
            name.
        decides: DECIDES: an identifier (`siren`: as this company declared it, or null for all) that
            designates `vers`, or itself alone when null; the highest `numero` of one wins.
        savoir: options passage_au_nir, changement_de_nir, nir_certifie, by month of the link.
    """
    dits = _admitted(rapprochements, savoir)
    surs = _propagated(dits.filter(~pl.col("conflit")), _named(identites), decides)
    graphe = Graphe()
    for siren, identifiant, numero, vers in decides.select(*NOEUD, "numero", "vers").iter_rows():
        graphe.decide(siren, identifiant, numero, vers)
    for siren, identifiant, vers, regle in surs.iter_rows():
        graphe.add((siren, identifiant), vers, regle)
    contredits = dits.filter("conflit").join(surs, on=NOEUD, how="anti").select(NOEUD)
    declares = [
        identites.select("siren", identifiant=nom).drop_nulls() for nom in ("salarie", "temporaire")
    ]
    noeuds = pl.concat([*declares, dits.select(NOEUD)]).unique().rows()
    lignes = graphe.resolve(noeuds, frozenset(contredits.iter_rows()))
    return pl.DataFrame(lignes, SCHEMA_LIENS, orient="row").sort(NOEUD)


def _admitted(rapprochements: pl.DataFrame, savoir: Connaissances) -> pl.DataFrame:
    """Links that the options of their month admit; `propage`: in other companies too."""
    mois = rapprochements["mois"].unique()

    def chosen(option: str, choix: str) -> pl.Expr:
        siens = [m for m in mois if savoir.option_at(option, Mois.parse(m)) == choix]
        return pl.col("mois").is_in(siens)

    regle = pl.col("regle")
    refuse = (
        ((regle == MATRICULE) & chosen("passage_au_nir", "aucun"))
        | ((regle == CHANGEMENT) & chosen("changement_de_nir", "decision"))
        | ((regle == CERTIFICATION) & chosen("nir_certifie", "ignore"))
    )
    d_un_nir = regle.is_in([CHANGEMENT, CERTIFICATION])
    propage = ~d_un_nir | chosen("changement_de_nir", "meme_personne")
    return rapprochements.filter(~refuse).with_columns(propage.alias("propage"))


def _named(identites: pl.DataFrame) -> pl.DataFrame:
    """Who declared which identifier with which birth and surname, in each writing: PORTE."""
    noms = [
        identites.select("siren", identifiant="salarie", etat_civil=nom)
        for nom in ("etat_civil", "etat_civil_usage")
    ]
    return pl.concat(noms).drop_nulls().unique()


def _propagated(dits: pl.DataFrame, portes: pl.DataFrame, decides: pl.DataFrame) -> pl.DataFrame:
    """Links told, and the same in the companies that know the same person: siren... vers, regle.

    A company knows who it declared (`portes`), whom its links lead to, and whom a decision says
    that its employee is.
    """
    vers = [*NOEUD, "vers", "regle"]
    decidees = decides.drop_nulls("vers").select(*NOEUD, "vers")
    partout = decidees.filter(pl.col("siren").is_null()).drop("siren")
    chez = partout.join(portes.select(NOEUD), on="identifiant").select(decidees.columns)
    la = pl.concat([decidees.drop_nulls("siren"), chez]).unique()
    noms = portes.select(vers="identifiant", etat_civil="etat_civil").unique()
    connus = pl.concat([portes, _leads(la.join(noms, on="vers")), _leads(dits)]).drop_nulls()
    sources = dits.filter("propage").drop_nulls("etat_civil").drop("siren")
    while True:
        suivis = sources.join(connus.unique(), on=["identifiant", "etat_civil"])
        plus = pl.concat([connus, _leads(suivis)]).unique()
        if plus.height == connus.unique().height:
            return pl.concat([dits.select(vers), suivis.select(vers)]).unique()
        connus = plus


def _leads(liens: pl.DataFrame) -> pl.DataFrame:
    """Whom a company knows by a link: where it leads, with the birth and surname: PORTE."""
    return liens.select("siren", "etat_civil", identifiant="vers").select(PORTE)


@dataclass(slots=True)
class Graphe:
    """What each identifier leads to, company by company, and what the fund decided of it.

    A link goes on from where it leads: the NIR that took the place of another may have been
    replaced too.
    """

    cibles: dict[Noeud, set[str]] = field(default_factory=dict)
    regles: dict[Noeud, str] = field(default_factory=dict)
    decisions: dict[tuple[str | None, str], tuple[int, str | None]] = field(default_factory=dict)

    def add(self, noeud: Noeud, vers: str, regle: str) -> None:
        """A link told; of several rules that say the same, the first in order is named."""
        self.cibles.setdefault(noeud, set()).add(vers)
        self.regles[noeud] = min(regle, self.regles.get(noeud, regle))

    def decide(self, siren: str | None, identifiant: str, numero: int, vers: str | None) -> None:
        """What the fund decided, for a company or for all; the last decision stays."""
        cle = (siren, identifiant)
        self.decisions[cle] = max((numero, vers), self.decisions.get(cle, (0, None)), key=_rank)

    def resolve(self, noeuds: Iterable[Noeud], contredits: AbstractSet[Noeud]) -> list[Ligne]:
        """Rows of the contract `liens_salaries`, for these nodes and those that they lead to.

        `contredits`: those whose every link a declaration contradicts.
        """
        suivis = self._reach(noeuds)
        designes = _follow(suivis)
        lignes: list[Ligne] = [
            (*noeud, noeud[1], MEME_DECLARATION, None, None) for noeud in contredits - suivis.keys()
        ]
        for noeud, cibles in suivis.items():
            decision = self._decision(noeud)
            regle = self.regles.get(noeud) if decision is None else DECISION
            etat, salarie = _state(noeud[1], cibles, designes.get(noeud))
            lignes.append((*noeud, salarie, etat, regle, decision and decision[0]))
        return lignes

    def _reach(self, noeuds: Iterable[Noeud]) -> dict[Noeud, frozenset[str]]:
        """These nodes and those that they lead to, with what each leads to; none that stays."""
        suivis: dict[Noeud, frozenset[str]] = {}
        restent = list(noeuds)
        while restent:
            noeud = restent.pop()
            cibles = self._targets(noeud)
            if cibles is not None and noeud not in suivis:
                suivis[noeud] = cibles
                restent += [(noeud[0], cible) for cible in cibles]
        return suivis

    def _targets(self, noeud: Noeud) -> frozenset[str] | None:
        """What a node leads to: nothing when it was set apart, None when nobody says anything."""
        decision = self._decision(noeud)
        if decision is not None:
            return frozenset() if decision[1] is None else frozenset({decision[1]})
        return frozenset(self.cibles[noeud]) if noeud in self.cibles else None

    def _decision(self, noeud: Noeud) -> tuple[int, str | None] | None:
        """The last decision of the company, or of all."""
        siennes = [self.decisions.get((siren, noeud[1])) for siren in (noeud[0], None)]
        return max((d for d in siennes if d is not None), key=_rank, default=None)


def _rank(decision: tuple[int, str | None]) -> int:
    return decision[0]


def _state(
    identifiant: str, cibles: frozenset[str], finales: frozenset[str] | None
) -> tuple[str, str]:
    """What becomes of an identifier, and whom it designates."""
    if not cibles:
        return SEPARE, identifiant
    if finales is None:
        return CIRCULAIRE, identifiant
    if len(finales) > 1:
        return PLUSIEURS, identifiant
    (salarie,) = finales
    return LIE, salarie


def _follow(suivis: Mapping[Noeud, frozenset[str]]) -> Mapping[Noeud, frozenset[str]]:
    """Where each node ends, at one employee or several; none for those that go round."""
    faits: dict[Noeud, frozenset[str]] = {}
    restent = dict(suivis)
    while restent:
        prets = {
            noeud: _ends(noeud[0], cibles, faits)
            for noeud, cibles in restent.items()
            if not any((noeud[0], cible) in restent for cible in cibles)
        }
        if not prets:
            break
        faits |= prets
        restent = {noeud: cibles for noeud, cibles in restent.items() if noeud not in prets}
    return faits


def _ends(
    siren: str, cibles: frozenset[str], faits: Mapping[Noeud, frozenset[str]]
) -> frozenset[str]:
    """Where these lead; one that leads to several, or is set apart, ends there."""
    siennes = {cible: faits.get((siren, cible), frozenset()) for cible in cibles}
    return frozenset(
        next(iter(fins)) if len(fins) == 1 else cible for cible, fins in siennes.items()
    )
