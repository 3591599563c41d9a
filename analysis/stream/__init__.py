"""How do response files pass by in constant memory? Batches of rows, coded and checked column by column."""
