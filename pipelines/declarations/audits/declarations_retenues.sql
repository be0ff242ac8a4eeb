-- Proves: of one declaration (SIREN, NIC, month, fraction, champ), one deposit counts, and none that
-- it replaces has a higher order, nor the same order and a later arrival. Source: decisions D-01.
with candidates as (
    select d.siren, d.siret, d.mois_appel, d.fraction, d.champ, d.depot, d.rang_declaration,
        d.statut = 'RETENUE' as retenue, (d.ordre, l.numero_depot, d.rang_declaration) as place
    from declarations d
    join declarations_lues l using (depot, rang_declaration)
    where d.nature = '01' and (d.statut = 'RETENUE' or d.motif = 'ANNULE_ET_REMPLACE')
)
select
    r.siren, r.siret, r.mois_appel, r.fraction, r.depot, r.rang_declaration,
    a.depot as autre_depot, a.rang_declaration as autre_rang
from candidates r
join candidates a
    on (a.siren, a.siret, a.mois_appel, a.fraction) = (r.siren, r.siret, r.mois_appel, r.fraction)
    and a.champ is not distinct from r.champ
where r.retenue
    and (a.depot, a.rang_declaration) <> (r.depot, r.rang_declaration)
    and (a.retenue or a.place > r.place)
