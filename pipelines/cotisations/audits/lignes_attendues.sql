-- Sum made once: what each line of call (C-02: centre, month of call, month of attachment,
-- contribution) must bear for the bases that count, with the dated values that value it; `attend` when
-- one of them is missing for its month. Source: cotisations sections 1, 2, 4 and 6; decisions C-01
-- (sum, réfaction, rounding, then the rate), C-03 (hours), C-06 (members; base taken by default).
with nourries as (
    select b.siren, b.cdg, b.mois_appel, b.mois_rattachement, b.quantite, c.* exclude (code_base)
    from (
        select siren, cdg, mois_appel, mois_rattachement, code_base, sum(quantite) as quantite
        from bases_sommees
        where statut = 'RETENUE' or motif = 'CP-05'
        group by all
    ) b
    join cotisations_appelees c using (code_base)
), membres as (
    select distinct a.siren, a.cotisation as adhesion, m.mois as mois_rattachement
    from adhesions a
    join mois_vus m on tient(a.debut, a.fin, m.mois)
), siennes as (
    from nourries where adhesion is null
    union all
    from (from nourries semi join membres using (siren, adhesion, mois_rattachement))
), par_defaut as (
    from (from siennes where par_defaut)
    anti join (from siennes where not par_defaut) p using (siren, cotisation, mois_rattachement)
), sommees as (
    select
        siren, cdg, mois_appel, mois_rattachement, cotisation, assiette, refaction, cumul, partie,
        taux_reduit, sum(quantite) as quantite
    from (
        from siennes where not par_defaut
        union all
        from par_defaut
        where mois_rattachement in (
            select m.mois
            from mois_vus m
            join options o on o.option = 'base_professionnelle' and vaut(o.debut, o.fin, m.mois)
            where o.choix = 'base_par_defaut'
        )
    )
    group by all
), situees as (
    select
        s.*,
        case when s.mois_appel in (
            select m.mois
            from mois_vus m
            join options o on o.option = 'taux_des_regularisations' and vaut(o.debut, o.fin, m.mois)
            where o.choix = 'appel'
        ) then s.mois_appel else s.mois_rattachement end as mois_taux,
        s.assiette = 'DECLAREE' and s.mois_rattachement in (
            select m.mois
            from mois_vus m
            join options o on o.option = 'arrondi_assiette' and vaut(o.debut, o.fin, m.mois)
            where o.choix = 'euro'
        ) as a_l_euro
    from sommees s
), valeurs as (
    select
        s.*, v.coefficient_ppm, v.salaire_centimes, v.tarifee,
        coalesce(r.valeur, t.taux_ppm) as taux_ppm,
        case when s.refaction then coalesce(f.valeur, 1000000) else 1000000 end as refaction_ppm,
        s.quantite * case s.assiette when 'HEURES' then v.salaire_centimes else 1 end as produit,
        case s.assiette when 'HEURES' then 100 else 1 end as unite,
        s.cumul is not null and p.annuel_centimes is null as droit_inconnu
    from situees s
    join valeurs_du_mois v on v.cotisation = s.cotisation and v.mois = s.mois_rattachement
    join valeurs_du_mois t on t.cotisation = s.cotisation and t.mois = s.mois_taux
    left join periodes p on p.cumul = s.cumul and p.mois = s.mois_rattachement
    left join parametres_du_mois f
        on f.cdg = s.cdg and f.parametre = 'refaction_ppm' and f.mois = s.mois_rattachement
    left join parametres_du_mois r
        on r.cdg = s.cdg and r.parametre = s.taux_reduit and r.mois = s.mois_taux
)
select
    siren, cdg, mois_appel, mois_rattachement, cotisation, cumul, partie, quantite, taux_ppm,
    coefficient_ppm, refaction_ppm, tarifee,
    arrondi(produit, unite) as base_brute_centimes,
    case when a_l_euro
        then 100 * arrondi(produit * refaction_ppm * coefficient_ppm, 100000000000000)
        else arrondi(produit * refaction_ppm * coefficient_ppm, unite * 1000000000000)
    end as base_centimes,
    taux_ppm is null or coefficient_ppm is null or produit is null or droit_inconnu as attend
from valeurs
