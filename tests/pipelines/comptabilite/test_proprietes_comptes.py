"""Whatever happens on an account: it balances, and a slow ledger in plain integers agrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

DEBUT, ARRETE = date(2026, 4, 1), date(2026, 9, 10)
GROUPES = {"C1": "G1", "C2": "G1", "C3": None}
JOURS = st.integers(0, 150).map(lambda n: DEBUT + timedelta(days=n))
CENTRES = st.sampled_from(sorted(GROUPES))
MONTANTS = st.one_of(st.integers(1, 900), st.sampled_from([1_000, 25_000, 100_000]))
APPELS = st.lists(
    st.tuples(CENTRES, st.integers(4, 8), MONTANTS, MONTANTS, st.sampled_from([1, 1, 1, -1])),
    min_size=1,
    max_size=7,
)
LIEUX = st.one_of(
    st.just({}),
    st.just({"groupe": "G1"}),
    CENTRES.map(lambda c: {"cdg": c}),
    st.integers(0, 6).map(lambda n: {"rang_appel": n}),
)
REGLEMENTS = st.lists(st.tuples(JOURS, MONTANTS, LIEUX), max_size=7)
PRELEVEMENTS = st.lists(
    st.tuples(st.integers(0, 6), JOURS, st.sampled_from(["EMIS", "REGLE", "REJETE", "RENDU"])),
    max_size=3,
)
DECISIONS = st.lists(
    st.tuples(
        st.sampled_from(["AVOIR", "REMISE_MAJORATION", "ECHEANCIER"]), JOURS, MONTANTS, LIEUX
    ),
    max_size=3,
)
VIES = st.tuples(APPELS, REGLEMENTS, PRELEVEMENTS, DECISIONS)


def live(dossier: Any, vie: Any) -> Any:
    """The company after these calls, payments, debits and decisions."""
    appels, reglements, prelevements, decisions = vie
    for rang, (cdg, mois, obligatoire, autre, signe) in enumerate(appels):
        lignes = {"CP": signe * obligatoire, "OPPBTP_PERM": signe * autre}
        dossier.call(f"A{rang}", date(2026, mois, 25), lignes, cdg=cdg, groupe=GROUPES[cdg])
    for rang, (jour, montant, lieu) in enumerate(reglements):
        dossier.receive(f"V{rang}", jour, montant, **place(dossier, lieu))
    for rang, (appel, jour, etat) in enumerate(prelevements):
        debit(dossier, f"P{rang}", dossier.appels[appel % len(dossier.appels)], jour, etat)
    for rang, (nature, jour, montant, lieu) in enumerate(decisions, 1):
        if nature == "ECHEANCIER":
            noms = [a["appel"] for a in dossier.appels[:: rang + 1]]
            dues = {jour + timedelta(days=30 * k): montant for k in (1, 2)}
            dossier.plan(rang, jour, noms, dues)
        else:
            ou = {k: v for k, v in place(dossier, lieu).items() if k != "groupe"}
            dossier.decide(rang, nature, jour, montant_centimes=montant, **ou)
    return dossier


def place(dossier: Any, lieu: dict[str, Any]) -> dict[str, Any]:
    """A call that exists, for the rank of one."""
    if "rang_appel" not in lieu:
        return lieu
    return {"appel": dossier.appels[lieu["rang_appel"] % len(dossier.appels)]["appel"]}


def debit(dossier: Any, nom: str, appel: dict[str, Any], jour: date, etat: str) -> None:
    """A debit of half of the call, and what the bank says of it."""
    montant = max(1, abs(appel["montant_centimes"]) // 2)
    execution = jour + timedelta(days=3)
    dossier.debit(nom, jour, execution, {appel["appel"]: montant})
    if etat == "REJETE":
        dossier.prelevements[-1] |= {"etat": etat, "date_etat": jour + timedelta(days=2)}
    if etat in {"REGLE", "RENDU"}:
        dossier.receive(f"S{nom}", execution, montant, nature="PRELEVEMENT", prelevement=nom)
    if etat == "RENDU":
        rendu = execution + timedelta(days=4)
        dossier.receive(f"T{nom}", rendu, -montant, nature="RETOUR", prelevement=nom)


def months(depart: date, jour: date) -> int:
    """The first number of months after which `depart` has reached `jour`."""
    nombre = 0
    while True:
        annee, mois = divmod(depart.month - 1 + nombre, 12)
        if (depart.year + annee, mois + 1, depart.day) >= (jour.year, jour.month, jour.day):
            return nombre
        nombre += 1


@dataclass
class Dette:
    """A call in the slow ledger; `parts` are (amount, months, months under the plan)."""

    appel: str
    lieux: dict[str, Any]
    emission: date
    exigible: date
    depart: date
    restes: dict[str, int]
    plan: int | None = None
    effet: date | None = None
    fin: date | None = None
    rompu: bool = False
    payees: int = 0
    remises: int = 0
    paye_plan: int = 0
    parts: list[tuple[int, int, int]] = field(default_factory=list)

    def delays(self, jour: date) -> tuple[int, int]:
        """Months of delay at a day: without the plan, and with its months off."""
        libre = months(self.depart, jour)
        if self.effet is None or self.fin is None:
            return libre, libre
        return libre, months(self.depart, min(jour, self.effet)) + months(self.fin, jour)

    def increase(self, jour: date) -> int:
        """1 % a month, rounded once, a half up (amounts are positive)."""
        parts = [*self.parts, (self.restes["OBLIGATOIRE"], *self.delays(jour))]
        somme = sum(montant * (libre if self.rompu else plan) for montant, libre, plan in parts)
        return (somme + 50) // 100

    def due(self, poste: str, jour: date) -> int:
        """What remains of a part."""
        if poste == "MAJORATION":
            return self.increase(jour) - self.payees - self.remises
        return self.restes[poste]


@dataclass
class Credit:
    """A payment in the slow ledger."""

    origine: str
    nature: str
    valeur: date
    ordre: date
    reste: int
    vise: str | None
    lieu: tuple[str, Any] | None

    def pay(self, dette: Dette, poste: str, jour: date) -> None:
        """Pay what can be paid of a part of a debt."""
        montant = min(self.reste, dette.due(poste, jour))
        if montant <= 0:
            return
        self.reste -= montant
        if self.nature == "REMISE":
            dette.remises += montant
            return
        if dette.effet and self.valeur >= dette.effet:
            dette.paye_plan += montant
        if poste == "MAJORATION":
            dette.payees += montant
            return
        dette.restes[poste] -= montant
        if poste == "OBLIGATOIRE":
            a_temps = self.ordre <= dette.exigible
            mois = (0, 0) if a_temps else dette.delays(min(self.valeur, jour))
            dette.parts.append((montant, *mois))


def returned_debits(d: Any) -> dict[str, date]:
    """Debits that came back, and when."""
    retours = {p["prelevement"]: p["date_etat"] for p in d.prelevements if p["etat"] == "REJETE"}
    for mouvement in d.encaissements:
        if mouvement["nature"] == "RETOUR":
            retours[mouvement["prelevement"]] = mouvement["date_valeur"]
    return retours


def debts_of(d: Any) -> list[Dette]:
    """Positive calls, oldest first."""
    retours = returned_debits(d)
    emis = {p["prelevement"]: p["date_emission"] for p in d.prelevements}
    dettes = []
    for appel in sorted(d.appels, key=lambda a: (a["date_exigibilite"], a["appel"])):
        if appel["montant_centimes"] <= 0:
            continue
        exigible = appel["date_exigibilite"]
        rejets = sorted(
            (emis[p], p, retours[p])
            for p, vise in ((x["prelevement"], x["appel"]) for x in d.prelevements_appels)
            if vise == appel["appel"] and p in retours
        )
        depart = max(exigible, rejets[0][2]) if rejets and rejets[0][0] <= exigible else exigible
        lignes = {
            x["cotisation"]: x["montant_centimes"] for x in d.lignes if x["appel"] == appel["appel"]
        }
        restes = {"OBLIGATOIRE": lignes["CP"], "FACULTATIF": lignes["OPPBTP_PERM"]}
        lieux = {"cdg": appel["cdg"], "groupe": appel["groupe"], "siren": appel["siren"]}
        dettes.append(Dette(appel["appel"], lieux, appel["date_arrete"], exigible, depart, restes))
    return dettes


def credits_of(d: Any) -> Iterator[Credit]:
    """Everything that pays."""
    centre = {a["appel"]: a["cdg"] for a in d.appels}
    retours = returned_debits(d)
    for m in d.encaissements:
        if m["nature"] == "VIREMENT":
            yield make_credit(m["encaissement"], "REGLEMENT", m["date_valeur"], m)
    for p, x in zip(d.prelevements, d.prelevements_appels, strict=True):
        if p["prelevement"] not in retours:
            lieu = x | {"cdg": centre[x["appel"]]}
            credit = make_credit(p["prelevement"], "REGLEMENT", p["date_echeance"], lieu)
            credit.ordre = p["date_emission"]
            yield credit
    for a in d.appels:
        if a["montant_centimes"] < 0:
            rendu = {
                "cdg": a["cdg"],
                "siren": a["siren"],
                "montant_centimes": -a["montant_centimes"],
            }
            yield make_credit(a["appel"], "APPEL_NEGATIF", a["date_arrete"], rendu)
    for x in d.decisions:
        if x["nature"] != "ECHEANCIER":
            nature = x["nature"].removesuffix("_MAJORATION")
            yield make_credit(f"DEC-{x['numero']}", nature, x["date_effet"], x)


def make_credit(origine: str, nature: str, jour: date, faits: dict[str, Any]) -> Credit:
    """A credit, with the call that it names and the place in which it pays."""
    vise = faits.get("appel")
    lieu = next(((c, faits[c]) for c in ("cdg", "groupe", "siren") if faits.get(c)), None)
    if nature == "REMISE" and vise:
        lieu = None
    return Credit(origine, nature, jour, jour, faits["montant_centimes"], vise, lieu)


def slow_ledger(d: Any, arrete: date) -> tuple[list[Dette], list[Credit]]:
    """Debts and credits of the company after each day, one after the other."""
    import json

    dettes = debts_of(d)
    credits_ = sorted(credits_of(d), key=lambda c: (c.valeur, c.nature, c.origine))
    credits_ = [c for c in credits_ if c.valeur <= arrete or c.origine.startswith("P")]
    echeances: list[tuple[date, int, int]] = []
    for decision in (x for x in d.decisions if x["nature"] == "ECHEANCIER"):
        if decision["date_effet"] > arrete:
            continue
        contenu = json.loads(decision["contenu"])
        dues = sorted((date.fromisoformat(e["date"]), e["centimes"]) for e in contenu["echeances"])
        for rang, (jour, _) in enumerate(dues):
            echeances.append((jour, decision["numero"], sum(m for _, m in dues[: rang + 1])))
        for dette in dettes:
            if dette.appel in contenu["appels"]:
                dette.plan, dette.effet = decision["numero"], decision["date_effet"]
                dette.fin = dues[-1][0]
    jours = {*(x.emission for x in dettes), *(min(c.valeur, arrete) for c in credits_)}
    for jour in sorted({*jours, *(e[0] for e in echeances if e[0] < arrete), arrete}):
        play_day([x for x in dettes if x.emission <= jour], credits_, jour, arrete)
        for echeance, plan, cumul in echeances:
            sous = [x for x in dettes if x.plan == plan]
            if echeance == jour < arrete and sum(x.paye_plan for x in sous) < cumul:
                for x in sous:
                    x.rompu |= any(sum(y.restes.values()) for y in sous if y.emission <= jour)
    return dettes, credits_


def play_day(dettes: list[Dette], credits_: list[Credit], jour: date, arrete: date) -> None:
    """Named calls first, principal then increases; then the oldest debts of each place."""
    postes = (("OBLIGATOIRE", "FACULTATIF"), ("MAJORATION",))
    tours = [("vise", p) for p in postes]
    tours += [(lieu, p) for p, lieu in product(postes, ("cdg", "groupe", "siren"))]
    for tour, parts in tours:
        for credit in credits_:
            la = min(credit.valeur, arrete) <= jour
            if credit.nature == "REMISE" and (credit.valeur != jour or parts == postes[0]):
                continue
            for dette, poste in product(dettes, parts) if la else ():
                if tour == "vise":
                    convient = credit.vise == dette.appel
                else:
                    convient = credit.lieu == (tour, dette.lieux[tour])
                if convient:
                    credit.pay(dette, poste, jour)


def signed() -> pl.Expr:
    """Debit less credit."""
    return pl.col("debit_centimes") - pl.col("credit_centimes")


def check_accounts(comptes: Any, ecritures: pl.DataFrame) -> None:
    """Every entry balances; every balance is that of the ledger and that of its calls."""
    par_ecriture = ecritures.group_by("ecriture").agg(signed().sum().alias("s"))
    assert set(par_ecriture["s"]) <= {0}
    du_411 = ecritures.filter(compte="411").group_by("cdg").agg(signed().sum().alias("s"))
    livre = {cdg: s for cdg, s in du_411.rows() if s}
    soldes = {r["cdg"]: r for r in comptes.soldes.iter_rows(named=True)}
    assert livre == {cdg: r["solde_centimes"] for cdg, r in soldes.items() if r["solde_centimes"]}
    for cdg, r in soldes.items():
        siennes = comptes.creances.filter(cdg=cdg)
        restes = siennes["reste_centimes"].sum() + siennes["reste_majorations_centimes"].sum()
        assert r["solde_centimes"] == restes - r["avoir_centimes"]
        assert r["solde_centimes"] == (
            r["appele_centimes"] + r["majorations_centimes"] - r["regle_centimes"]
        )
        assert r["a_echoir_centimes"] + r["echu_centimes"] == restes
    assert (comptes.creances["reste_centimes"] >= 0).all()
    assert (comptes.creances["reste_majorations_centimes"] >= 0).all()
    imputes = (
        comptes.imputations.filter(pl.col("poste") != "MAJORATION")
        .group_by("appel")
        .agg(pl.col("montant_centimes").sum())
    )
    verses = comptes.creances.filter(pl.col("montant_centimes") > 0, pl.col("regle_centimes") != 0)
    assert sorted(imputes.rows()) == sorted(verses.select("appel", "regle_centimes").rows())


@settings(max_examples=30)
@given(vie=VIES)
def test_the_slow_ledger_agrees_and_everything_balances(make_dossier: type[Any], vie: Any) -> None:
    """For any life of a company: each call, increase and credit, to the cent."""
    dossier = live(make_dossier(), vie)
    comptes = dossier.compute(ARRETE)
    check_accounts(comptes, comptes.ecritures)
    dettes, credits_ = slow_ledger(dossier, ARRETE)
    calcule = {
        r["appel"]: (
            r["reste_obligatoire_centimes"],
            r["reste_centimes"],
            r["majorations_centimes"],
            r["reste_majorations_centimes"],
        )
        for r in comptes.creances.iter_rows(named=True)
        if r["montant_centimes"] > 0
    }
    assert calcule == {
        d.appel: (
            d.restes["OBLIGATOIRE"],
            sum(d.restes.values()),
            d.increase(ARRETE) - d.remises,
            d.due("MAJORATION", ARRETE),
        )
        for d in dettes
    }
    avoirs = sum(c.reste for c in credits_ if c.nature != "REMISE")
    assert comptes.soldes["avoir_centimes"].sum() == avoirs


@settings(max_examples=12)
@given(vie=VIES, graine=st.integers(0, 99))
def test_the_order_of_the_rows_changes_nothing(
    make_dossier: type[Any], vie: Any, graine: int
) -> None:
    """Facts shuffled give the same frames, row for row."""
    droit, melange = live(make_dossier(), vie), live(make_dossier(), vie)
    hasard = Random(graine)  # noqa: S311 - a shuffle, not a secret
    for faits in (melange.appels, melange.lignes, melange.encaissements, melange.decisions):
        hasard.shuffle(faits)
    hasard.shuffle(melange.prelevements_appels)
    attendus, obtenus = droit.compute(ARRETE), melange.compute(ARRETE)
    for nom in ("ecritures", "imputations", "creances", "soldes", "suites_decisions"):
        assert getattr(obtenus, nom).equals(getattr(attendus, nom)), nom


@settings(max_examples=12)
@given(vie=VIES, nuits=st.lists(st.integers(20, 160), min_size=1, max_size=4, unique=True))
def test_nights_add_up_to_a_computation_from_scratch(
    make_dossier: type[Any], vie: Any, nuits: list[int]
) -> None:
    """Night after night, nothing is rewritten and the accounts end as if computed at once."""
    dossier = live(make_dossier(), vie)
    publiees = dossier.compute(DEBUT).ecritures.clear()
    for jour in [DEBUT + timedelta(days=n) for n in sorted(nuits)] + [ARRETE]:
        comptes = known_at(make_dossier(), dossier, jour).compute(jour, publiees)
        assert comptes.ecritures.join(publiees, on=["ecriture", "rang"]).is_empty()
        publiees = pl.concat([publiees, comptes.ecritures])
        check_accounts(comptes, publiees)
    d_un_coup = dossier.compute(ARRETE)
    cle = ["journal", "origine", "cdg", "compte", "appel", "cotisation"]
    totaux = [
        e.group_by(cle).agg(signed().sum().alias("s")).filter(pl.col("s") != 0).sort(cle)
        for e in (publiees, d_un_coup.ecritures)
    ]
    assert totaux[0].equals(totaux[1])
    assert comptes.soldes.equals(d_un_coup.soldes)
    assert dossier.compute(ARRETE, publiees).ecritures.is_empty()


def known_at(vide: Any, dossier: Any, jour: date) -> Any:
    """What was known of the company on a night."""
    vide.appels = [a for a in dossier.appels if a["date_arrete"] <= jour]
    noms = {a["appel"] for a in vide.appels}
    vide.lignes = [x for x in dossier.lignes if x["appel"] in noms]
    vide.encaissements = [m for m in dossier.encaissements if m["date_operation"] <= jour]
    vide.prelevements = [
        p | ({} if (p.get("date_etat") or jour) <= jour else {"etat": "EMIS", "date_etat": None})
        for p in dossier.prelevements
        if p["date_emission"] <= jour
    ]
    emis = {p["prelevement"] for p in vide.prelevements}
    vide.prelevements_appels = [
        x for x in dossier.prelevements_appels if x["prelevement"] in emis and x["appel"] in noms
    ]
    vide.decisions = [x for x in dossier.decisions if x["date_effet"] <= jour]
    return vide


@pytest.mark.parametrize("nombre", [1, 4])
def test_adding_a_company_changes_nothing_to_another(make_dossier: type[Any], nombre: int) -> None:
    """The accounts of a company are the same alone or among others."""
    seul, entoure = make_dossier(), make_dossier()
    for d in (seul, entoure):
        d.call("A4", date(2026, 4, 25), {"CP": 10_000})
        d.receive("V1", date(2026, 6, 25), 4_000, cdg="C1")
    for rang in range(nombre):
        autre = {"siren": f"80000002{rang}", "cdg": f"D{rang}"}
        entoure.call(f"B{rang}", date(2026, 5, 25), {"CP": 70_000}, **autre)
        entoure.receive(f"W{rang}", date(2026, 5, 2 + rang), 90_000, siren=autre["siren"])
    siennes = entoure.compute(ARRETE).creances.filter(siren="800000010")
    assert siennes.equals(seul.compute(ARRETE).creances)
