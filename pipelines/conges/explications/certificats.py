"""A certificate, line by line: days of each month, absences, wages, hours, leave paid before."""

from __future__ import annotations

import polars as pl

from pipelines.conges.explications.lecture import Dossier
from pipelines.conges.explications.valeurs import Certificat, Rangees
from pipelines.conges.regles.acquisition.absences import with_natures
from pipelines.conges.regles.acquisition.calendrier import (
    count_ouvrables,
    month_unit,
    parse_mois,
    period_start,
    render_mois,
)
from pipelines.conges.regles.acquisition.contrats import DSN, HEURE
from pipelines.conges.regles.acquisition.emplois import name_of_cert
from pipelines.conges.regles.acquisition.paie import (
    ACTIVITE,
    PARTIELLE,
    REMUNERATION,
    TRAVAILLEES,
    with_emploi,
)
from pipelines.conges.regles.acquisition.precedents import cut_at_march
from pipelines.conges.regles.acquisition.suites import compute_ecarts
from pipelines.conges.regles.acquisition.temps import share
from pipelines.explications.valeurs import Rangee
from specs.conges import ORDRE

NATURES = ("travail", "maternite", "accident", "maladie", "conge")
LIGNE = ["depot", "ligne"]
SOURCE = ["salarie", "siren", "mois"]


def compose_certificat(dossier: Dossier, rangee: Rangee, suivant: str | None) -> Certificat:
    """What the publication holds of a certificate in force; `suivant` has replaced it since."""
    siens = dossier.matiere.sources.emplois.filter(_its(rangee)).sort("mois", "contrat")
    numero = rangee["certificat"]
    recalcules = dossier.acquisition.certificats.filter(certificat=numero).to_dicts()
    return Certificat(
        certificat=rangee,
        mois=_months(dossier, siens),
        absences=_absences(dossier, rangee),
        bases=_wages(dossier, rangee),
        heures=_hours(dossier, rangee),
        lus=_read_certs(dossier, siens),
        precedents=_paid_before(dossier, rangee),
        changements=tuple(compute_ecarts(dossier.certificats).filter(certificat=numero).to_dicts()),
        recalcule=recalcules[0] if recalcules else None,
        suivant=suivant,
    )


def _its(rangee: Rangee) -> pl.Expr:
    """Rows (ANNEE) of the employment and leave year of a certificate."""
    debut = pl.max_horizontal("emploi", period_start(pl.col("exercice")))
    return pl.all_horizontal(
        pl.col("siren") == rangee["siren"],
        pl.col("cdg") == (rangee["cdg"] or ""),
        pl.col("exercice") == rangee["exercice"],
        debut == rangee["debut"],
    )


