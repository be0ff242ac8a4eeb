-- Proves: what reached the bank account for a company, charges deducted, less what it was paid, is what
-- the account of the bank says of it in the ledger. Source: money in = money booked (issue of the bank: what was paid,
-- what a bank kept and what reached the account are three amounts).
with comparees as (
    select siren, coalesce(net_centimes, montant_centimes) as recu_centimes, 0 as ecrit_centimes
    from encaissements
    union all
    select siren, net_centimes, 0
    from decaissements
    join reglements using (reglement, siren)
    where reglements.nature in (select nature from comptes_dus)
    union all
    select siren, 0, debit_centimes - credit_centimes
    from ecritures
    where compte = (select compte from comptes_roles where role = 'banque')
)
select
    siren, sum(recu_centimes)::bigint as recu_centimes, sum(ecrit_centimes)::bigint as ecrit_centimes
from comparees
group by all
having sum(recu_centimes) <> sum(ecrit_centimes)
