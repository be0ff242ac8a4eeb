-- Proves: the refunds of a declaration, night and nature are one amount due of the company, to the
-- cent; what is due stays as it was published; refunds are set off or paid as the option says.
-- Source: decisions I-32 (the sum of the rows is what was refunded), I-41; option imputation_remboursement.
with comparees as (
    select siren, declaration, date_arrete, left(nature, 1) as initiale, montant_centimes,
        0 as du_centimes
    from remboursements_intemperies
    union all
    select siren, origine, date_arrete, right(du, 1), 0, montant_centimes
    from dus_intemperies
)
select siren, declaration as du, sum(montant_centimes)::bigint as rembourse_centimes,
    sum(du_centimes)::bigint as du_centimes
from comparees
group by siren, declaration, date_arrete, initiale
having sum(montant_centimes) <> sum(du_centimes)
union all
select d.siren, d.du, d.montant_centimes, null
from dus_intemperies d
left join options o
    on o.option = 'imputation_remboursement'
    and vaut(o.debut, o.fin, strftime(d.date_arrete, '%Y-%m'))
where d.nature <> 'INT'
    or d.montant_centimes = 0
    or o.choix is distinct from lower(d.mode)
union all
select a.siren, a.du, a.montant_centimes, d.montant_centimes
from dus_intemperies_avant a
left join dus_intemperies d using (du)
where d.du is null
    or (d.siren, d.nature, d.origine, d.mode, d.montant_centimes, d.date_arrete)
    <> (a.siren, a.nature, a.origine, a.mode, a.montant_centimes, a.date_arrete)
