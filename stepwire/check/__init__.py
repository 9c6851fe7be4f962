"""``stepwire check``: mistakes in calls of modules that Terraform does not report.

Terraform drops unknown keys of an object variable without a word. This reads ``.tf``
files, and the variables of the modules that they call, and compares the two.
"""

from stepwire.check.callers import Result, check
from stepwire.check.values import Problem

__all__ = ["Problem", "Result", "check"]
