-- Proves: a call is one receivable, of its amount, of which the obligatory part is that of its lines
-- (of a call whose parts have opposite signs, their sum at most); what is paid and what remains add up
-- to it; nothing remains below zero, nor of a credit; it is settled when nothing is due, overdue once
-- its due date is past.
-- Source: cotisations sections 8 and 9 (obligatory contributions), 10 (a credit asks for nothing).
with obligatoires as (
    select l.appel, sum(l.montant_centimes) as obligatoire
    from lignes_appel l
    where l.cotisation in (select cotisation from cotisations_appelees where obligatoire)
    group by all
), jugees as (
    select
        coalesce(c.siren, a.siren) as siren, coalesce(c.appel, a.appel) as appel,
        a.montant_centimes as appele_centimes, coalesce(o.obligatoire, 0) as obligatoire,
        c.* exclude (siren, appel),
        a.date_exigibilite as exigibilite, a.cdg as cdg_appel,
        c.reste_centimes + c.reste_majorations_centimes as du
    from appels a
    full join creances c using (appel)
    left join obligatoires o on o.appel = coalesce(c.appel, a.appel)
)
select
    siren, appel, appele_centimes, montant_centimes, regle_centimes, reste_centimes,
    reste_majorations_centimes, etat
from jugees
cross join nuit
where montant_centimes is distinct from appele_centimes
    or cdg <> cdg_appel
    or date_exigibilite <> exigibilite
    or obligatoire_centimes <> greatest(0, least(obligatoire, montant_centimes))
    or regle_centimes + reste_centimes <> montant_centimes
    or reste_centimes not between 0 and greatest(montant_centimes, 0)
    or reste_obligatoire_centimes not between 0 and reste_centimes
    or reste_majorations_centimes not between 0 and majorations_centimes
    or (du = 0) <> (etat = 'SOLDEE')
    or (etat = 'A_ECHOIR') <> (du > 0 and nuit.date_arrete <= exigibilite and etat <> 'ECHEANCIER')
    or (etat = 'ECHUE') <> (du > 0 and nuit.date_arrete > exigibilite and etat <> 'ECHEANCIER')
