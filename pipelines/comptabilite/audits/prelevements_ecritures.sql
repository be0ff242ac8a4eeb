-- Proves: a debit handed over before tonight is in the ledger once, at the amount of its calls, and no
-- other is. Source: cotisations section 8; a debit of tonight is decided on the accounts, not in them.
with comparees as (
    select p.siren, a.prelevement, a.montant_centimes as preleve_centimes, 0 as ecrit_centimes
    from prelevements_appels a
    join prelevements p using (prelevement)
    cross join nuit
    where p.date_emission < nuit.date_arrete
    union all
    select siren, origine, 0, debit_centimes - credit_centimes
    from ecritures
    where journal = 'PRELEVEMENT'
        and compte = (select compte from comptes_roles where role = 'prelevements_emis')
)
select
    siren, prelevement, sum(preleve_centimes)::bigint as preleve_centimes,
    sum(ecrit_centimes)::bigint as ecrit_centimes
from comparees
group by all
having sum(preleve_centimes) <> sum(ecrit_centimes)
