"""How do millions of answers become few sums? One sum per domain and primary sampling unit."""
