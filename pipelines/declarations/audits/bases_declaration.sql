-- Proves: a base is of the company, the establishment and the month of its declaration, it waits or
-- is retained as the declaration says, and its management centre is that of its establishment.
-- Source: cotisations section 1 (SIRET -> CDG); decisions D-01.
select
    b.siren, b.siret, b.depot, b.rang_declaration, b.code_base, b.source, b.cdg, e.cdg as cdg_connu,
    b.mois_appel, d.mois_appel as mois_declare
from bases_sommees b
left join declarations d
    on b.source = 'DSN' and (d.depot, d.rang_declaration) = (b.depot, b.rang_declaration)
left join etablissements e on e.siret = b.siret
where b.source <> 'FRACTIONNEMENT'
    and (
        b.cdg is distinct from e.cdg
        or b.source = 'DSN' and (
            b.siren is distinct from d.siren
            or b.siret is distinct from d.siret
            or b.mois_appel is distinct from d.mois_appel
            or b.statut = 'RETENUE' and d.statut <> 'RETENUE'
        )
    )
