"""Who looks after accounts? The own one, and those that an admin is in charge of."""
