"""The one list of served operations.

An operation is served when it stands here: `group` names the module under `trialbook.handlers` that serves it, by a
function with the operation's name in snake case. Documentation and tests are generated from the same list.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from botocore import xform_name

_BY_SERVICE: dict[str, dict[str, str]] = {
    "sagemaker": {
        "experiments": """
            CreateExperiment DescribeExperiment UpdateExperiment DeleteExperiment ListExperiments""",
        "trials": "CreateTrial DescribeTrial UpdateTrial DeleteTrial ListTrials",
        "trial_components": """
            CreateTrialComponent DescribeTrialComponent UpdateTrialComponent DeleteTrialComponent ListTrialComponents
            AssociateTrialComponent DisassociateTrialComponent""",
        "tags": "AddTags ListTags DeleteTags",
        "search": "Search GetSearchSuggestions",
        "training_jobs": """
            CreateTrainingJob DescribeTrainingJob UpdateTrainingJob StopTrainingJob DeleteTrainingJob
            ListTrainingJobs""",
        "processing_jobs": """
            CreateProcessingJob DescribeProcessingJob StopProcessingJob DeleteProcessingJob ListProcessingJobs""",
        "transform_jobs": "CreateTransformJob DescribeTransformJob StopTransformJob ListTransformJobs",
        "tuning_jobs": """
            CreateHyperParameterTuningJob DescribeHyperParameterTuningJob StopHyperParameterTuningJob
            DeleteHyperParameterTuningJob ListHyperParameterTuningJobs ListTrainingJobsForHyperParameterTuningJob""",
        "models": "CreateModel DescribeModel DeleteModel ListModels",
        "endpoint_configs": "CreateEndpointConfig DescribeEndpointConfig DeleteEndpointConfig ListEndpointConfigs",
        "endpoints": """
            CreateEndpoint DescribeEndpoint UpdateEndpoint UpdateEndpointWeightsAndCapacities DeleteEndpoint
            ListEndpoints""",
        "model_packages": """
            CreateModelPackageGroup DescribeModelPackageGroup DeleteModelPackageGroup ListModelPackageGroups
            PutModelPackageGroupPolicy GetModelPackageGroupPolicy DeleteModelPackageGroupPolicy
            CreateModelPackage DescribeModelPackage UpdateModelPackage DeleteModelPackage ListModelPackages
            BatchDescribeModelPackage""",
        "model_cards": """
            CreateModelCard DescribeModelCard UpdateModelCard DeleteModelCard ListModelCards ListModelCardVersions""",
        "artifacts": "CreateArtifact DescribeArtifact UpdateArtifact DeleteArtifact ListArtifacts",
        "contexts": "CreateContext DescribeContext UpdateContext DeleteContext ListContexts",
        "actions": "CreateAction DescribeAction UpdateAction DeleteAction ListActions",
        "associations": "AddAssociation DeleteAssociation ListAssociations",
        "lineage": "QueryLineage",
    },
    "sagemaker-metrics": {"metrics": "BatchPutMetrics BatchGetMetrics"},
    "sagemaker-runtime": {"invocations": "InvokeEndpoint"},
    "s3": {
        "objects": """
            ListBuckets CreateBucket HeadBucket DeleteBucket GetBucketLocation
            PutObject GetObject HeadObject DeleteObject DeleteObjects CopyObject ListObjects ListObjectsV2
            CreateMultipartUpload UploadPart UploadPartCopy CompleteMultipartUpload AbortMultipartUpload
            ListMultipartUploads ListParts""",
    },
    "sts": {"identity": "GetCallerIdentity AssumeRole GetSessionToken"},
    "iam": {"identity": "GetRole SimulatePrincipalPolicy CreateRole AttachRolePolicy"},
    "logs": {"logs": "DescribeLogGroups DescribeLogStreams GetLogEvents FilterLogEvents"},
    "cloudwatch": {"monitoring": "GetMetricStatistics GetMetricData ListMetrics"},
    "resourcegroupstaggingapi": {"tags": "GetResources"},
}


@dataclass(frozen=True, slots=True)
class Served:
    """One served operation; `group` is the handler module."""

    service: str
    operation: str
    group: str


OPERATIONS: tuple[Served, ...] = tuple(
    Served(service, name, group)
    for service, groups in _BY_SERVICE.items()
    for group, names in groups.items()
    for name in names.split()
)

_INDEX: dict[tuple[str, str], Served] = {(served.service, served.operation): served for served in OPERATIONS}


def find(service: str, operation: str) -> Served | None:
    """Give the entry of an operation; None when it is not served."""
    return _INDEX.get((service, operation))


def nearest(service: str, operation: str) -> str | None:
    """Give the served operation of the service whose name is most like this one; None when none is near."""
    names = [served.operation for served in OPERATIONS if served.service == service]
    return next(iter(difflib.get_close_matches(operation, names, n=1, cutoff=0.75)), None)


def function_name(operation: str) -> str:
    """Give the name of the handler function: "CreateTrialComponent" is served by `create_trial_component`."""
    return str(xform_name(operation))