def _months(dossier: Dossier, siens: pl.DataFrame) -> Rangees:
    """Days from Monday to Saturday under contract, by nature, with the line that tells them."""
    unite = month_unit(pl.col("mois"))
    dites = dossier.suivi.contrats.sort("mois", *LIGNE).unique(
        ["siren", "contrat", "mois"], keep="last"
    )
    lignes = dites.select("siren", pl.col("contrat").fill_null(""), *LIGNE,
                          mois=parse_mois(pl.col("mois")))  # fmt: skip
    jours = siens.filter(pl.col("source") == DSN).select(
        "siren", "contrat", "mois", *(pl.col(nom) // unite for nom in NATURES),
        ouvrables=count_ouvrables(pl.col("du"), pl.col("au")),
        du_mois=count_ouvrables(pl.col("mois"), pl.col("mois").dt.month_end()),
    )  # fmt: skip
    return tuple(
        jours.join(lignes, on=["siren", "contrat", "mois"], how="left", maintain_order="left")
        .with_columns(
            mois=render_mois(pl.col("mois")),
            non_compte=pl.col("ouvrables") - pl.sum_horizontal(NATURES),
        )
        .to_dicts()
    )


def _absences(dossier: Dossier, rangee: Rangee) -> Rangees:
    """Lines of the DSN that touch the period, with the letter of the nature of their days."""
    dites = dossier.read("absences", pl.col("siren") == rangee["siren"])
    bornees = dites.filter(pl.col("debut").is_not_null()).with_columns(
        fin=pl.coalesce(pl.col("reprise") - pl.duration(days=1), "fin", "fin_prevue",
                        parse_mois(pl.col("mois")).dt.month_end())
    )  # fmt: skip
    return tuple(
        with_natures(bornees)
        .filter(pl.col("debut") <= rangee["fin"], pl.col("fin") >= rangee["debut"])
        .with_columns(compte=pl.col("ordre").replace_strict(dict(enumerate(ORDRE))))
        .sort("debut", *LIGNE)
        .select("nature", "motif_absence", "debut", "fin", "compte", *LIGNE)
        .to_dicts()
    )


def _placed(dossier: Dossier, lignes: pl.DataFrame, rangee: Rangee) -> pl.DataFrame:
    """Lines (CENTRE, mois) of the months of a certificate that the DSN tell."""
    sources = dossier.matiere.sources
    nommees = lignes.with_columns(pl.col("cdg").fill_null("")).join(
        sources.certs.evinces, on=SOURCE, how="anti", maintain_order="left"
    )
    siennes = with_emploi(nommees, sources.emplois).filter(_its(rangee))
    return siennes.with_columns(mois=render_mois(pl.col("mois"))).sort("mois", *LIGNE)


def _wages(dossier: Dossier, rangee: Rangee) -> Rangees:
    """The bases of leave of its months, whenever they were told."""
    rattache = parse_mois(pl.coalesce("mois_rattachement", "mois_appel"))
    connues = dossier.connu.bases
    bases = dossier.read("bases").join(connues, on=connues.columns, how="semi", nulls_equal=True)
    lignes = bases.filter(code_base="20").with_columns(mois=rattache)
    return tuple(
        _placed(dossier, lignes, rangee)
        .select("mois", "mois_appel", "quantite", "source", *LIGNE)
        .to_dicts()
    )


def _hours(dossier: Dossier, rangee: Rangee) -> Rangees:
    """Hours worked and hours of short-time working of its months."""
    nature, code = pl.col("nature"), pl.col("code")
    travail = (nature == ACTIVITE) & (code == TRAVAILLEES)
    partielle = (nature == REMUNERATION) & (code == PARTIELLE)
    lues = dossier.read("remunerations", travail | partielle, pl.col("unite") == HEURE)
    lignes = lues.with_columns(
        mois=pl.coalesce(pl.col("debut").dt.month_start(), parse_mois(pl.col("mois"))),
        partielle=partielle,
    )
    return tuple(
        _placed(dossier, lignes, rangee)
        .select("mois", "mesure_centiemes", "partielle", *LIGNE)
        .to_dicts()
    )


def _read_certs(dossier: Dossier, siens: pl.DataFrame) -> Rangees:
    """The certificates of files among its months, and what of each counts."""
    contrats = siens.filter(pl.col("source") != DSN)["contrat"].unique().implode()
    certs = dossier.matiere.sources.certs.certs
    return tuple(
        certs.filter(name_of_cert().is_in(contrats))
        .sort("from", "depot", "rang")
        .select(
            "cert_ref", "depot", "rang", "unit", "months", "part", "total",
            debut="from", fin="to", heures=share(pl.col("hours")), brut=share(pl.col("gross")),
            heures_ap=share(pl.col("hours_ap")),
        )
        .to_dicts()
    )  # fmt: skip


def _paid_before(dossier: Dossier, rangee: Rangee) -> Rangees:
    """Leave paid in the period, told by the certificate of the last employer alone."""
    dernier = dossier.matiere.sources.derniers.filter(_its(rangee), salarie=dossier.salarie)
    if dernier.is_empty():
        return ()
    payes = cut_at_march(dossier.connu.conges, dossier.savoir).filter(exercice=rangee["exercice"])
    return tuple(
        payes.sort("debut")
        .select("debut", "fin", "jours_legaux_centiemes", "indemnite_centimes")
        .to_dicts()
    )
