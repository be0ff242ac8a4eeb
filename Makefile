# Caisse : `make nuit` et `make test` se suffisent ; il faut python3 (3.11 ou plus), make et gcc.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := aide
MAKEFLAGS += --no-print-directory
.PHONY: aide nuit lendemain test test-vite epreuve couverture lint bench portail espace poste salarie api airflow verrou style types couches donnees prose

PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
	$(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
PROCESSUS ?= 2
# A module to a process, which makes its fixtures once; long ones first (tests/conftest.py).
REPARTIS = -n $(PROCESSUS) --dist loadscope --no-loadscope-reorder
BIN := .venv/bin
PRET := .venv/.pret
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
PROSE := docs/adr
VITE := tests/specs tests/cas/test_cas.py tests/warehouse/test_contrats.py \
	$(addprefix tests/pipelines/,declarations suivi attestations comptabilite/test_imputation.py \
	cotisations/test_reference_abattement.py reglements/test_rapprochement.py)
VERROUILLE = uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --quiet --no-emit-index-url --no-emit-find-links
MOTS := bloc,certificat,remplace,severite,adresse

aide: ## affiche cette aide
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 18

nuit: $(PRET) ## met en place puis joue une nuit de démonstration
	@echo "Démonstration : huit entreprises, leur banque, deux nuits passées puis celle qui est montrée."
	@$(BIN)/caisse nuit --demonstration

lendemain: $(PRET) ## joue la nuit suivante de la démonstration
	@$(BIN)/caisse nuit --lendemain

test: $(PRET) ## met en place puis lance tous les tests
	@echo "Tests, sur $(PROCESSUS) processus (ce qui est laissé de côté est nommé à la fin)."
	@POLARS_MAX_THREADS=1 $(BIN)/pytest -q $(REPARTIS) $(OPTIONS)

test-vite: $(PRET) ## lance les tests des règles, des contrats et des cas, en moins d'une minute
	@POLARS_MAX_THREADS=1 $(BIN)/pytest -q $(REPARTIS) -m "not nuit and not lent" $(VITE)

epreuve: $(PRET) ## lance tous les tests, nuits tuées et vrais serveurs compris, à grande échelle
	@CAISSE_EFFORT=epreuve POLARS_MAX_THREADS=1 $(BIN)/pytest -q $(REPARTIS) $(OPTIONS)

couverture: $(PRET) ## mesure les branches des règles, de la lecture et des magasins que jouent les tests sans nuit
	@echo "Couverture : une heure sur 2 cœurs."
	@rm -f .coverage .coverage.*
	@POLARS_MAX_THREADS=1 $(BIN)/coverage run -m pytest -q $(REPARTIS) -m "not nuit" $(OPTIONS) \
		$(addprefix tests/,parsers pipelines warehouse cas) || true
	@$(BIN)/coverage combine --quiet
	@for lieu in 'pipelines/*/regles/*' 'parsers/*' 'warehouse/*'; do \
		echo "$$($(BIN)/coverage report --format=total --precision=1 --include="$$lieu") % : $$lieu"; done

lint: style types couches donnees prose ## vérifie le style, les types, les couches et les données

style: $(PRET)
	@echo "Style : ruff."
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

types: $(PRET)
	@echo "Types : mypy."
	@$(BIN)/mypy --no-error-summary

couches: $(PRET)
	@echo "Couches : import-linter."
	@sortie=$$($(BIN)/lint-imports 2>&1) || { echo "$$sortie"; exit 1; }

donnees: $(PRET)
	@echo "Données : yamllint."
	@$(BIN)/yamllint --strict .

prose: $(PRET)
	@echo "Prose anglaise : codespell."
	@$(BIN)/codespell -L $(MOTS) $(PROSE)

bench: $(PRET) ## mesure la vitesse de lecture d'une grande DSN
	@for mesure in bench/*.py; do echo "Mesure : $$mesure."; $(BIN)/python "$$mesure"; done

portail: $(PRET) ## ouvre le portail sur http://127.0.0.1:8080
	@$(BIN)/python -m reporting

espace: $(PRET) ## ouvre l'espace des adhérents sur http://127.0.0.1:8080
	@exec $(BIN)/caisse espace servir

salarie: $(PRET) ## ouvre la page des salariés sur http://127.0.0.1:8083
	@exec $(BIN)/caisse salarie servir

poste: $(PRET) ## ouvre le poste de l'exploitant sur http://127.0.0.1:8082
	@exec $(BIN)/caisse poste servir

api: $(PRET) ## ouvre l'API sur http://127.0.0.1:8085/v1
	@exec $(BIN)/caisse api servir

airflow: $(PRET) ## lance Airflow sur http://127.0.0.1:8081 (CAISSE_PORT_AIRFLOW), Ctrl-C l'arrête
	@exec $(BIN)/caisse airflow lancer

verrou: $(PRET) ## refait requirements.lock depuis pyproject.toml
	@echo "Verrou : versions et empreintes, sans adresse de registre."
	@command -v uv >/dev/null || test -x $(BIN)/uv || $(PIP) install uv
	@PATH="$$PATH:$(BIN)" $(VERROUILLE) --upgrade --output-file requirements.lock
	@# A package asked for with an extra is named twice: pip, by its age, looks for one line or the other.
	@PATH="$$PATH:$(BIN)" $(VERROUILLE) --no-strip-extras --constraints requirements.lock \
		| awk '/^[^ ]/ { garde = /\[/ } garde' >>requirements.lock
	@! grep -nE '://|^--' requirements.lock

$(PRET): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Il faut Python 3.11 ou plus récent (python3)." >&2; exit 1; }
	@echo "Mise en place de .venv avec $(PYTHON) : quelques minutes la première fois."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv \
		|| { echo "python3 ne sait pas créer d'environnement : installer python3-venv." >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
