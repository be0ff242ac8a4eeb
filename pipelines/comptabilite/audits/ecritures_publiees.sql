-- Proves: a published line of the ledger is still there, identical, and the lines of the night bear its
-- date: the ledger of a past date never changes. Source: decisions C-08 (what is published is never
-- rewritten, what differs is written beside).
select p.siren, p.ecriture, p.rang, p.debit_centimes, p.credit_centimes
from ecritures_avant p
left join ecritures e using (ecriture, rang)
where e.ecriture is null
    or (e.siren, e.adherent, e.journal, e.date_comptable, e.date_valeur, e.compte, e.debit_centimes,
        e.credit_centimes, e.libelle, e.origine)
    <> (p.siren, p.adherent, p.journal, p.date_comptable, p.date_valeur, p.compte, p.debit_centimes,
        p.credit_centimes, p.libelle, p.origine)
    or e.cdg is distinct from p.cdg
    or e.appel is distinct from p.appel
    or e.cotisation is distinct from p.cotisation
union all
select e.siren, e.ecriture, e.rang, e.debit_centimes, e.credit_centimes
from ecritures e
anti join ecritures_avant p using (ecriture, rang)
cross join nuit
where e.date_comptable <> nuit.date_arrete
