"""Trialbook: experiments, search, lineage and bias reports that SageMaker programs can use unchanged."""

__version__ = "0.1.0"
