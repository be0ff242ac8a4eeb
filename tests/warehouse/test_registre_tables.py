"""Each table of the registry is imported under its rules; what breaks one says where and what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from specs.contrats import read_contrat, schema_polars
from specs.registre import read_evenements, read_tables
from warehouse.maison import Maison, open_maison
from warehouse.registre import (
    CSV,
    TABLES,
    YAML,
    CompteInconnu,
    Import,
    import_registre,
    read_adherents,
    read_comptes_bancaires,
    read_groupes_paiement,
    read_iban,
    read_mandats,
    read_parametres_cdg,
)
from warehouse.registre.formes import FORMES
from warehouse.reglages import Reglages
from warehouse.tables_sql import AUDIT

BONS = Path(__file__).parents[2] / "sample_files" / "bons"
COMPLET = (BONS / "registre.yaml").read_bytes()
ACTE = {"auteur": "gestion", "motif": "test", "instant": "2026-01-01T08:00:00Z"}
IBAN = "FR7699999000010000000000115"
PARAMETRE = (
    "{cdg: C900101, parametre: refaction_ppm, debut: 2026-01-01, fin: 2026-06-30,"
    " valeur: 800000, motif: mixte}"
)
GROUPE = "{groupe: '1', cdg: C8000101, debut: 2026-01-01, siren: 800000010, libelle: L}"
MANDAT = (
    "{rum: R1, siren: 800000010, cdg: C8000101, compte: CB-80001, schema: CORE,"
    " debut: 2026-01-01, prelevement_automatique: non}"
)
CONVENTION = "{convention: 0080001, siren: 800000010, nature: EDIC, debut: 2027-01-01}"
UTILISATEUR = "{utilisateur: U-1, siren: 800000010, courriel: x@y, debut: 2026-01-01, nom: com}"
DROIT = (
    "{utilisateur: A80001-PAIE, service: conges, categorie: O, cdg: C8000101, droit: saisie,"
    " debut: 2026-03-01}"
)
EVENEMENT = "{rum: CNETP-C8000101-001, rang: 4, date: 2026-02-01, motif: m, auteur: a}"


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Maison]:
    """A home on SQLite that knows the members of the sample files."""
    yield from _open(tmp_path)


@pytest.fixture(scope="module")
def inchangee(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maison]:
    """Such a home, for tests that write nothing in it."""
    yield from _open(tmp_path_factory.mktemp("inchangee"))


def _open(dossier: Path) -> Iterator[Maison]:
    maison = open_maison(Reglages(dossier=dossier / "maison"))
    assert _import(maison, COMPLET).erreurs == ()
    yield maison
    maison.moteur.dispose()


def _import(maison: Maison, contenu: bytes | str, forme: str = YAML) -> Import:
    octets = contenu if isinstance(contenu, bytes) else contenu.encode()
    with maison.moteur.begin() as c:
        return import_registre(c, octets, forme=forme, archive=maison.archive, **ACTE)


def _rows(section: str, *rangees: str) -> str:
    return "\n".join([f"{section}:", *(f"- {rangee}" for rangee in rangees)]) + "\n"


def test_registre_complet(maison: Maison) -> None:
    """The sample registry fills every frame, as its contract says; again, it changes nothing."""
    fait = _import(maison, COMPLET)
    assert (fait.lignes, fait.ajouts, fait.corrections) == (57, 57, 0)
    assert _import(maison, COMPLET) == Import(57, (), ())
    with maison.moteur.connect() as c:
        for nom, read in TABLES.items():
            frame = read(c)
            assert frame.schema == schema_polars(read_contrat(nom))
            assert frame.is_empty() == (nom == "parametres_cdg")
            assert frame.equals(frame.sort(read_contrat(nom).cle))
        ibans = read_comptes_bancaires(c)["iban_masque"].to_list()
        assert ibans == ["FR76…0178", "FR76…0190"]
        assert read_iban(c, "CB-09001") == "FR7699999000010000000900178"
        with pytest.raises(CompteInconnu, match="CB-0"):
            read_iban(c, "CB-0")


def test_corrections(maison: Maison) -> None:
    """A correction of any table changes the columns given and no other, the IBAN included."""
    _import(maison, COMPLET)
    fait = _import(
        maison,
        _rows("adherents", "{siren: 999090012, ville: BRON, adresse: }")
        + _rows("comptes_bancaires", f"{{compte: CB-09001, iban: {IBAN}, fin: 2030-01-01}}")
        + _rows(
            "groupes_paiement", "{groupe: '09001', cdg: C900101, debut: 2026-01-01, libelle: X}"
        )
        + _rows("mandats", "{rum: CNETP-G09001-001, prelevement_automatique: non}")
        + _rows("parametres_cdg", PARAMETRE),
    )
    assert (fait.ajouts, fait.corrections, fait.erreurs) == (1, 4, ())
    with maison.moteur.connect() as c:
        adherent = read_adherents(c).filter(siren="999090012").row(0, named=True)
        assert (adherent["ville"], adherent["adresse"]) == ("BRON", None)
        assert adherent["raison_sociale"] == "ROUTES EXEMPLE"
        assert read_iban(c, "CB-09001") == IBAN
        assert read_groupes_paiement(c)["libelle"].to_list() == ["X", "Tous les centres"]
        assert read_mandats(c)["prelevement_automatique"].to_list() == [False, False]
        assert read_parametres_cdg(c)["valeur"].to_list() == [800_000]
        objet = c.scalars(select(AUDIT.c.objet).order_by(AUDIT.c.rang.desc())).first() or ""
    assert "1 ajouts, 4 corrections" in objet
    assert "~ adherents 999090012 (adresse, ville)" in objet
    assert "BRON" not in objet


@pytest.mark.parametrize(
    ("contenu", "erreur"),
    [
        (_rows("inconnue", "{a: 1}"), "ligne 1 : section inconnue ; sections : adherents, centres"),
        ("- 1\n", "le fichier : sections attendues : adherents"),
        ("mandats: [{rum: 'A}]", "ligne 1 : le YAML est mal formé ici"),
        ("[" * 30_000 + "]" * 30_000, "le fichier : sections attendues"),
        ("mandats: \x07", "le fichier : ce YAML contient un caractère interdit"),
        ("mandats: R1\n", "ligne 1 : mandats : une liste de lignes est attendue"),
        (_rows("mandats", "R1"), "mandats, rang 1 (ligne 2) : des couples « colonne: valeur »"),
        (_rows("mandats", "{rum: R1, rum: R2}"), "mandats, rang 1 (ligne 2) : rum : donné deux"),
        (_rows("mandats", "{rum: [R1]}"), "mandats, rang 1 (ligne 2) : rum : une seule valeur"),
        (_rows("mandats", "{ruum: R1}"), "mandats, rang 1 (ligne 2) : colonne inconnue « ruum »"),
        (_rows("adhesions", "{siren: 1}") * 2, "ligne 3 : la section adhesions est répétée"),
        ("mandats:\n", ""),
        (_rows("parametres_cdg", PARAMETRE, PARAMETRE), "rang 2 (ligne 3) : parametres_cdg C900"),
        (_rows("parametres_cdg", PARAMETRE.replace("800000", "1000001")), "valeur « 1000001"),
        (_rows("parametres_cdg", PARAMETRE.replace("01-01", "01-02")), "premier jour d'un mois"),
        (
            _rows("parametres_cdg", PARAMETRE.replace("refaction", "x")),
            "attendu : refaction_ppm, t",
        ),
        (_rows("parametres_cdg", PARAMETRE.replace("2026-06", "2025-06")), "précède le début"),
        (
            _rows("parametres_cdg", PARAMETRE.replace("C900101", "C1")),
            "cdg « C1 » : inconnu de cent",
        ),
        (
            _rows("parametres_cdg", PARAMETRE, PARAMETRE.replace("2026-01", "2026-05")),
            "rang 2 (ligne 3) : commence avant la fin de parametres_cdg",
        ),
        (
            _rows("adhesions", "{siren: 999090012, cotisation: FNTP, debut: 2027-01-01}"),
            "commence avant la fin de adhesions 999090012/FNTP/2026-01-01 : donner d'abord",
        ),
        (_rows("adhesions", "{siren: 999090012, cotisation: X, debut: 2027-01-01}"), "FNTP"),
        (
            _rows("comptes_bancaires", f"{{compte: C2, siren: 800000010, iban: {IBAN[:-1]}6}}"),
            "iban : la clé de cet IBAN est fausse",
        ),
        (_rows("comptes_bancaires", "{compte: C2, iban: FR76}"), "iban : "),
        (_rows("comptes_bancaires", "{compte: CB-09001, bic: ZZ}"), "BIC de 8 ou 11"),
        (
            _rows("comptes_bancaires", "{compte: CB-09001, siren: 800000010}"),
            "est déjà inscrit avec",
        ),
        (_rows("comptes_bancaires", "{compte: C2, siren: 800000010}"), "iban : obligatoire pour"),
        (
            _rows("comptes_bancaires", f"{{compte: CB-09001, titulaire: {IBAN}}}"),
            "un IBAN ne s'écrit",
        ),
        (
            _rows("mandats", MANDAT.replace("cdg: C8000101, ", "")),
            "un centre de gestion (cdg) ou un",
        ),
        (
            _rows("mandats", MANDAT.replace("rum: R1", "rum: R1, groupe: '09001'")),
            "un seul des deux",
        ),
        (_rows("mandats", MANDAT.replace("cdg: C8000101", "groupe: '09001'")), "aucun groupe de"),
        (
            _rows("mandats", MANDAT.replace("cdg: C8000101", "cdg: C900101")),
            "cdg « C900101 » : il est",
        ),
        (
            _rows("mandats", MANDAT.replace("CB-80001", "CB-09001")),
            "compte « CB-09001 » : il est du",
        ),
        (_rows("mandats", MANDAT.replace("CB-80001", "CB-1")), "inconnu de comptes_bancaires"),
        (_rows("mandats", MANDAT.replace("R1", "R1/")), "rum « R1/ » : 35 caractères au plus"),
        (_rows("mandats", MANDAT.replace("R1", "É1")), "rum « É1 » : 35 caractères au plus"),
        (_rows("mandats", MANDAT.replace("R1", "R" * 36)), "35 caractères au plus"),
        (_rows("mandats", MANDAT.replace("CORE", "SEPA")), "attendu : CORE, B2B"),
        (_rows("mandats", MANDAT.replace("non", "false")), "oui ou non attendu"),
        (_rows("groupes_paiement", GROUPE.replace("C8000101", "C900101")), "il est du SIREN 99909"),
        (
            _rows("groupes_paiement", GROUPE.replace("'1'", "'09001'")),
            "un groupe est d'un seul SIREN",
        ),
        (
            _rows(
                "groupes_paiement", GROUPE, GROUPE.replace("'1'", "'2'").replace("01-01", "03-01")
            ),
            "commence avant la fin de groupes_paiement 1/C8000101/2026-01-01",
        ),
        (
            _rows("groupes_paiement", GROUPE.replace("L}", "L, rum: CNETP-C8000101-001}")),
            "ce mandat n'est pas celui du groupe",
        ),
        (
            _rows(
                "evenements_mandat", EVENEMENT.replace("rang: 4", "rang: 5, evenement: SUSPENSION")
            ),
            "rang : les rangs d'un mandat se suivent",
        ),
        (
            _rows("evenements_mandat", EVENEMENT.replace("motif", "evenement: REPRISE, motif")),
            "rang 4, REPRISE : impossible pour un mandat ACTIF (possible : SUSPENDU)",
        ),
        (
            _rows(
                "evenements_mandat",
                EVENEMENT.replace("2026-02-01, motif", "2025-12-31, evenement: SUSPENSION, motif"),
            ),
            "rang 4 : sa date précède celle de l'événement d'avant",
        ),
        (
            _rows(
                "adherents",
                "{siren: 800000010, debut_activite: 2026-02-01, fin_activite: 2026-01-01}",
            ),
            "la fin 2026-01-01 précède le début 2026-02-01",
        ),
        (
            _rows("adherents", "{siren: 800000010, numero_adherent: A09001}"),
            "est déjà inscrit avec",
        ),
        (_rows("adherents", "{siren: 800000010, suivi_depuis: 2026-13}"), "mois AAAA-MM attendu"),
        (_rows("adherents", "{siren: 800000010, pays: France}"), "deux majuscules"),
        (_rows("adherents", f"{{siren: 800000010, ville: {'V' * 141}}}"), "140 caractères au plus"),
        (_rows("adherents", '{siren: 800000010, ville: "A\\tB"}'), "texte d'une ligne attendu"),
        (_rows("adherents", "{ville: LYON}"), "siren : obligatoire"),
        (
            _rows("conventions", CONVENTION.replace("0080001", "0001234")),
            "convention « 0001234 » : c'est celle du SIREN 999090012",
        ),
        (_rows("conventions", CONVENTION.replace("0080001", "A1")), "1 à 7 chiffres attendu"),
        (
            _rows("conventions", CONVENTION.replace("EDIC", "ANET")),
            "administrateur : obligatoire pour une convention ANET",
        ),
        (
            _rows("conventions", CONVENTION.replace("2027-01-01", "2025-12-01")),
            "nature EDIC : aucune convention ANET de cette entreprise ne vaut le 2025-12-01",
        ),
        (
            _rows(
                "conventions",
                "{convention: 0080001, nature: ANET, debut: 2026-01-01, fin: 2026-06-30}",
            ),
            "ne vaut le 2026-07-01 ; l'inscrire, ou clore celle-ci la veille",
        ),
        (_rows("conventions", CONVENTION), "commence avant la fin de conventions 0080001/EDIC"),
        (
            _rows("conventions", CONVENTION.replace("deb", "administrateur: A09001-ADM, deb")),
            "administrateur « A09001-ADM » : il est du SIREN 999090012",
        ),
        (_rows("utilisateurs", UTILISATEUR), "courriel : adresse électronique attendue"),
        (_rows("utilisateurs", "{utilisateur: A80001-PAIE, nom: }"), "nom : obligatoire"),
        (
            _rows("droits_utilisateurs", DROIT.replace("C8000101", "C900101")),
            "cdg « C900101 » : il est du SIREN 999090012, et l'utilisateur A80001-PAIE du SIREN 80",
        ),
        (
            _rows("droits_utilisateurs", DROIT.replace("C8000101", "C1")),
            "inconnu de centres_gestion",
        ),
        (_rows("droits_utilisateurs", DROIT.replace(": O", ": X")), "attendu : *, O, E, C"),
        (
            _rows("droits_utilisateurs", DROIT, DROIT.replace("2026-03", "2026-05")),
            "commence avant la fin de droits_utilisateurs A80001-PAIE/conges/O/C8000101/2026-03-01",
        ),
        (
            _rows(
                "droits_utilisateurs", "{utilisateur: A80001-PAIE, droit: vue, debut: 2026-03-01}"
            ),
            "commence avant la fin de droits_utilisateurs A80001-PAIE/*/*/*/2026-01-01",
        ),
        (
            _rows("mandats_depot", "{mandataire: A80001, siren: 800000010, debut: 2026-01-01}"),
            "c'est la boîte de l'entreprise même",
        ),
        (
            _rows("mandats_depot", "{mandataire: BANQUE, siren: 800000010, debut: 2026-01-01}"),
            "c'est la boîte de la banque",
        ),
        (
            _rows(
                "profils_cdg", "{cdg: C900101, debut: 2026-03-01, activite: GOTP, mode_retraite: x}"
            ),
            "attendu : declaratif, direct",
        ),
        (
            _rows("vigilances_canicule", "{departement: 971, jour: 2026-07-09, niveau: O}"),
            "departement « 971 » : département métropolitain attendu, comme 01 ou 2A",
        ),
        (
            _rows("vigilances_canicule", "{departement: 69, jour: 2026-07-09, niveau: X}"),
            "attendu : V, J, O, R",
        ),
        (
            _rows(
                "arretes_prefet",
                "{departement: 38, debut: 2026-07-09, fin: 2026-07-08, reference: R}",
            ),
            "la fin 2026-07-08 précède le début 2026-07-09",
        ),
        (
            _rows(
                "coefficients_canicule",
                "{campagne: 2025-27, publie_le: 2026-07-01, coefficient_ppm: 750000}",
            ),
            "campagne « 2025-27 » : campagne attendue, comme 2025-26",
        ),
        (
            _rows(
                "arrets_saisonniers",
                "{departement: 05, activite: TERR, debut: 2026-02-01, fin: 2026-03-31}",
            ),
            "commence avant la fin de arrets_saisonniers 05/TERR/2025-12-15",
        ),
        (
            _rows(
                "options_adherents",
                "{siren: 800000010, option: deposant, debut: 2026-01-01, valeur: X}",
            ),
            "un cabinet qui a sa propre boîte s'inscrit dans mandats_depot",
        ),
    ],
)
def test_regle(inchangee: Maison, contenu: str, erreur: str) -> None:
    """A row that breaks a rule is refused with its place, and nothing is written."""
    with inchangee.moteur.connect() as c:
        avant = [read(c) for read in TABLES.values()]
    fait = _import(inchangee, contenu)
    if erreur:
        assert any(erreur in lue for lue in fait.erreurs), fait.erreurs
    assert fait.changements == ()
    with inchangee.moteur.connect() as c:
        assert all(x.equals(read(c)) for x, read in zip(avant, TABLES.values(), strict=True))


def test_vie_d_un_mandat(sqlite: Maison) -> None:
    """A mandate is suspended, resumed, moves to another account and is cancelled, in that order."""
    vie = ["SUSPENSION", "REPRISE", "CHANGEMENT_COMPTE", "ANNULATION"]
    rangees = [
        EVENEMENT.replace("rang: 4", f"rang: {rang}, evenement: {nom}")
        for rang, nom in enumerate(vie, 4)
    ]
    assert _import(sqlite, _rows("evenements_mandat", *rangees)).erreurs == ()
    suite = EVENEMENT.replace("rang: 4", "rang: 8, evenement: REPRISE")
    [erreur] = _import(sqlite, _rows("evenements_mandat", suite)).erreurs
    assert "impossible pour un mandat ANNULE" in erreur


def test_periodes_qui_se_suivent(sqlite: Maison) -> None:
    """A centre leaves a group on a day and may join another the next one, in one file."""
    suite = GROUPE.replace("'1'", "'2'").replace("2026-01-01", "2026-04-01")
    fin = GROUPE.replace("L}", "L, fin: 2026-03-31}")
    fait = _import(sqlite, _rows("groupes_paiement", suite, fin))
    assert (fait.ajouts, fait.erreurs) == (2, ())


@pytest.mark.parametrize("table", sorted(read_tables()))
def test_csv_de_chaque_table(inchangee: Maison, table: str) -> None:
    """A CSV of any table is told by its columns, and is read like the YAML."""
    champs = read_tables()[table].champs
    contenu = ";".join(champs) + "\n" + ";".join("" for _ in champs) + "\n"
    erreurs = _import(inchangee, contenu, CSV).erreurs
    assert set(erreurs) >= {
        f"ligne 2 : {nom} : obligatoire" for nom in read_tables()[table].exigees
    }
    assert all(erreur.startswith("ligne 2 : ") for erreur in erreurs)


def test_csv_dont_la_table_est_donnee(sqlite: Maison) -> None:
    """A CSV is of the table that is named, even when its columns would say another one."""
    octets = b"siren;debut\n999090012;2026-01-01\n"
    with sqlite.moteur.begin() as c:
        fait = import_registre(
            c, octets, archive=sqlite.archive, table="adhesions", forme=CSV, **ACTE
        )
    assert fait.erreurs == ("ligne 1 : la colonne « cotisation » manque",)


@pytest.mark.parametrize("table", sorted(read_tables()))
def test_colonnes_de_l_import(table: str) -> None:
    """The import of a table has the columns of its contract, each with a form that reads it.

    An option of the company may come with them.
    """
    decrite = read_tables()[table]
    noms = [champ.remplace or nom for nom, champ in decrite.champs.items() if champ.option is None]
    assert noms == [colonne.nom for colonne in read_contrat(table).colonnes]
    assert set(decrite.cle) <= set(decrite.champs)
    assert set(decrite.periodes) <= set(decrite.champs)
    for champ in decrite.champs.values():
        if champ.exemple:
            assert FORMES[champ.forme](champ.exemple, champ) is not None


def test_evenements_et_choix() -> None:
    """Every event that may be imported has its place in the life of a mandate."""
    choix = read_tables()["evenements_mandat"].champs["evenement"].choix
    assert set(choix) == set(read_evenements())
