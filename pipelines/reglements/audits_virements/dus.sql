-- What the fund owes, whoever says it: the tables of the family `dus`.
select du, nature, siren, salarie, cdg, origine, reunion, mode, si_a_jour, montant_centimes, date_arrete, execution
from dus_intemperies
union all
select du, nature, siren, salarie, cdg, origine, reunion, mode, si_a_jour, montant_centimes, date_arrete, execution
from dus_conges
