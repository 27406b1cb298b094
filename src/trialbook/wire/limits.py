"""Which of the model's maxima are quotas: they hold under `--aws-limits` only.

A training run may log a thousand parameters, a traceback is longer than 1,024 characters, and a writer that was off
the network for a night ships more than ten points at once. So the sizes of what a user records are free by default.
What stays: page sizes, names, numbers with a range, and everything whose bound a client relies on.

The names are those of shapes in the models, so that one line covers every operation that takes the shape.
"""

from __future__ import annotations

RELAXED_MAXIMA: frozenset[str] = frozenset(
    {
        # Trial components: how many parameters and artifacts, and how long.
        "TrialComponentParameters",
        "TrialComponentKey320",
        "TrialComponentKey256",
        "TrialComponentKey128",
        "StringParameterValue",
        "TrialComponentArtifacts",
        "TrialComponentArtifactValue",
        "MediaType",
        "TrialComponentStatusMessage",
        "ExperimentDescription",
        "MetadataPropertyValue",
        # Lineage entities.
        "LineageEntityParameters",
        "ArtifactProperties",
        "ArtifactPropertyValue",
        "SourceUri",
        # Metrics: points in one put, queries in one get.
        "RawMetricDataList",
        "MetricQueryList",
        "MetricName",
        # Tags.
        "TagList",
        "TagKeyList",
        "TagValue",
        "TagValueList",
        # Search: the length of lists; the depth and the total of an expression have limits of their own.
        "FilterList",
        "NestedFiltersList",
        "SearchExpressionList",
        "FilterValue",
        # Jobs: hyperparameters, environments, channels, metric definitions and texts.
        "HyperParameters",
        "HyperParameterKey",
        "HyperParameterValue",
        "TrainingEnvironmentMap",
        "TrainingEnvironmentKey",
        "TrainingEnvironmentValue",
        "ProcessingEnvironmentMap",
        "ProcessingEnvironmentKey",
        "ProcessingEnvironmentValue",
        "TransformEnvironmentMap",
        "TransformEnvironmentKey",
        "TransformEnvironmentValue",
        "EnvironmentMap",
        "EnvironmentKey",
        "EnvironmentValue",
        "InputDataConfig",
        "ProcessingInputs",
        "ProcessingOutputs",
        "MetricDefinitionList",
        "MetricRegex",
        "ContainerEntrypoint",
        "ContainerEntrypointString",
        "ContainerArguments",
        "ContainerArgument",
        "TrainingContainerEntrypoint",
        "TrainingContainerEntrypointString",
        "TrainingContainerArguments",
        "TrainingContainerArgument",
        "HyperParameterTrainingJobEnvironmentMap",
        "HyperParameterTrainingJobEnvironmentKey",
        "HyperParameterTrainingJobEnvironmentValue",
        "AutoParameters",
        "CategoricalParameterRanges",
        "ContinuousParameterRanges",
        "IntegerParameterRanges",
        "ParameterValues",
        "ParameterValue",
        # Models, packages and cards.
        "EntityDescription",
        "CustomerMetadataMap",
        "CustomerMetadataKey",
        "CustomerMetadataValue",
        "ModelCardContent",
        "ApprovalDescription",
        "PolicyString",
        # Inference.
        "BodyBlob",
    }
)
