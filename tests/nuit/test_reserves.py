"""What fails for a company holds it, for a deposit sets it aside; the others are published."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.controle import preparation as controle
from pipelines.metier import Metier
from pipelines.nuit.reserves.decisions import MISE_A_L_ECART, REPRISE_DEPOT
from pipelines.nuit.reserves.fautifs import find_fautifs
from pipelines.rapports.documents.lettres import RAPPORT
from pipelines.recus import Recu
from sample_files.generateur.portefeuille import (
    Fichier,
    Parametres,
    generate_entreprises,
    generate_portefeuille,
)
from specs.caisse import read_caisse
from specs.periodes import Mois
from tests.conftest import NATURES
from warehouse.decisions import record_decision
from warehouse.reglages import Reglages

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from pipelines.controle.lecture import Lecture
    from pipelines.publication.etapes import Resultat
    from pipelines.rapports.documents.valeurs import Rapport
    from tests.conftest import Caisse

MakeCaisse = Callable[..., "Caisse"]
PARAMETRES = Parametres(
    adherents=4,
    salaries=24,
    mois=Mois.range(Mois(2026, 1), Mois(2026, 2)),
    graine=5,
    part_fautes=0,
)
JANVIER, FEVRIER = PARAMETRES.mois
SOIRS = {
    JANVIER: datetime(2026, 2, 16, 20, 0, tzinfo=UTC),
    FEVRIER: datetime(2026, 3, 16, 20, 0, tzinfo=UTC),
}
APRES = datetime(2026, 3, 17, 20, 0, tzinfo=UTC)
ENTREPRISES = list(generate_entreprises(PARAMETRES))
MALADE = ENTREPRISES[1]
MALADIE, DEPOT = 6, "D00000006"  # its file of February
DONNES = ("mois", "adherent", "siren", "nom", "sha256", "octets", "depot", "publication")
# Where failures are planted, one a company in each night, and the step that its alert names. The
# first company has rights to leave since January, the third has its first ones in February.
# The rule of leave fails on what was published of the first too: its employees stay so.
ETAPES = [
    (
        ("pipelines.conges.etapes.compute_acquisition", "conges"),
        ("pipelines.declarations.etapes.compute_statuts", "declarations"),
        ("pipelines.reglements.etapes.compute_emissions", "prelevements"),
    ),
    (
        ("pipelines.cotisations.etapes.compute_lignes", "cotisations"),
        ("pipelines.suivi.etapes.compute_attendues", "suivi"),
        ("pipelines.comptabilite.documents.lettres.render_releve", "publication"),
    ),
    (
        ("pipelines.comptabilite.etapes.compute_comptes", "comptabilite"),
        ("pipelines.attestations.etapes.compute_situations", "attestations"),
    ),
]


class PanneError(RuntimeError):
    """A planted failure."""


def mentions(valeur: Any, siren: str) -> bool:
    """Whether a value that a step handles is, or holds rows, of this company."""
    if isinstance(valeur, pl.DataFrame):
        return "siren" in valeur.columns and bool((valeur["siren"] == siren).any())
    if is_dataclass(valeur):
        return any(mentions(getattr(valeur, champ.name), siren) for champ in fields(valeur))
    return bool(valeur == siren)


def plant(monkeypatch: pytest.MonkeyPatch, chemin: str, siren: str = MALADE.siren) -> None:
    """Make a function fail whenever it handles this company."""
    module, _, nom = chemin.rpartition(".")
    vraie = getattr(importlib.import_module(module), nom)

    def malade(*valeurs: Any) -> Any:
        if any(mentions(valeur, siren) for valeur in valeurs):
            raise PanneError("panne")
        return vraie(*valeurs)

    monkeypatch.setattr(f"{module}.{nom}", malade)


@pytest.fixture(scope="module")
def registre() -> bytes:
    """The members of the portfolio, in CSV."""
    lignes = ["numero_adherent;siren;raison_sociale;cdg;siret;debut;fin"]
    lignes += [
        f"{e.numero_adherent};{e.siren};{e.raison_sociale};{lieu.cdg};{lieu.siret};2015-01-01;"
        for e in ENTREPRISES
        for lieu in e.etablissements
    ]
    return "\n".join(lignes).encode()


def files(mois: Mois) -> list[Fichier]:
    """What the companies drop for a month."""
    return [fichier for fichier in generate_portefeuille(PARAMETRES) if fichier.mois == mois]


def drop(caisse: Caisse, mois: Mois) -> None:
    """Drop the files of a month."""
    for fichier in files(mois):
        caisse.drop(fichier.adherent, fichier.nom, fichier.octets)


def pass_month(caisse: Caisse, mois: Mois) -> Resultat:
    """Drop the files of a month, and play its night."""
    drop(caisse, mois)
    return caisse.pass_night(SOIRS[mois])


def rows_of(caisse: Caisse, *sirens: str, others: bool = False) -> Mapping[str, pl.DataFrame]:
    """Published rows of companies, or of the others, by table; alerts are the operator's.

    Of the files given, those that a publication gave at once, without what becomes of them: what
    answers a deposit is nobody's to hold, what was published goes its way, drawn afterwards.
    """
    adherents = [e.numero_adherent for e in ENTREPRISES if e.siren in sirens]
    depots = caisse.read("depots").filter(pl.col("adherent").is_in(adherents))["depot"].to_list()
    siennes = {
        "siren": pl.col("siren").is_in(sirens),
        "adherent": pl.col("adherent").is_in(adherents),
        "depot": pl.col("depot").is_in(depots),
    }
    lues = {}
    for table in sorted(caisse.versions().keys() - {"alertes", "parametres_cdg"}):
        frame = caisse.read(table)
        if table == "fichiers_emis":
            dessine = pl.col("nom").str.contains(r"\.(pdf|xlsx)$")
            frame = frame.filter(pl.col("publication").is_not_null(), ~dessine).select(DONNES)
        colonne = next((c for c in siennes if c in frame.columns), None)
        if colonne is not None:
            lues[table] = frame.filter(~siennes[colonne] if others else siennes[colonne])
    return lues


def decide_depot(connexion: Connection, nature: str, depot: str, acte: Mapping[str, Any]) -> None:
    """A decision about a deposit."""
    contenu = {"depot": depot}
    record_decision(connexion, nature=NATURES[nature], siren=None, contenu=contenu, **acte)


def left_for(caisse: Caisse, adherent: str) -> set[str]:
    """Names of the files of a company's `retour/`, but what is answered at once."""
    noms = (nom for nom in caisse.returned() if nom.startswith(adherent))
    return {nom for nom in noms if "/ACK_" not in nom and "/CONTROLE_" not in nom}


