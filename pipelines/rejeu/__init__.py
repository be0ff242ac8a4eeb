"""Past nights played again: the facts of a fund, done anew in another home, give the same bytes."""
