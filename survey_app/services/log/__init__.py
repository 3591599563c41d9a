"""Who did what, and can it be denied later? The audit log, its chain and its roots."""
