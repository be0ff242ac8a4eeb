"""What the fund does, one folder a business: pure rules (regles) and steps (etapes)."""
