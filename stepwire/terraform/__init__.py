"""Terraform as a library: plan, apply and destroy a root module, and read its plan."""

from stepwire.terraform.command import StoppedError
from stepwire.terraform.diagnostics import Diagnostic, TerraformError
from stepwire.terraform.driver import Terraform, Variables
from stepwire.terraform.plan import Plan, ResourceChange
from stepwire.terraform.progress import OnProgress
from stepwire.terraform.test_runs import RunResult

__all__ = [
    "Diagnostic",
    "OnProgress",
    "Plan",
    "ResourceChange",
    "RunResult",
    "StoppedError",
    "Terraform",
    "TerraformError",
    "Variables",
]