@pytest.fixture(scope="module")
def temoin(make_caisse: MakeCaisse, registre: bytes) -> Caisse:
    """Both months, and nothing fails."""
    caisse = make_caisse(registre=registre, nombre_parts=2)
    for mois in PARAMETRES.mois:
        pass_month(caisse, mois)
    return caisse


@pytest.fixture(scope="module")
def janvier(make_caisse: MakeCaisse, registre: bytes) -> Caisse:
    """January alone, published."""
    caisse = make_caisse(registre=registre, nombre_parts=2)
    pass_month(caisse, JANVIER)
    return caisse


@pytest.fixture
def caisse(janvier: Caisse, tmp_path: Path, open_caisse: Callable[[Reglages], Caisse]) -> Caisse:
    """A copy of the fund after January, to disturb."""
    shutil.copytree(janvier.maison.reglages.dossier, tmp_path / "maison")
    return open_caisse(Reglages(dossier=tmp_path / "maison", nombre_parts=2))


@pytest.mark.parametrize(
    "pannes", ETAPES, ids=lambda pannes: "-".join(etape for _, etape in pannes)
)
def test_a_company_that_fails_is_held_and_the_others_are_published(
    caisse: Caisse,
    temoin: Caisse,
    monkeypatch: pytest.MonkeyPatch,
    pannes: Sequence[tuple[str, str]],
) -> None:
    """Its rows stay as they were, nothing leaves for it, an alert names it; then it catches up."""
    malades = {e.siren: e.numero_adherent for e in ENTREPRISES[: len(pannes)]}
    avant = {siren: rows_of(caisse, siren) for siren in malades}
    remis = {adherent: left_for(caisse, adherent) for adherent in malades.values()}
    with monkeypatch.context() as panne:
        for siren, (chemin, _) in zip(malades, pannes, strict=True):
            plant(panne, chemin, siren)
        resultat = pass_month(caisse, FEVRIER)
        assert resultat.publication is not None
        assert resultat.reserves == len(pannes)
        for siren, adherent in malades.items():
            for table, frame in rows_of(caisse, siren).items():
                assert frame.equals(avant[siren].get(table, frame.clear())), (siren, table)
            assert left_for(caisse, adherent) == remis[adherent]
        sains = rows_of(temoin, *malades, others=True)
        for table, frame in rows_of(caisse, *malades, others=True).items():
            assert frame.equals(sains[table]), table
        alertes = caisse.read("alertes").sort("siren").to_dicts()
        assert [(a["nature"], a["siren"], a["etape"]) for a in alertes] == sorted(
            ("ENTREPRISE", siren, etape) for siren, (_, etape) in zip(malades, pannes, strict=True)
        )
        assert {(a["etat"], a["depot"]) for a in alertes} == {("OUVERTE", None)}
        for alerte in alertes:
            assert alerte["cause"].startswith("PanneError dans tests/nuit/test_reserves.py")
        assert caisse.pass_night(SOIRS[FEVRIER]).publication is None
    assert caisse.pass_night(APRES).publication is not None
    assert caisse.read("alertes")["etat"].to_list() == ["LEVEE"] * len(pannes)
    appels = ["siren", "mois_appel", "montant_centimes"]
    assert caisse.read("appels").select(appels).equals(temoin.read("appels").select(appels))
    for adherent in malades.values():
        assert left_for(caisse, adherent) > remis[adherent]


