-- Proves: a company is in order when every declaration due was received and what is overdue of its
-- obligatory contributions, late increases included, less its credit, is not positive; each figure of
-- the proof is that of the follow-up and of the accounts.
-- Source: cotisations section 11 (a respected plan is in order, optional contributions are left out,
-- by default); options attestation_echeancier, attestation_facultatives.
with choisies as (
    select
        bool_or(o.option = 'attestation_echeancier' and o.choix = 'bloquant') as plan_bloquant,
        bool_or(o.option = 'attestation_facultatives' and o.choix = 'comptees') as tout_compte
    from nuit
    join options o on vaut(o.debut, o.fin, strftime(nuit.date_arrete, '%Y-%m'))
), declarees as (
    select siren, count(*) as attendues, count(*) filter (etat = 'RECUE') as recues
    from declarations_attendues
    group by all
), echues as (
    select
        siren,
        sum(case when tout_compte then reste_centimes else reste_obligatoire_centimes end) as echu,
        sum(reste_majorations_centimes) as majorations
    from creances
    cross join choisies
    where etat in ('ECHUE', 'SOLDEE') or etat = 'ECHEANCIER' and plan_bloquant
    group by all
), avoirs as (
    select siren, sum(avoir_centimes) as avoir from soldes group by all
), jugees as (
    select
        s.*, coalesce(d.attendues, 0) as attendues, coalesce(d.recues, 0) as recues,
        coalesce(e.echu, 0) as echu, coalesce(e.majorations, 0) as majorations,
        coalesce(a.avoir, 0) as avoir
    from situations s
    left join declarees d using (siren)
    left join echues e using (siren)
    left join avoirs a using (siren)
)
select
    siren, a_jour::int as a_jour, dsn_attendues, attendues, dsn_recues, recues, echu_centimes,
    echu::bigint as echu_attendu, solde_exigible_centimes,
    (echu + majorations - avoir)::bigint as solde_attendu
from jugees
where (dsn_attendues, dsn_recues) <> (attendues, recues)
    or (echu_centimes, majorations_centimes, avoir_centimes) <> (echu, majorations, avoir)
    or solde_exigible_centimes <> echu + majorations - avoir
    or a_jour <> (recues = attendues and echu + majorations - avoir <= 0)
