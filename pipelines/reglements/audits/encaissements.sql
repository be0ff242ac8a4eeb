-- Proves: what was paid, less what a bank kept, is what reached the account; a debit settled or
-- returned is one of the company, for its amount.
-- Source: gross, charges and net are three amounts; a movement is given to a company once.
select
    e.siren, e.encaissement, e.nature, e.montant_centimes, e.frais_centimes, e.net_centimes,
    e.prelevement, p.montant_centimes as preleve_centimes
from encaissements e
left join prelevements p using (prelevement)
where e.net_centimes <> e.montant_centimes - coalesce(e.frais_centimes, 0)
    or p.prelevement is not null
    and (p.siren <> e.siren or abs(e.montant_centimes) <> p.montant_centimes)
