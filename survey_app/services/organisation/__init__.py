"""Which units are there, what continues them, and what do they handle? The tree in time."""
