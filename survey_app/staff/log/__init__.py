"""What can be read in the log, and does it still hold? Entries and roots."""
