"""How are units kept? The tree, changes, files, the map of old and new, procedures."""
