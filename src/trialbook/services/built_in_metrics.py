"""The metric definitions of SageMaker's built-in algorithms, which DescribeTrainingJob answers without being given."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from trialbook.algorithms import catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.model import Document


@cache
def definitions_for(image: str) -> Sequence[Document]:
    """Give the metric definitions of the algorithm that an image's URI names; none when it is no built-in one."""
    algorithm = catalog.find(image)
    return tuple(algorithm.metric_definitions()) if algorithm else ()
