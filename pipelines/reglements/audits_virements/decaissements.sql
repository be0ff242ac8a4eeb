-- Proves: what the bank debited or gave back is a transfer of the company, for its amount, charges apart;
-- the state of a transfer is what these movements leave: paid when its debit stands, given back when its
-- return does. Source: gross, charges and net are three amounts; exchange section 7.
with faits as (
    select reglement, siren,
        sum(case when extourne then -1 else 1 end) filter (nature = 'VIREMENT') as debits,
        sum(case when extourne then -1 else 1 end) filter (nature = 'RETOUR') as retours
    from decaissements
    group by all
)
select d.siren, d.decaissement, d.montant_centimes, p.montant_centimes as vire_centimes
from decaissements d
left join reglements p using (reglement, siren)
where p.reglement is null
    or d.net_centimes <> d.montant_centimes - d.frais_centimes
    or abs(d.montant_centimes) <> p.montant_centimes
    or (d.montant_centimes < 0) <> ((d.nature = 'VIREMENT') <> d.extourne)
union all
select p.siren, p.reglement, f.debits::bigint, f.retours::bigint
from reglements p
left join faits f using (reglement)
where (p.etat = 'RETO') <> (coalesce(f.retours, 0) > 0)
    or p.etat = 'PAYE' and coalesce(f.debits, 0) + coalesce(f.retours, 0) < 0
    or coalesce(f.debits, 0) > 1
    or coalesce(f.retours, 0) > 1
