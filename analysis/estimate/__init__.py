"""How large is a score and how far may it be off? Estimates, their variances and the limits around them."""
