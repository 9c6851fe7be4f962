"""What a route of modules/rest-api costs: ``make bench`` writes docs/benchmarks.md."""
