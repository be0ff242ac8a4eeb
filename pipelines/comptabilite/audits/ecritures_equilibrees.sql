-- Proves: an entry is balanced and of one company, one journal, one date; each of its lines stands on
-- one side, with a positive amount, on an account of the plan.
-- Source: double entry; design section 5 (money is an integer of centimes).
select
    siren, ecriture, sum(debit_centimes)::bigint as debit_centimes,
    sum(credit_centimes)::bigint as credit_centimes
from ecritures
group by siren, ecriture
having sum(debit_centimes) <> sum(credit_centimes)
    or min(least(debit_centimes, credit_centimes)) < 0
    or max(least(debit_centimes, credit_centimes)) > 0
    or min(greatest(debit_centimes, credit_centimes)) = 0
    or count(distinct journal) > 1
    or count(distinct date_comptable) > 1
    or bool_or(
        compte not in (select compte from comptes_roles)
        and compte not in (select compte from comptes_cotisations)
        and compte not in (select unnest([charge, a_payer]) from comptes_dus)
    )
