"""Nights of payments, one after the other: stories, defaults, cancellations, debts, states."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.conges.regles.paiement.calcul import Publies
from pipelines.conges.regles.paiement.conges_payes import list_conges_payes
from pipelines.conges.regles.paiement.dettes import compute_dettes
from pipelines.conges.regles.paiement.sommes_dues import list_dus, sum_retenues
from tests.pipelines.conges.nuits import Fonds, last_night
from tests.pipelines.conges.test_retenues import savoir

H1_DECOMPTES = [
    # exercice, nature, debut, fin, jours, indemnite, prime, vieillesse, csg, crds, imposable, pas,
    # net, reste
    (2025, "CP", date(2025, 8, 4), date(2025, 8, 23), 1700, 161431, 48429, 15319, 18969, 1031,
     180520, 5235, 169306, 1300),
    (2025, "CP", date(2025, 12, 22), date(2026, 1, 3), 1000, 94960, 19942, 8388, 10386, 564, 98837,
     2866, 92698, 300),
    (2025, "CP", date(2026, 2, 16), date(2026, 2, 18), 300, 28487, 0, 2080, 2575, 140, 24504, 711,
     22981, 200),
    (2025, "FR", date(2026, 2, 19), date(2026, 2, 20), 200, 18992, 5698, 1803, 2232, 121, 21237,
     616, 19918, 0),
    (2026, "CP", date(2026, 5, 4), date(2026, 5, 16), 1000, 97629, 29289, 9265, 11472, 623, 109174,
     3166, 102392, 2200),
    (2026, "CO", date(2026, 6, 1), date(2026, 6, 30), 2200, 214784, 46862, 19101, 23650, 1285,
     225064, 6527, 211083, 0),
    (2027, "CO", date(2026, 6, 1), date(2026, 6, 30), 500, 47263, 0, 3450, 4272, 232, 40655, 1179,
     38130, 0),
]  # fmt: skip
COLONNES = (
    "exercice", "nature", "debut", "fin", "jours_centiemes", "indemnite_centimes",
    "prime_centimes", "vieillesse_centimes", "csg_centimes", "crds_centimes",
    "net_imposable_centimes", "pas_centimes", "net_centimes", "reste_centiemes",
)  # fmt: skip


def story() -> Fonds:
    """H-1: two companies, two years, every payment of exercices 2025 to 2027."""
    fonds = Fonds().right(2025, 30, 284_878, r_centimes=240_000)
    fonds.right(2026, 30, 292_887, methode="B", r_centimes=245_000, connu_le=date(2026, 4, 15))
    fonds.right(2027, 5, 47_263, methode="B", r_centimes=245_000, prime_due=False,
                connu_le=date(2026, 6, 5))  # fmt: skip
    fonds.know("acquis", compteur="ANCIENNETE", acquis_centiemes=200, connu_le=date(2026, 4, 15))
    fonds.know("acquis", exercice=2025, compteur="FRACTIONNEMENT", acquis_centiemes=200,
               connu_le=date(2026, 1, 4))  # fmt: skip
    fonds.ask("R1", date(2025, 8, 4), date(2025, 8, 25), exercice=2025, recu=date(2025, 7, 1),
              salaire_centimes=240_000)  # fmt: skip
    fonds.ask("R2", date(2025, 12, 22), date(2026, 1, 5), exercice=2025, recu=date(2025, 11, 20),
              salaire_centimes=240_000)  # fmt: skip
    fonds.ask("R3", date(2026, 2, 16), date(2026, 2, 19), exercice=2025, recu=date(2026, 1, 12),
              salaire_centimes=240_000)  # fmt: skip
    fonds.ask("R4", date(2026, 2, 19), date(2026, 2, 21), exercice=2025, nature="FR",
              recu=date(2026, 1, 12), salaire_centimes=240_000)  # fmt: skip
    fonds.ask("R5", date(2026, 5, 4), date(2026, 5, 18), recu=date(2026, 4, 2),
              salaire_centimes=245_000)  # fmt: skip
    fonds.ask("R6", None, None, nature="CO", exercice=None, recu=date(2026, 6, 20),
              salaire_centimes=245_000)  # fmt: skip
    fonds.know("couverts", exercice=2026)
    fonds.know("compensations", demande="R6", effet=date(2026, 6, 26), connu_le=date(2026, 6, 26))
    for mois in ("2025-06", "2025-11", "2026-01", "2026-03", "2026-05"):
        fonds.know("taux", mois=mois, versement=date(2025, 6, 30), taux_prelevement_ppm=29_000)
    return fonds


def rows(publies: Publies, *colonnes: str) -> list[tuple[object, ...]]:
    """Statements in the order of their payment."""
    tries = publies.decomptes.sort("date_paiement", "debut", "exercice", "motif")
    return tries.select(colonnes).rows()


def states(publies: Publies) -> dict[str, str]:
    """State of each request."""
    return dict(publies.demandes.select("demande", "etat").iter_rows())


def test_the_story_is_paid_to_the_centime() -> None:
    """H-1: every statement, the dates of payment, the tax years, the states."""
    publies = story().play(date(2026, 7, 1))
    assert rows(publies, *COLONNES) == H1_DECOMPTES
    assert [jour for (jour,) in rows(publies, "date_paiement")] == [
        date(2025, 8, 4), date(2025, 12, 22), date(2026, 2, 16), date(2026, 2, 19),
        date(2026, 5, 4), date(2026, 6, 30), date(2026, 6, 30),
    ]  # fmt: skip
    assert publies.attestations.rows() == [
        ("P1", 2025, 324762, 279357, 8101), ("P1", 2026, 489004, 420634, 12199),
    ]  # fmt: skip
    assert set(states(publies).values()) == {"PAYEE"}


@pytest.mark.parametrize(("reponse", "prime"), [("non", 0), ("oui", 1)])
def test_the_leave_paid_is_read_by_what_is_acquired_next(reponse: str, prime: int) -> None:
    """H-1: four leaves of 2025, one of 2026, bonus apart, compensations left out (L-16)."""
    publies = story().play(date(2026, 7, 1))
    payes = list_conges_payes(
        publies.decomptes, publies.prises, publies.demandes, savoir(prime_dans_dixieme=reponse)
    )
    assert payes.select("debut", "fin", "jours_centiemes", "jours_legaux_centiemes",
                        "indemnite_centimes").rows() == [
        (d[2], d[3], d[4], 0 if d[1] == "FR" else d[4], d[5] + prime * d[6])
        for d in H1_DECOMPTES if d[1] != "CO"
    ]  # fmt: skip
    assert set(payes["departement"]) == {"77"}


def test_each_statement_that_is_paid_is_a_transfer() -> None:
    """Of its net, on its day, to the employee; nothing for a mirror, nor what is set off (L-47)."""
    dus = transfers(story().play(date(2026, 7, 1))).sort("execution", "libelle")
    assert dus.select("montant_centimes", "execution", "nature").rows()[:2] == [
        (169_306, date(2025, 8, 4), "CON"), (92_698, date(2025, 12, 22), "CON"),
    ]  # fmt: skip
    assert dus["libelle"][0] == "Congés 2025, du 04/08/2025 au 23/08/2025"
    assert dus["montant_centimes"].sum() == sum(d[12] for d in H1_DECOMPTES)
    _, malade = sick(date(2026, 9, 1))
    assert transfers(malade).height == 1


def test_what_a_statement_makes_due_adds_up_to_its_gross() -> None:
    """The net, what is withheld for each payee, the overpayment; a month declares its payments."""
    _, malade = sick(date(2026, 9, 1))
    for publies in (story().play(date(2026, 7, 1)), malade):
        sommes = list_dus(publies.decomptes, publies.lignes).group_by("origine").agg(
            pl.col("montant_centimes").sum()
        )  # fmt: skip
        bruts = publies.decomptes.select(origine="decompte", montant_centimes="brut_centimes")
        assert sommes.sort("origine").equals(bruts.sort("origine"))
    publies = story().play(date(2026, 7, 1))
    dus = list_dus(publies.decomptes, publies.lignes)
    assert set(dus["nature"]) == {"CON", "URS", "IMP"}
    retenues = sum_retenues(publies.decomptes, publies.lignes)
    assert retenues.filter(mois="2026-02").select("code", "compte", "decomptes").rows() == [
        (code, compte, 2)
        for code, compte in (("CRDS", "4311"), ("CSGD", "4311"), ("CSGN", "4311"),
                             ("PAS", "4421"), ("VDEP", "4311"), ("VPLA", "4311"))
    ]  # fmt: skip
    assert retenues.filter(code="PAS", mois="2026-02")["montant_centimes"].item() == 711 + 616


def transfers(publies: Publies) -> pl.DataFrame:
    """What is transferred of the amounts due."""
    return list_dus(publies.decomptes, publies.lignes).filter(mode="VIREMENT")


def test_a_request_goes_from_state_to_state() -> None:
    """H-1: waiting for the certificate, accepted, paid; splitting asked early waits."""
    fonds = story()
    vus = {}
    publies = Publies()
    for nuit in fonds.nights(date(2026, 7, 1)):
        publies = fonds.night(publies, nuit)
        vus[nuit] = states(publies)
    assert vus[date(2025, 7, 1)]["R1"] == "ACCEPTEE"
    assert vus[date(2025, 7, 31)]["R1"] == "PAYEE"
    assert vus[date(2026, 4, 2)]["R5"] == "EN_ATTENTE"
    assert vus[date(2026, 4, 15)]["R5"] == "ACCEPTEE"
    assert vus[date(2026, 6, 20)]["R6"] == "EN_ATTENTE"


AOUT = (date(2026, 8, 3), date(2026, 8, 17))  # 12 working days but 15 August: 11
SEPTEMBRE = (date(2026, 9, 7), date(2026, 9, 21))  # 12 days
RECU = {"recu": date(2026, 7, 1)}


def one(**options: str) -> Fonds:
    """30 days at 2 740.00, and a leave of 12 days in September."""
    fonds = Fonds(options=options).right(2026, 30, 274_000)
    return fonds.ask("R1", *SEPTEMBRE, **RECU)


def employed(
    fonds: Fonds, payes: int, emploi: int = 12, *, siren: str = "S", **quand: date
) -> None:
    """Months of employment of 2025-26, the first ones paid."""
    for n in range(emploi):
        mois = f"{2025 + (n + 3) // 12}-{(n + 3) % 12 + 1:02}"
        fonds.know("mois", siren=siren, mois=mois, paye=n < payes, **quand)


def test_a_company_in_default_pays_in_proportion_then_the_rest() -> None:
    """EX-C-103, EX-C-125: 9 months of 12, the complement when the calls are paid."""
    fonds = one()
    employed(fonds, 9)
    publies = fonds.play(date(2026, 9, 10))
    colonnes = ("motif", "jours_centiemes", "indemnite_centimes", "prime_centimes")
    assert rows(publies, *colonnes) == [("PAIEMENT", 1200, 82_200, 24_660)]
    assert publies.demandes["motif"].to_list() == [None]
    fonds.tables["mois"].clear()
    employed(fonds, 12)
    suite = fonds.night(publies, date(2026, 10, 1))
    assert rows(suite, *colonnes)[1:] == [("REGULARISATION", 0, 27_400, 8_220)]
    assert suite.decomptes["assiette_plafonnee_centimes"].sum() == 142_480
    assert fonds.night(suite, date(2026, 10, 2)).decomptes.height == 2


def test_before_it_is_paid_a_default_is_told() -> None:
    """D113, a reserve: the request is accepted."""
    fonds = one()
    employed(fonds, 9)
    publies = fonds.play(date(2026, 7, 10))
    assert publies.demandes.select("etat", "motif").rows() == [("ACCEPTEE", "D113")]
    assert publies.constats.select("code", "severite").rows() == [("D113", "reserve")]


def test_under_the_option_a_default_holds_the_payment() -> None:
    """Nothing until every month is paid, then all of it (L-20)."""
    fonds = one(defaillance="refus")
    employed(fonds, 9)
    publies = fonds.play(date(2026, 9, 10))
    assert (publies.decomptes.height, states(publies)) == (0, {"R1": "EN_ATTENTE"})
    fonds.tables["mois"].clear()
    employed(fonds, 12)
    suite = fonds.night(publies, date(2026, 10, 1))
    assert rows(suite, "indemnite_centimes", "date_paiement") == [(109_600, date(2026, 10, 5))]


def test_two_employers_add_their_months() -> None:
    """EX-C-104: 5 months all paid, 7 of which 4 are: 9 of 12."""
    fonds = Fonds().right(2026, 24, 100_001, prime_due=False)
    fonds.ask("R1", date(2026, 9, 7), date(2026, 10, 5), **RECU)
    employed(fonds, 5, 5, siren="A")
    employed(fonds, 4, 7, siren="B")
    assert rows(fonds.play(date(2026, 9, 10)), "indemnite_centimes") == [(75_001,)]


def test_a_part_that_falls_takes_nothing_back() -> None:
    """L-63: a month no longer paid after the payment."""
    fonds = one()
    employed(fonds, 9)
    publies = fonds.play(date(2026, 9, 10))
    fonds.tables["mois"].clear()
    employed(fonds, 6)
    assert fonds.night(publies, date(2026, 10, 1)).decomptes.height == 1


def test_a_leave_cancelled_before_it_is_paid_gives_its_days_back() -> None:
    """Its company says so, the eve of the last night."""
    fonds = one().ask("R1", *SEPTEMBRE, action="A", recu=date(2026, 9, 2))
    publies = fonds.play(date(2026, 9, 10))
    assert (states(publies), publies.decomptes.height, publies.prises.height) == (
        {"R1": "ANNULEE"}, 0, 0,
    )  # fmt: skip


def test_a_cancelled_request_stays_so() -> None:
    """The nights after, and when it came and went in one; its reference serves no more (D114)."""
    fonds = one().ask("R1", *SEPTEMBRE, action="A", **RECU)
    publies = fonds.play(date(2026, 7, 1))
    assert states(publies) == {"R1": "ANNULEE"}
    for nuit in (date(2026, 7, 2), date(2026, 7, 3)):
        publies = fonds.night(publies, nuit)
        assert (states(publies), publies.constats.height) == ({"R1": "ANNULEE"}, 0)
    fonds.ask("R1", *SEPTEMBRE, action="M", recu=date(2026, 7, 4))
    suite = fonds.night(publies, date(2026, 7, 4))
    assert (states(suite), suite.constats["code"].to_list()) == ({"R1": "ANNULEE"}, ["D114"])


def test_a_request_that_its_file_withdrew_may_come_again() -> None:
    """X-12: a line whose file was cancelled takes no reference."""
    fonds = Fonds().right(2026, 30, 274_000)
    fonds.ask("R1", *SEPTEMBRE, jusque=date(2026, 7, 1), **RECU)
    publies = fonds.night(fonds.play(date(2026, 7, 1)), date(2026, 7, 2))
    assert states(publies) == {"R1": "ANNULEE"}
    fonds.ask("R1", *SEPTEMBRE, recu=date(2026, 7, 3))
    assert states(fonds.night(publies, date(2026, 7, 3))) == {"R1": "ACCEPTEE"}


def test_a_change_of_an_unknown_request_is_refused() -> None:
    """D114, and nothing else comes of it."""
    fonds = Fonds().right(2026, 30, 274_000).ask("R1", *SEPTEMBRE, action="M", **RECU)
    publies = fonds.play(date(2026, 7, 2))
    assert (publies.demandes.height, publies.constats["code"].to_list()) == (0, ["D114"])


def test_a_paid_leave_is_cancelled_by_a_decision_alone() -> None:
    """EX-C-121: an A is refused (D114); the decision mirrors it, its net is owed, days are back."""
    fonds = one().ask("R1", *SEPTEMBRE, action="A", recu=date(2026, 9, 8))
    publies = fonds.play(date(2026, 9, 10))
    assert (states(publies), publies.decomptes.height) == ({"R1": "PAYEE"}, 1)
    vus = fonds.night(publies.__class__(publies.demandes, publies.prises, publies.decomptes,
                                        publies.lignes), date(2026, 9, 11))  # fmt: skip
    assert "D114" in vus.constats["code"].to_list()
    fonds.know("annulations", demande="R1", connu_le=date(2026, 9, 15))
    fonds.right(2025, 1, 1)  # another leave year changes nothing
    suite = fonds.night(publies, date(2026, 9, 15))
    montants = ("motif", "jours_centiemes", "indemnite_centimes", "prime_centimes", "net_centimes")
    paye, rendu = suite.decomptes.sort("jours_centiemes", descending=True).select(montants).rows()
    assert paye[:4] == ("PAIEMENT", 1200, 109_600, 32_880)
    assert rendu[:4] == ("ANNULATION", -1200, -109_600, -32_880)
    assert paye[4] == -rendu[4]
    assert states(suite) == {"R1": "ANNULEE"}
    restes = dict(suite.decomptes.select("motif", "reste_centiemes").iter_rows())
    assert restes == {"PAIEMENT": 1800, "ANNULATION": 3000}
    sommes = suite.lignes.group_by("code").agg(pl.col("montant_centimes").sum())
    assert set(sommes["montant_centimes"]) == {0}
    assert suite.attestations["brut_centimes"].to_list() == [0]
    assert fonds.night(suite, date(2026, 9, 16)).decomptes.height == 2


def test_days_given_back_are_taken_again_at_the_same_price() -> None:
    """RC-12: the third of six payments is cancelled, five days are asked for again."""
    fonds = Fonds().right(2026, 27, 237_601)
    lundis = [date(2026, 9, 7), date(2026, 9, 14), date(2026, 9, 21), date(2026, 9, 28),
              date(2026, 10, 5)]  # fmt: skip
    for n, lundi in enumerate(lundis, 1):
        fonds.ask(f"R{n}", lundi, date.fromordinal(lundi.toordinal() + 5), **RECU)
    fonds.ask("R6", date(2026, 10, 12), date(2026, 10, 14), **RECU)
    fonds.ask("R7", date(2026, 11, 16), date(2026, 11, 21), recu=date(2026, 11, 2))
    fonds.know("annulations", demande="R3", connu_le=date(2026, 10, 20))
    publies = fonds.play(date(2026, 11, 20))
    obtenu = rows(publies, "demande", "indemnite_centimes", "prime_centimes")
    assert obtenu == [
        ("R1", 44_000, 13_200), ("R2", 44_000, 13_200), ("R3", 44_000, 13_200),
        ("R4", 44_000, 13_200), ("R5", 44_000, 4_224), ("R6", 17_601, 0),
        ("R3", -44_000, -13_200), ("R7", 44_000, 13_200),
    ]  # fmt: skip
    totaux = publies.decomptes.select(pl.col("indemnite_centimes", "prime_centimes").sum()).row(0)
    assert totaux == (237_601, 57_024)
    trop = publies.lignes.filter(pl.col("code") == "TROP")["montant_centimes"].to_list()
    net = publies.decomptes.filter(pl.col("demande") == "R7")["net_centimes"].to_list()
    assert (len(trop), net) == (1, [0])


@pytest.mark.parametrize(
    ("jour", "annee", "pas"), [(date(2026, 12, 30), 2026, 0), (date(2027, 1, 4), 2027, 4_384)]
)
def test_the_tax_of_another_year_is_owed_with_the_net(jour: date, annee: int, pas: int) -> None:
    """L-37, L-73: given back within the year; past it, it stays withheld, and is owed."""
    fonds = one().know("taux", mois="2026-08", versement=date(2026, 8, 31),
                       taux_prelevement_ppm=35_000)  # fmt: skip
    fonds.know("annulations", demande="R1", connu_le=jour)
    publies = fonds.play(jour)
    paye, rendu = publies.decomptes.sort("date_paiement").to_dicts()
    garde = 0 if annee == 2026 else paye["pas_centimes"]
    assert garde == (paye["pas_centimes"] if pas else 0)
    assert rendu["net_centimes"] == -(paye["net_centimes"] + garde)
    totaux = dict(publies.attestations.select("annee", "pas_centimes").iter_rows())
    assert totaux == ({2026: 0} if annee == 2026 else {2026: paye["pas_centimes"], 2027: 0})


@pytest.mark.parametrize(("recuperation", "premier"), [("integrale", 0), ("dixieme", None)])
def test_a_debt_is_set_off_on_the_next_payments(recuperation: str, premier: int | None) -> None:
    """RP-07: whole, or a tenth of each net; what is left of the debt stays."""
    fonds = one(recuperation=recuperation)
    fonds.know("annulations", demande="R1", connu_le=date(2026, 9, 15))
    fonds.ask("R2", date(2026, 10, 5), date(2026, 10, 15), recu=date(2026, 9, 20))
    fonds.ask("R3", date(2026, 11, 16), date(2026, 12, 1), recu=date(2026, 9, 20))
    publies = fonds.play(date(2026, 12, 5))
    faits = {d["demande"]: d for d in publies.decomptes.to_dicts() if d["motif"] == "PAIEMENT"}
    dette = faits["R1"]["net_centimes"]
    trop = dict(publies.lignes.filter(pl.col("code") == "TROP").join(
        publies.decomptes.select("decompte", "demande"), on="decompte"
    ).select("demande", "montant_centimes").iter_rows())  # fmt: skip
    bruts = {r: faits[r]["net_centimes"] + faits[r]["retenues_centimes"] for r in ("R2", "R3")}
    if premier is None:
        assert trop == {r: bruts[r] // 10 for r in bruts}
    else:
        assert faits["R2"]["net_centimes"] == premier
        assert trop == {"R2": bruts["R2"], "R3": dette - bruts["R2"]}


def test_a_payment_waits_for_an_account() -> None:
    """RP-06: held with D112; paid when the account comes, with the scale of that day."""
    fonds = one()
    fonds.know("comptes", connu_le=date(2026, 9, 10))
    tot = fonds.play(date(2026, 7, 10))
    assert tot.demandes.select("etat", "motif").rows() == [("ACCEPTEE", "D112")]
    attend = fonds.play(date(2026, 9, 9))
    assert attend.demandes.select("etat", "motif").rows() == [("EN_ATTENTE", "D112")]
    assert (attend.decomptes.height, attend.prises.height) == (0, 1)
    paye = fonds.night(attend, date(2026, 9, 10))
    assert rows(paye, "date_paiement", "debut") == [(date(2026, 9, 14), date(2026, 9, 7))]
    assert states(paye) == {"R1": "PAYEE"}


def test_a_payment_waits_for_a_value_that_is_not_known() -> None:
    """The ceiling of 2027: named, and the other employee is paid."""
    fonds = Fonds().right(2026, 30, 274_000).right(2026, 30, 274_000, salarie="P2")
    fonds.tables["acquis"][2:] = [{**a, "salarie": "P2"} for a in fonds.tables["acquis"][2:]]
    fonds.know("salaries").know("salaries", salarie="P2")
    fonds.know("comptes").know("comptes", salarie="P2")
    fonds.ask("R1", date(2027, 1, 11), date(2027, 1, 18), **RECU)
    fonds.ask("R2", date(2026, 9, 7), date(2026, 9, 14), salarie="P2", **RECU)
    publies = fonds.play(date(2027, 1, 8))
    assert states(publies) == {"R1": "EN_ATTENTE", "R2": "PAYEE"}
    assert publies.constats.height == 0, "aucun code ne le dit"
    motif = publies.demandes.filter(pl.col("demande") == "R1")["motif"].item()
    assert motif == "PLAFOND_SECURITE_SOCIALE (montant_mensuel_centimes)"


@pytest.mark.parametrize(
    ("indemnite", "option", "ecart"),
    [(280_000, "deux_sens", 2_400), (268_000, "deux_sens", -2_400),
     (280_000, "hausse_seule", 2_400), (268_000, "hausse_seule", None)],
)  # fmt: skip
def test_rights_that_change_after_a_payment(indemnite: int, option: str, ecart: int | None) -> None:
    """L-54: one difference of no day, on the last request paid; then the new price."""
    fonds = one(regularisation=option)
    publies = fonds.play(date(2026, 9, 10))
    fonds.tables["droits"][0] = {**fonds.tables["droits"][0], "indemnite_centimes": indemnite}
    suite = fonds.night(publies, date(2026, 10, 1))
    motifs = ("demande", "motif", "jours_centiemes", "indemnite_centimes")
    attendu = [] if ecart is None else [("R1", "REGULARISATION", 0, ecart)]
    assert rows(suite, *motifs)[1:] == attendu
    assert fonds.night(suite, date(2026, 10, 2)).decomptes.height == suite.decomptes.height
    fonds.ask("R2", date(2026, 11, 16), date(2026, 12, 7), recu=date(2026, 10, 3))
    fonds.ask("R3", date(2026, 12, 7), date(2026, 12, 8), recu=date(2026, 10, 3))
    for nuit in (date(2026, 10, 3), last_night(date(2026, 11, 16)), last_night(date(2026, 12, 7))):
        suite = fonds.night(suite, nuit)
    trop_paye = 0 if ecart else 2_400
    assert suite.decomptes["jours_centiemes"].sum() == 3000
    assert suite.decomptes["indemnite_centimes"].sum() == indemnite + trop_paye


def sick(jour: date) -> tuple[Fonds, Publies]:
    """RC-13: 17 days paid, then a stoppage from 10 to 16 August is notified."""
    fonds = Fonds().right(2026, 30, 274_028)
    fonds.ask("R1", date(2026, 8, 3), date(2026, 8, 24), **RECU)
    for mois in ("2026-08", "2026-12"):
        fonds.know("taux", mois=mois, versement=date(2026, 8, 1), taux_prelevement_ppm=32_000)
    fonds.know("arrets", debut=date(2026, 8, 10), fin=date(2026, 8, 16), connu_le=jour)
    return fonds, fonds.play(jour)


def test_a_leave_met_by_a_stoppage_is_made_again_for_what_stays() -> None:
    """RC-13: mirrored whole, 12 days paid again; the difference is a debt; once."""
    fonds, publies = sick(date(2026, 9, 1))
    colonnes = ("motif", "tour", "jours_centiemes", "indemnite_centimes", "prime_centimes")
    assert publies.decomptes.select(colonnes).sort("tour", "motif").rows() == [
        ("ANNULATION", 0, -1700, -155_283, -46_585), ("PAIEMENT", 0, 1700, 155_283, 46_585),
        ("PAIEMENT", 1, 1200, 109_611, 32_883),
    ]  # fmt: skip
    refait = publies.decomptes.filter(pl.col("tour") == 1).to_dicts()[0]
    assert (refait["net_centimes"], refait["date_paiement"]) == (0, date(2026, 9, 1))
    paye = publies.decomptes.filter(pl.col("tour") == 0, pl.col("motif") == "PAIEMENT")
    dette = compute_dettes(publies.decomptes, publies.lignes)["dette_centimes"].item()
    assert dette == paye["net_centimes"].item() - refait["retenues_centimes"]
    assert publies.prises["jours_centiemes"].sum() == 1200
    assert states(publies) == {"R1": "PAYEE"}
    assert publies.attestations["brut_centimes"].to_list() == [142_494]
    assert fonds.night(publies, date(2026, 9, 2)).decomptes.height == 3


def test_another_year_gives_no_tax_back_for_what_is_made_again() -> None:
    """L-73: PAS 0 on the mirror and on the redo; the debt bears the tax of the days given back."""
    _, publies = sick(date(2027, 1, 4))
    apres = publies.decomptes.filter(pl.col("date_paiement") == date(2027, 1, 4))
    assert apres["pas_centimes"].to_list() == [0, 0]
    assert publies.attestations.filter(pl.col("annee") == 2026)["pas_centimes"].item() > 0


def test_less_than_63_hours_is_paid_without_a_request() -> None:
    """EX-C-73, L-61: no day, no bonus, at once."""
    fonds = Fonds().right(2026, 0, 8_124, prime_due=False, methode="B")
    fonds.ask("R9", *SEPTEMBRE, salarie="P9", **RECU)
    publies = fonds.play(date(2026, 7, 10))
    colonnes = ("nature", "jours_centiemes", "brut_centimes", "date_paiement", "debut", "fin")
    assert rows(publies, *colonnes) == [
        ("CO", 0, 8_124, date(2026, 7, 3), date(2026, 7, 1), date(2026, 7, 31))
    ]
    assert publies.decomptes.select(pl.col("decompte") == pl.col("demande")).item()
    assert fonds.play(date(2026, 7, 11)).decomptes.height == 1


def test_a_number_fits_the_field_of_its_record() -> None:
    """DEC_ID has 20 bytes: a payment, a complement, a mirror, what nobody asked for."""
    fonds = Fonds().right(2026, 0, 8_124, prime_due=False, siren="999090012", salarie="a" * 64)
    fonds.know("salaries", salarie="a" * 64).know("comptes", salarie="a" * 64)
    fonds.know("salaries").know("comptes").right(2026, 30, 274_000)
    fonds.ask("R1", *SEPTEMBRE, rang=99_999, **RECU)
    fonds.know("annulations", demande="R1", connu_le=date(2026, 9, 15))
    publies = fonds.play(date(2026, 9, 16))
    numeros = set(publies.decomptes["decompte"])
    assert numeros == {"D00000001-99999-261", "A00000001-99999-261", "M26999090012aaaaaa"}
    assert max(map(len, numeros)) <= 20
