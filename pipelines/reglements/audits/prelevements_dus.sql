-- Proves: what is debited of a call is never above what remains due of it, a call is never debited by
-- two debits at once, nor, when a wage return brought it, on another day than its due date (moved while
-- banks are closed) or against its will. Source: cotisations section 8; SEPA: a debit is what the notice
-- told; decisions X-05.
with suivis as (
    select
        a.siren, a.appel, a.prelevement, a.montant_centimes, p.etat, p.date_echeance,
        p.date_emission = nuit.date_arrete and v.prelevement is null as nouveau,
        sum((p.etat in ('EMIS', 'REGLE'))::int) over (partition by a.appel) as en_cours
    from prelevements_appels a
    join prelevements p using (prelevement)
    left join prelevements_avant v using (prelevement)
    cross join nuit
)
select s.siren, s.prelevement, s.appel, s.montant_centimes, c.reste_centimes, c.etat
from suivis s
left join creances c using (appel)
left join appels l using (appel)
where s.nouveau
    and (
        c.appel is null
        or s.montant_centimes > c.reste_centimes
        or c.etat not in ('A_ECHOIR', 'ECHUE')
        or s.en_cours > 1
        or l.telepaiement = false
        or l.telepaiement and abs(s.date_echeance - l.date_exigibilite) > 5
    )
