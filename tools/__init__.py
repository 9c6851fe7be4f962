"""Tools for maintainers, run in a checkout."""
