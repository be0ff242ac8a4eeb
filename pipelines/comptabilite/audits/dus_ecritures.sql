-- Proves: each amount that the fund owes is in the ledger once, for what it is, on the account of its
-- cost and on the one that it is to be paid from, the members' own when it is set off; what is still to
-- be paid, and what the bank has not debited yet, are what those accounts say.
-- Source: issue of weather refunds (sum of refunds = entries = payments); double entry.
with payables as (
    select * from dus
    where nature in (select nature from comptes_dus)
), attendus as (
    select d.siren, d.du as origine, c.charge as compte, d.montant_centimes as attendu
    from payables d
    join comptes_dus c using (nature)
    union all
    select d.siren, d.du, case when d.mode = 'COMPENSATION' then r.compte else c.a_payer end,
        -d.montant_centimes
    from payables d
    join comptes_dus c using (nature)
    join comptes_roles r on r.role = 'adherents'
), pieces as (
    select siren, origine, compte, sum(attendu) as attendu, 0 as ecrit
    from attendus
    group by all
    union all
    select siren, origine, compte, 0, sum(debit_centimes - credit_centimes)
    from ecritures
    where journal = 'DU'
    group by all
), restes as (
    select siren, 'A_PAYER' as origine, -montant_centimes as attendu
    from payables
    where mode <> 'COMPENSATION'
    union all
    select p.siren, 'A_PAYER', p.montant_centimes
    from reglements p
    cross join nuit
    where p.nature in (select nature from comptes_dus)
        and p.date_emission < nuit.date_arrete
        and p.etat in ('EMIS', 'PAYE')
), soldes_a_payer as (
    select siren, origine, sum(attendu) as attendu, 0 as ecrit from restes group by all
    union all
    select siren, 'A_PAYER', 0, sum(debit_centimes - credit_centimes)
    from ecritures
    where compte in (select a_payer from comptes_dus)
    group by siren
)
select siren, origine, sum(attendu)::bigint as attendu_centimes, sum(ecrit)::bigint as ecrit_centimes
from (select * exclude (compte), compte from pieces
    union all select siren, origine, attendu, ecrit, null from soldes_a_payer)
group by siren, origine, compte
having sum(attendu) <> sum(ecrit)
