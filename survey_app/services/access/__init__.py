"""Who may come in, and who may do what? Accounts, grants, passwords, second factors and sessions."""
