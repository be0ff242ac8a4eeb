"""From the published tables of one company to the explanation of a call, line by line (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from pipelines.cotisations.documents.appels import CHAMPS_COMMUNS
from pipelines.cotisations.explications.calcul import check_ligne, compute_base, compute_montant
from pipelines.cotisations.explications.cumuls import (
    Partages,
    check_cumul,
    compute_partages,
    explain_cumul,
    find_abattement,
    first_month,
)
from pipelines.cotisations.explications.references import (
    DECLAREE,
    options_of_line,
    refer_coefficient,
    refer_refaction,
    refer_salaire,
    refer_taux,
    tell_option,
)
from pipelines.cotisations.explications.valeurs import (
    AppelExplique,
    BaseRetenue,
    BasesDepot,
    Calcul,
    LigneAnterieure,
    LigneExpliquee,
    Mesures,
)
from pipelines.cotisations.regles.assiettes import HEURES, LIGNE, SOMME, counted, gather_bases
from pipelines.explications.valeurs import Ecart
from pipelines.registre import Registre
from specs.baremes import Bareme, Cotisation
from specs.connaissances import Connaissances
from specs.periodes import Mois

CHAMPS_APPEL = (*CHAMPS_COMMUNS, "groupe")


@dataclass(frozen=True)
class Sources:
    """Published tables of one company, as of the publication that issued the call.

    `lignes`: of every call of the management centre and month; `bases`: their rows; `sommes`: of
    `sum_bases`, all the months of the company; `declares`: of `declared_months`; `cumuls`,
    `depots`: contracts of these names.
    """

    lignes: pl.DataFrame
    bases: pl.DataFrame
    sommes: pl.DataFrame
    declares: pl.DataFrame
    cumuls: pl.DataFrame
    depots: pl.DataFrame
    registre: Registre
    savoir: Connaissances

    @cached_property
    def nourries(self) -> pl.DataFrame:
        """Which sum of the company feeds which contribution."""
        return gather_bases(self.sommes, self.registre, self.savoir)

    @cached_property
    def partages(self) -> Partages:
        """What each line of the company bears of its cumuls."""
        return compute_partages(
            self.nourries, self.declares, self.cumuls, self.registre, self.savoir
        )

    @cached_property
    def fichiers(self) -> dict[str, tuple[str, str]]:
        """Name and instant of reception of each deposit."""
        lus = self.depots.select("depot", "nom", "recu_le").iter_rows()
        return {depot: (nom, recu_le) for depot, nom, recu_le in lus}


def explain_appel(appel: Mapping[str, Any], sources: Sources) -> AppelExplique:
    """A call (row of `appels`) and each of its lines."""
    du_mois = sources.lignes.sort("rang", "mois_rattachement", "cotisation")
    siennes = du_mois.filter(pl.col("appel") == appel["appel"])
    lignes = tuple(explain_ligne(ligne, appel, sources) for ligne in siennes.iter_rows(named=True))
    avant = (
        du_mois.filter(pl.col("rang") < appel["rang"])
        .group_by("appel")
        .agg(pl.col("montant_centimes").sum())
    )
    mois = Mois.parse(appel["mois_appel"])
    somme = sum(ligne.publiee.montant_centimes for ligne in lignes)
    ecarts = [ecart for ligne in lignes for ecart in ligne.ecarts]
    if somme != appel["montant_centimes"]:
        total = Ecart(appel["appel"], "somme des lignes", somme, appel["montant_centimes"])
        ecarts.append(total)
    return AppelExplique(
        **{champ: appel[champ] for champ in CHAMPS_APPEL},
        anterieurs=tuple(avant.sort("appel").iter_rows()),
        lignes=lignes,
        options=(tell_option("regle_exigibilite", mois, sources.savoir),),
        ecarts=tuple(ecarts),
    )


def explain_ligne(
    ligne: Mapping[str, Any], appel: Mapping[str, Any], sources: Sources
) -> LigneExpliquee:
    """One line (row of `lignes_appel`) of a call."""
    bareme = sources.savoir.baremes[ligne["cotisation"]]
    forme = bareme.cotisation
    if forme is None:
        raise ValueError(f"{ligne['cotisation']} n'est pas une cotisation")
    mois_appel, mois = (Mois.parse(ligne[nom]) for nom in ("mois_appel", "mois_rattachement"))
    premier = first_month(forme.cumul, mois, sources.savoir) if forme.cumul else None
    options = tuple(options_of_line(forme, mois_appel, mois, premier, sources.savoir))
    a_l_appel = any(o.nom == "taux_des_regularisations" and o.choix == "appel" for o in options)
    codes = _feeding_codes(ligne, forme, sources)
    depots = tuple(_rows(ligne, codes, sources))
    calcul = _compute(ligne, bareme, forme, depots, sources)
    en_heures = forme.assiette == HEURES
    anterieures = tuple(_former_lines(ligne, sources.lignes))
    identifiant = line_identifier(ligne)
    cle = {nom: ligne[nom] for nom in LIGNE} | {"cumul": forme.cumul or ""}
    cumul = explain_cumul(sources.partages, cle, sources.savoir) if forme.cumul else None
    publiee = _measures(ligne)
    ecarts = [
        *check_ligne(
            identifiant, calcul, calcul.quantite if en_heures else None, publiee, anterieures
        ),
        *(check_cumul(identifiant, cumul) if cumul else ()),
    ]
    parametres, cdg = sources.registre.parametres, ligne["cdg"]
    return LigneExpliquee(
        identifiant=identifiant,
        **{nom: ligne[nom] for nom in ("appel", *LIGNE)},
        nature=appel["nature"],
        libelle=bareme.libelle,
        codes_base=codes,
        en_heures=en_heures,
        depots=depots,
        salaire_reference=refer_salaire(bareme, mois) if en_heures else None,
        refaction=refer_refaction(ligne["refaction_ppm"], mois, cdg, parametres),
        coefficient=refer_coefficient(ligne["coefficient_ppm"], bareme, mois),
        taux=refer_taux(
            ligne["taux_ppm"], bareme, mois_appel if a_l_appel else mois, cdg, parametres
        ),
        cumul=cumul,
        calcul=calcul,
        anterieures=anterieures,
        publiee=publiee,
        options=options,
        ecarts=tuple(ecarts),
    )


def line_identifier(ligne: Mapping[str, Any]) -> str:
    """`C8000101-202603-01/2026-03/CP`."""
    return f"{ligne['appel']}/{ligne['mois_rattachement']}/{ligne['cotisation']}"


def _compute(
    ligne: Mapping[str, Any],
    bareme: Bareme,
    forme: Cotisation,
    depots: tuple[BasesDepot, ...],
    sources: Sources,
) -> Calcul:
    """The figures of the key from its rows, with the dated values that the line holds."""
    mois = Mois.parse(ligne["mois_rattachement"])
    quantite = sum(depot.quantite for depot in depots)
    arrondi = sources.savoir.option_at("arrondi_assiette", mois)
    salaire = refer_salaire(bareme, mois) if forme.assiette == HEURES else None
    base = None
    if salaire is not None or forme.assiette != HEURES:
        base = compute_base(
            quantite,
            salaire.valeur if salaire else None,
            ligne["refaction_ppm"],
            ligne["coefficient_ppm"],
            euro=forme.assiette == DECLAREE and arrondi == "euro",
        )
    abattement: int | None = 0
    if forme.cumul is not None:
        cle = {nom: ligne[nom] for nom in LIGNE} | {"cumul": forme.cumul}
        due = base[2] if base else None
        abattement = find_abattement(sources.partages, cle, forme.partie or "", due)
    return compute_montant(quantite, base, abattement, ligne["taux_ppm"])


def _feeding_codes(
    ligne: Mapping[str, Any], forme: Cotisation, sources: Sources
) -> tuple[str, ...]:
    """Codes of the bases that the line is made of; those it may have when it has none left."""
    codes = sources.nourries.filter(*_same(ligne, LIGNE))["code_base"].unique().sort()
    return tuple(codes) or forme.codes_base


def _rows(
    ligne: Mapping[str, Any], codes: tuple[str, ...], sources: Sources
) -> Iterator[BasesDepot]:
    """The rows behind a line, by deposit in the order of their names."""
    autres = (
        pl.col("manque").str.contains(rf"(^|, ){ligne['cotisation']} \(").fill_null(value=False)
    )
    siennes = sources.bases.filter(
        *_same(ligne, SOMME[:-1]), pl.col("code_base").is_in(codes), counted() & ~autres
    ).sort("depot", "ligne")
    champs = list(BaseRetenue.__dataclass_fields__)
    for (depot, source), rows in siennes.group_by("depot", "source", maintain_order=True):
        nom, recu_le = sources.fichiers.get(str(depot), (None, None))
        yield BasesDepot(
            depot=str(depot),
            source=str(source),
            nom=nom,
            recu_le=recu_le,
            quantite=int(rows["quantite"].sum()),
            bases=tuple(BaseRetenue(**row) for row in rows.select(champs).iter_rows(named=True)),
        )


def _former_lines(ligne: Mapping[str, Any], lignes: pl.DataFrame) -> Iterator[LigneAnterieure]:
    """Lines of the same key in the calls of lower ranks."""
    avant = lignes.filter(*_same(ligne, LIGNE), pl.col("rang") < ligne["rang"]).sort("rang")
    for deja in avant.iter_rows(named=True):
        yield LigneAnterieure(deja["appel"], _measures(deja))


def _measures(ligne: Mapping[str, Any]) -> Mesures:
    return Mesures(**{nom: ligne[nom] for nom in Mesures.__dataclass_fields__})


def _same(ligne: Mapping[str, Any], cle: list[str]) -> Iterator[pl.Expr]:
    return (pl.col(nom) == ligne[nom] for nom in cle)