def test_a_failure_that_is_nobodys_stops_the_publication(
    caisse: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that fails whoever it is about publishes nothing and holds nobody."""
    avant = caisse.versions()

    def panne(*_: object) -> None:
        raise PanneError("panne")

    monkeypatch.setattr("pipelines.cotisations.etapes.compute_nouveaux", panne)
    with pytest.raises(PanneError):
        pass_month(caisse, FEVRIER)
    assert caisse.versions() == avant


def lose_a_cent(lignes: pl.DataFrame) -> pl.DataFrame:
    """Lines of call of which each amount misses a cent."""
    return lignes.with_columns(pl.col("montant_centimes") - 1)


def double_a_line(lignes: pl.DataFrame) -> pl.DataFrame:
    """Lines of call of which one bears its base twice."""
    deux = pl.when(pl.int_range(pl.len()) == 0).then(2).otherwise(1)
    mesures = ("base_brute_centimes", "base_centimes", "montant_centimes")
    return lignes.with_columns(pl.col(nom) * deux for nom in mesures)


def give_a_base_twice(bases: pl.DataFrame) -> pl.DataFrame:
    """Bases of which one is attributed to two contracts."""
    autre = bases.head(1).with_columns(contrat=pl.lit("99999"), ligne=pl.lit(999_999, pl.Int64))
    return pl.concat([bases, autre])


# A wrong rule: where it is, what it makes of the rows of the company, the audit that says so.
FAUSSES: list[tuple[str, str, Callable[[pl.DataFrame], pl.DataFrame], str]] = [
    ("pipelines.cotisations.etapes.compute_differences", "cdg", lose_a_cent, "lignes_montants"),
    ("pipelines.cotisations.etapes.compute_differences", "cdg", double_a_line, "lignes_quantites"),
    ("pipelines.declarations.etapes.compute_bases", "depot", give_a_base_twice, "bases_lues"),
]


@pytest.mark.parametrize(
    ("chemin", "ordre", "fausse", "audit"),
    FAUSSES,
    ids=["un centime perdu", "une ligne doublée", "une base attribuée deux fois"],
)
def test_a_company_that_does_not_add_up_is_held(
    caisse: Caisse,
    temoin: Caisse,
    monkeypatch: pytest.MonkeyPatch,
    chemin: str,
    ordre: str,
    fausse: Callable[[pl.DataFrame], pl.DataFrame],
    audit: str,
) -> None:
    """A wrong rule in one company: the SQL names it, it is held, the others are published."""
    avant = rows_of(caisse, MALADE.siren)
    module, _, nom = chemin.rpartition(".")
    vraie = getattr(importlib.import_module(module), nom)
    sienne = pl.col("siren") == MALADE.siren

    def alteree(*valeurs: Any) -> pl.DataFrame:
        justes = vraie(*valeurs)
        siennes = justes.filter(sienne)
        if siennes.is_empty():
            return justes
        return pl.concat([justes.filter(~sienne), fausse(siennes)]).sort(ordre)

    with monkeypatch.context() as panne:
        panne.setattr(chemin, alteree)
        assert pass_month(caisse, FEVRIER).reserves == 1
    (alerte,) = caisse.read("alertes").to_dicts()
    assert (alerte["siren"], alerte["etape"]) == (MALADE.siren, "audit")
    assert f"{audit}, " in alerte["cause"]
    assert f"(siren={MALADE.siren} " in alerte["cause"]
    for table, frame in rows_of(caisse, MALADE.siren).items():
        assert frame.equals(avant.get(table, frame.clear())), table
    sains = rows_of(temoin, MALADE.siren, others=True)
    for table, frame in rows_of(caisse, MALADE.siren, others=True).items():
        assert frame.equals(sains[table]), table


def test_a_file_that_can_not_be_controlled_is_set_aside(
    caisse: Caisse, temoin: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other files of its lot are controlled; taken up again, it brings what it should."""
    drop(caisse, FEVRIER)
    with monkeypatch.context() as panne:
        vraie = controle.read_fichiers

        def malade(recus: Iterable[Recu], metiers: Sequence[Metier]) -> Lecture:
            lus = list(recus)
            if any(recu.numero == MALADIE for recu in lus):
                raise PanneError("panne")
            return vraie(lus, metiers)

        panne.setattr(controle, "read_fichiers", malade)
        resultat = caisse.pass_night(SOIRS[FEVRIER])
    assert resultat.reserves == 1
    etats = dict(caisse.read("depots").select("depot", "etat").iter_rows())
    assert etats.pop(DEPOT) == "MIS_A_L_ECART"
    assert set(etats.values()) == {"INTEGRE"}
    assert any(f"RAPPORT_{DEPOT}.pdf" in nom for nom in caisse.returned())
    with caisse.maison.moteur.begin() as connexion:
        acte = {"date_effet": APRES.date(), "auteur": "a", "motif": "m", "instant": "2026-03-17"}
        decide_depot(connexion, REPRISE_DEPOT, DEPOT, acte)
    assert caisse.pass_night(APRES).reserves == 0
    appels = ["siren", "mois_appel", "montant_centimes"]
    assert caisse.read("appels").select(appels).equals(temoin.read("appels").select(appels))


def test_a_report_that_can_not_be_drawn_sets_its_deposit_aside(
    caisse: Caisse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its company is held that night, with the deposit named beside it."""

    def malade(rapport: Rapport) -> bytes:
        de_la_nuit = rapport.suivi_de is None and rapport.verdict != "MIS_A_L_ECART"
        if rapport.depot == DEPOT and de_la_nuit:
            raise PanneError("panne")
        return b"%PDF"

    monkeypatch.setitem(RAPPORT, "pdf", malade)
    assert pass_month(caisse, FEVRIER).reserves == 2
    natures = caisse.read("alertes").select("nature", "depot").sort("nature").rows()
    assert natures == [("DEPOT", DEPOT), ("ENTREPRISE", None)]
    caisse.pass_night(APRES)
    etats = dict(caisse.read("depots").select("depot", "etat").iter_rows())
    assert etats[DEPOT] == "MIS_A_L_ECART"
    assert caisse.read("alertes").filter(pl.col("etat") == "OUVERTE")["nature"].to_list() == [
        "DEPOT"
    ]


def test_a_deposit_set_aside_by_hand_then_taken_up_again_is_as_before(
    make_caisse: MakeCaisse, normale: bytes, as_real: Callable[[bytes], bytes]
) -> None:
    """What it brought is taken back, then called again; the only deposit of its shard, too."""
    caisse = make_caisse(nombre_parts=1)
    caisse.drop("A80001", "normale.dsn", as_real(normale))
    soirs = [datetime(2026, 4, jour, 20, 0, tzinfo=UTC) for jour in (5, 6, 7)]
    caisse.pass_night(soirs[0])
    total = caisse.read("appels")["montant_centimes"].sum()
    attendus = [
        (MISE_A_L_ECART, "MIS_A_L_ECART", 0, "OUVERTE"),
        (REPRISE_DEPOT, "INTEGRE", total, "LEVEE"),
    ]
    for soir, (nature, etat, montant, alerte) in zip(soirs[1:], attendus, strict=True):
        acte = {"date_effet": soir.date(), "auteur": "a", "motif": "m", "instant": str(soir)}
        with caisse.maison.moteur.begin() as connexion:
            decide_depot(connexion, nature, "D00000001", acte)
        assert caisse.pass_night(soir).reserves == (alerte == "OUVERTE")
        assert caisse.read("depots")["etat"].to_list() == [etat]
        assert caisse.read("appels")["montant_centimes"].sum() == montant
        assert caisse.read("alertes")["etat"].to_list() == [alerte]
        assert caisse.pass_night(soir).publication is None


def test_nobody_is_found_when_two_fail_only_together() -> None:
    """A failure that no one makes alone, or that everyone makes, is raised as it was."""
    erreur = PanneError("ensemble")

    def ensemble(choisis: frozenset[str]) -> None:
        if {"a", "b"} <= choisis:
            raise PanneError("panne")

    def toujours(_: frozenset[str]) -> None:
        raise PanneError("panne")

    def limite(choisis: frozenset[str]) -> None:
        if choisis:
            raise PanneError("panne")

    nombreux = [f"{rang:03}" for rang in range(read_caisse().reserves_maximum + 1)]
    for candidats, essai in (("abcd", ensemble), ("abcd", toujours), (nombreux, limite)):
        with pytest.raises(PanneError, match="ensemble"):
            find_fautifs(list(candidats), essai, erreur)
    assert list(find_fautifs(nombreux[1:], limite, erreur)) == nombreux[1:]
