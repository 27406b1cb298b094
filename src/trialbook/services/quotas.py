"""SageMaker's own quotas, enforced only under `--aws-limits` (numbers from botocore's model and AWS's quota pages)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import LimitExceededError

if TYPE_CHECKING:
    from trialbook.services.context import Call

QUOTAS = {
    "parameters of a trial component": 300,
    "input artifacts of a trial component": 60,
    "output artifacts of a trial component": 60,
    "tags of a resource": 50,
    "trial components of a trial": 50,
    "properties of a lineage entity": 30,
}


def check_quota(call: Call, quota: str, count: int) -> None:
    """Raise `ResourceLimitExceeded` when SageMaker's limits hold and `count` is over the one named `quota`."""
    limit = QUOTAS[quota]
    if call.strict and count > limit:
        raise LimitExceededError(
            f"The account-level service limit for {quota} is {limit}; the request would make it {count}. "
            "Start the server without --aws-limits to lift it."
        )
