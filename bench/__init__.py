"""Benchmarks of the modules: ``make bench`` writes docs/benchmarks.md."""
