"""What does a sample say about its population? Estimates with standard errors from any survey design."""
