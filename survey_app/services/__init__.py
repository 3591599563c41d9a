"""What can be done with the application? Use cases: no request, no page, no commit."""
