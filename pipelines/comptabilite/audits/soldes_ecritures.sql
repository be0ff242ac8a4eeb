-- Proves: the balance of a centre is the sum of its entries on the members' account.
-- Source: double entry; cotisations section 8.
with comparees as (
    select siren, cdg, solde_centimes, 0 as ecrit_centimes
    from soldes
    union all
    select siren, cdg, 0, debit_centimes - credit_centimes
    from ecritures
    where compte = (select compte from comptes_roles where role = 'adherents')
)
select
    siren, cdg, sum(solde_centimes)::bigint as solde_centimes,
    sum(ecrit_centimes)::bigint as ecrit_centimes
from comparees
group by all
having sum(solde_centimes) <> sum(ecrit_centimes)
