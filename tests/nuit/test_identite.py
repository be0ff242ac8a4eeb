"""One employee over months and companies, from the files to what is published."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipelines.salaries.decisions import FUSION
from sample_files.generateur.portefeuille import (
    Fichier,
    Parametres,
    generate_entreprises,
    generate_portefeuille,
)
from specs.periodes import Mois
from tests.conftest import NATURES, SOIR
from warehouse.decisions import record_decision
from warehouse.lac import Lac, values_of
from warehouse.pseudonymes import compute_pseudonyme

if TYPE_CHECKING:
    from tests.conftest import Caisse

pytestmark = pytest.mark.recit

MOIS = Mois.range(Mois(2026, 1), Mois(2026, 2))
JANVIER, FEVRIER = map(str, MOIS)
PARAMETRES = Parametres(adherents=2, salaries=6, mois=MOIS, graine=11)
NIR_1, MATRICULE, PIED = b"S21.G00.30.001,'", b"S21.G00.30.019", b"S90.G00.90.001,'"
DU_MOIS = {"identites_mensuelles", "contrats", "absences", "remunerations"}
TABLES = ("salaries", "liens_salaries", "bases", "contrats", "absences", "remunerations")


@dataclass(frozen=True)
class Embauche:
    """An employee declared in January under a temporary number, in February under both."""

    siren: str
    nir: str
    ntt: str
    fichiers: tuple[Fichier, ...]  # those of the company, by month
    autres: tuple[Fichier, ...]

    def octets(self, rang: int) -> bytes:
        """The file of a month, as it is declared."""
        octets = self.fichiers[rang].octets
        fin = b"\r\n" if b"\r\n" in octets else b"\n"
        numero = b"%s%s'%s" % (NIR_1, self.nir.encode(), fin)
        debut = octets.index(numero)
        place = octets.index(fin, octets.index(MATRICULE, debut)) + len(fin)
        temporaire = b"S21.G00.30.020,'%s'%s" % (self.ntt.encode(), fin)
        avec = octets[:place] + temporaire + octets[place:]
        if rang == 0:
            return avec.replace(numero, b"", 1)
        tete, pied, reste = avec.rpartition(PIED)
        total, suite = reste.split(b"'", 1)
        return b"%s%s%d'%s" % (tete, pied, int(total) + 1, suite)


def hire() -> Embauche:
    """A company that sends one file a month, and the first of its employees."""
    fichiers = list(generate_portefeuille(PARAMETRES))
    siret = next(
        siret
        for siret in sorted({f.siret for f in fichiers})
        if [f.type for f in fichiers if f.siret == siret] == ["01", "01"]
    )
    siens = tuple(f for f in fichiers if f.siret == siret)
    nir = siens[0].octets.partition(NIR_1)[2][:13].decode()
    ntt = f"{nir[0]}{siret[:9]}0001"
    autres = tuple(f for f in fichiers if f.siret != siret)
    return Embauche(siret[:9], nir, ntt, siens, autres)


def open_fund(make_caisse: Callable[..., Caisse], nombre_parts: int = 4) -> Caisse:
    """A fund that knows the companies of the portfolio."""
    lignes = ["numero_adherent;siren;raison_sociale;cdg;siret;debut;fin"]
    lignes += [
        f"{e.numero_adherent};{e.siren};{e.raison_sociale};{lieu.cdg};{lieu.siret};2015-01-01;"
        for e in generate_entreprises(PARAMETRES)
        for lieu in e.etablissements
    ]
    return make_caisse(registre="\n".join(lignes).encode(), nombre_parts=nombre_parts)


def pass_months(caisse: Caisse, embauche: Embauche, *rangs: int, parts: int = 4) -> None:
    """A night a month, in this order; the other companies come with the first.

    `parts`: the number of shards from the second night on.
    """
    for nuit, rang in enumerate(rangs):
        envoyes = [(embauche.fichiers[rang], embauche.octets(rang))]
        envoyes += [] if nuit else [(fichier, fichier.octets) for fichier in embauche.autres]
        for fichier, octets in envoyes:
            caisse.drop(fichier.adherent, fichier.nom, octets)
        caisse.pass_night(SOIR + timedelta(days=nuit))
        reglages = caisse.maison.reglages.model_copy(update={"nombre_parts": parts})
        caisse = replace(caisse, maison=replace(caisse.maison, reglages=reglages))
    assert {depot.etat for depot in caisse.journal().values()} <= {"INTEGRE", "REMPLACE"}


def decide(caisse: Caisse, nature: str, **contenu: str) -> None:
    """A decision about an employee, as an officer records it."""
    with caisse.maison.moteur.begin() as connexion:
        record_decision(
            connexion,
            nature=NATURES[nature],
            siren=None,
            date_effet=date(2026, 4, 7),
            auteur="gestion",
            motif="pièce d'identité",
            instant="2026-04-07T08:00:00Z",
            contenu=contenu,
        )


def employees(lus: pl.DataFrame, siren: str) -> set[str]:
    """Who a table has of a company."""
    return set(lus.filter(siren=siren)["salarie"].drop_nulls())


@pytest.fixture(scope="module")
def embauche() -> Embauche:
    """See `Embauche`."""
    return hire()


@dataclass(frozen=True)
class Suivie:
    """A fund once January came, then February: the bases after the first night, then each table."""

    caisse: Caisse
    avant: pl.DataFrame
    tables: dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def suivie(make_caisse: Callable[..., Caisse], embauche: Embauche) -> Suivie:
    """See `Suivie`."""
    caisse = open_fund(make_caisse)
    pass_months(caisse, embauche, 0, 1)
    return Suivie(caisse, caisse.read("bases", 1), {table: caisse.read(table) for table in TABLES})


def test_a_nir_that_comes_later_makes_one_employee(suivie: Suivie, embauche: Embauche) -> None:
    """The bases of January, already called, follow; so do contracts, pays and the list."""
    cle = suivie.caisse.maison.cle_pseudonymes
    nir, ntt = (compute_pseudonyme(cle, n) for n in (embauche.nir, embauche.ntt))
    assert ntt in employees(suivie.avant, embauche.siren)
    for table in ("bases", "salaries", "contrats", "remunerations"):
        ici = employees(suivie.tables[table], embauche.siren)
        assert nir in ici
        assert ntt not in ici
    (salarie,) = suivie.tables["salaries"].filter(salarie=nir).iter_rows(named=True)
    assert (salarie["premier_mois"], salarie["dernier_mois"]) == (JANVIER, FEVRIER)
    assert (salarie["numero"], salarie["siren"]) == ("NIR", embauche.siren)
    lien = suivie.tables["liens_salaries"].row(0, named=True)
    assert (lien["identifiant"], lien["salarie"], lien["etat"]) == (ntt, nir, "LIE")
    siens = suivie.tables["contrats"].filter(
        pl.col("salarie") == nir, pl.col("changement").is_null()
    )
    assert siens["mois"].to_list() == [JANVIER, FEVRIER]


@pytest.mark.redite
def test_neither_the_order_of_arrival_nor_the_shards_change_anything(
    make_caisse: Callable[..., Caisse], suivie: Suivie, embauche: Embauche
) -> None:
    """February first, then January, shared otherwise: the same employees, bases, contracts."""
    autre = open_fund(make_caisse, nombre_parts=1)
    pass_months(autre, embauche, 1, 0, parts=3)
    for table in TABLES:
        ici, la = (
            lus.drop("depot", "part", strict=False).sort(pl.all())
            for lus in (suivie.tables[table], autre.read(table))
        )
        assert ici.equals(la), table
        assert ici.height


@pytest.fixture
def ecrits(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, int, str]]:
    """Tables, shards and months of the rows that are written from then on."""
    lus: set[tuple[str, int, str]] = set()
    ecrire = Lac.write

    def write(lac: Lac, table: str, frame: pl.DataFrame, remplace: Any) -> int:
        if table in DU_MOIS:
            lus.update((table, *values_of(remplace["part"]), m) for m in frame["mois"].unique())
        return ecrire(lac, table, frame, remplace)

    monkeypatch.setattr(Lac, "write", write)
    return lus


def test_a_night_writes_the_months_that_changed(
    suivie: Suivie, embauche: Embauche, ecrits: set[tuple[str, int, str]]
) -> None:
    """A file that replaces another writes its month; a decision, those of its companies."""
    caisse, fichier = suivie.caisse, embauche.fichiers[1]
    encore = embauche.octets(1).replace(b"S20.G00.05.002,'01'", b"S20.G00.05.002,'03'")
    encore = encore.replace(b"S20.G00.05.004,'", b"S20.G00.05.004,'9")
    caisse.drop(fichier.adherent, "encore.dsn", encore)
    caisse.pass_night(SOIR + timedelta(days=2))
    assert caisse.journal()["encore.dsn"].etat == "INTEGRE"
    part = int(embauche.siren) % caisse.maison.reglages.nombre_parts
    assert ecrits == {(table, part, FEVRIER) for table in DU_MOIS}
    ecrits.clear()
    un, deux = sorted(employees(suivie.tables["salaries"], embauche.siren))[:2]
    decide(caisse, FUSION, identifiant=un, salarie=deux)
    caisse.pass_night(SOIR + timedelta(days=3))
    retenues = DU_MOIS - {"identites_mensuelles"}
    changes = {(table, part, mois) for table in retenues for mois in (JANVIER, FEVRIER)}
    # The employee that is merged was never away in February.
    assert ecrits == changes - {("absences", part, FEVRIER)}
    for table in ("bases", "salaries", "contrats"):
        assert un not in employees(caisse.read(table), embauche.siren)
