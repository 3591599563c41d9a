"""How do staff come in? Login, second step, single sign-on, and who is present."""
