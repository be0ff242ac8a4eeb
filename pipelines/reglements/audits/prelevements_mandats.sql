-- Proves: a new debit is made on a signed mandate of the company, active tonight and debited
-- automatically, or asked for by a wage return, of the account, and of the centre or group, that pays its
-- calls; its company had the notice. Source: cotisations section 8 (SEPA mandate; a payment group has
-- its own); options preavis_prelevement, mandat_telepaiement.
with nouveaux as (
    select p.*
    from prelevements p
    anti join prelevements_avant v using (prelevement)
), preavis as (
    select r.jours
    from nuit
    join options o
        on o.option = 'preavis_prelevement'
        and vaut(o.debut, o.fin, strftime(nuit.date_arrete, '%Y-%m'))
    join regles_preavis r on r.regle = o.choix
), telepaiement as (
    select o.choix = 'tout_mandat' as tout_mandat
    from nuit
    join options o
        on o.option = 'mandat_telepaiement'
        and vaut(o.debut, o.fin, strftime(nuit.date_arrete, '%Y-%m'))
), publies as (
    select a.prelevement, max(c.date_arrete) as dernier,
        bool_and(p.groupe is not distinct from c.groupe
            and (p.groupe is not null or p.cdg = c.cdg)) as payeur,
        bool_and(coalesce(c.telepaiement, false)) as ordonne
    from prelevements_appels a
    join nouveaux p using (prelevement)
    join appels c using (appel)
    group by all
)
select p.siren, p.prelevement, p.rum, e.etat as etat_mandat, p.date_echeance, p.montant_centimes
from nouveaux p
left join mandats m using (rum)
left join etats_mandat e using (rum)
left join publies u using (prelevement)
cross join preavis
cross join telepaiement t
where m.siren is distinct from p.siren
    or e.siren is distinct from p.siren
    or e.etat is distinct from 'ACTIF'
    or not (m.prelevement_automatique or t.tout_mandat and coalesce(u.ordonne, false))
    or m.date_signature is null
    or m.compte <> p.compte
    or not coalesce(u.payeur, false)
    or p.date_echeance < u.dernier + preavis.jours::int
    or isodow(p.date_echeance) > 5
