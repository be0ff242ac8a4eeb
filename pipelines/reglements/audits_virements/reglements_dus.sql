-- Proves: a transfer is the sum of the amounts due that it pays, positive, all of its company, of its
-- nature and of whom it pays; an amount is paid by one living transfer at most, unless the bank undid a
-- refusal since, and none that is set off is transferred; what is open of an account comes to nothing
-- above zero, but what is held. Source: decisions I-41 (one transfer, the balance of its entries; a debit
-- stays), L-47.
with sommes as (
    select r.reglement, r.siren, sum(r.montant_centimes) as dus_centimes,
        count(*) filter (
            d.du is null
            or d.siren <> r.siren
            or d.montant_centimes <> r.montant_centimes
            or d.origine <> r.origine
            or d.mode <> 'VIREMENT'
        ) as faux
    from reglements_dus r
    left join dus d using (du)
    group by all
), payes as (
    select r.siren, r.du, count(*) filter (p.etat in ('EMIS', 'PAYE')) as vivants,
        bool_or(a.reglement is null) as nouveau
    from reglements_dus r
    join reglements p using (reglement)
    left join reglements_avant a using (reglement)
    group by all
), ouvertes as (
    select d.siren, d.nature, coalesce(d.salarie, d.siren) as qui,
        sum(d.montant_centimes) as solde
    from dus d
    anti join (
        select r.du from reglements_dus r
        join reglements p using (reglement) where p.etat in ('EMIS', 'PAYE')
    ) using (du)
    where d.mode = 'VIREMENT' and d.execution is null
    group by all
), retenues as (
    select siren, nature, coalesce(salarie, siren) as qui, sum(montant_centimes) as retenu
    from reglements_retenus
    group by all
)
select coalesce(p.siren, s.siren) as siren, coalesce(p.reglement, s.reglement) as reglement,
    p.montant_centimes, s.dus_centimes::bigint as dus_centimes
from reglements p
full join sommes s using (reglement, siren)
where p.montant_centimes is distinct from s.dus_centimes
    or p.montant_centimes <= 0
    or s.faux > 0
union all
select siren, du, vivants, null
from payes
where vivants > 1 and nouveau
union all
select o.siren, o.nature, o.solde::bigint, r.retenu::bigint
from ouvertes o
left join retenues r using (siren, nature, qui)
where o.solde > coalesce(r.retenu, 0)
