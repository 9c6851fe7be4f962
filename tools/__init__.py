"""The programs that maintainers run in a checkout."""
