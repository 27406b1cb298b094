/** Made by `console/scripts/aws_types.py` from botocore's model: do not edit. */

export interface AcceleratorPartitionLayout {
  readonly AcceleratorPartitionTypes?: readonly string[];
}

export interface ActionSource {
  readonly SourceUri: string;
  readonly SourceType?: string;
  readonly SourceId?: string;
}

export type ActionStatus = "Unknown" | "InProgress" | "Completed" | "Failed" | "Stopping" | "Stopped";

export interface AddTagsInput {
  readonly ResourceArn: string;
  readonly Tags: readonly Tag[];
}

export interface AddTagsOutput {
  readonly Tags?: readonly Tag[];
}

export interface AdditionalInferenceSpecificationDefinition {
  readonly Name: string;
  readonly Description?: string;
  readonly Containers: readonly ModelPackageContainerDefinition[];
  readonly SupportedTransformInstanceTypes?: readonly string[];
  readonly SupportedRealtimeInferenceInstanceTypes?: readonly string[];
  readonly SupportedContentTypes?: readonly string[];
  readonly SupportedResponseMIMETypes?: readonly string[];
}

export interface AdditionalModelDataSource {
  readonly ChannelName: string;
  readonly S3DataSource: S3ModelDataSource;
}

export interface AdditionalS3DataSource {
  readonly S3DataType: AdditionalS3DataSourceDataType;
  readonly S3Uri: string;
  readonly CompressionType?: CompressionType;
  readonly ETag?: string;
}

export type AdditionalS3DataSourceDataType = "S3Object" | "S3Prefix";

export interface Alarm {
  readonly AlarmName?: string;
}

export interface AlgorithmSpecification {
  readonly TrainingImage?: string;
  readonly AlgorithmName?: string;
  readonly TrainingInputMode: TrainingInputMode;
  readonly MetricDefinitions?: readonly MetricDefinition[];
  readonly EnableSageMakerMetricsTimeSeries?: boolean;
  readonly ContainerEntrypoint?: readonly string[];
  readonly ContainerArguments?: readonly string[];
  readonly TrainingImageConfig?: TrainingImageConfig;
}

export interface AppSpecification {
  readonly ImageUri: string;
  readonly ContainerEntrypoint?: readonly string[];
  readonly ContainerArguments?: readonly string[];
}

export interface ArtifactSource {
  readonly SourceUri: string;
  readonly SourceTypes?: readonly ArtifactSourceType[];
}

export type ArtifactSourceIdType = "MD5Hash" | "S3ETag" | "S3Version" | "Custom";

export interface ArtifactSourceType {
  readonly SourceIdType: ArtifactSourceIdType;
  readonly Value: string;
}

export type AssemblyType = "None" | "Line";

export interface AssociateTrialComponentRequest {
  readonly TrialComponentName: string;
  readonly TrialName: string;
}

export interface AssociateTrialComponentResponse {
  readonly TrialComponentArn?: string;
  readonly TrialArn?: string;
}

export type AssociationEdgeType = "ContributedTo" | "AssociatedWith" | "DerivedFrom" | "Produced" | "SameAs";

export interface AsyncInferenceClientConfig {
  readonly MaxConcurrentInvocationsPerInstance?: number;
}

export interface AsyncInferenceConfig {
  readonly ClientConfig?: AsyncInferenceClientConfig;
  readonly OutputConfig: AsyncInferenceOutputConfig;
}

export interface AsyncInferenceNotificationConfig {
  readonly SuccessTopic?: string;
  readonly ErrorTopic?: string;
  readonly IncludeInferenceResponseIn?: readonly AsyncNotificationTopicTypes[];
}

export interface AsyncInferenceOutputConfig {
  readonly KmsKeyId?: string;
  readonly S3OutputPath?: string;
  readonly NotificationConfig?: AsyncInferenceNotificationConfig;
  readonly S3FailurePath?: string;
}

export type AsyncNotificationTopicTypes = "SUCCESS_NOTIFICATION_TOPIC" | "ERROR_NOTIFICATION_TOPIC";

export interface AthenaDatasetDefinition {
  readonly Catalog: string;
  readonly Database: string;
  readonly QueryString: string;
  readonly WorkGroup?: string;
  readonly OutputS3Uri: string;
  readonly KmsKeyId?: string;
  readonly OutputFormat: AthenaResultFormat;
  readonly OutputCompression?: AthenaResultCompressionType;
}

export type AthenaResultCompressionType = "GZIP" | "SNAPPY" | "ZLIB";

export type AthenaResultFormat = "PARQUET" | "ORC" | "AVRO" | "JSON" | "TEXTFILE";

export interface AutoParameter {
  readonly Name: string;
  readonly ValueHint: string;
}

export interface AutoRollbackConfig {
  readonly Alarms?: readonly Alarm[];
}

export interface Autotune {
  readonly Mode: AutotuneMode;
}

export type AutotuneMode = "Enabled";

export interface BaseModel {
  readonly HubContentName?: string;
  readonly HubContentVersion?: string;
  readonly RecipeName?: string;
}

export interface BatchDataCaptureConfig {
  readonly DestinationS3Uri: string;
  readonly KmsKeyId?: string;
  readonly GenerateInferenceId?: boolean;
}

export type BatchStrategy = "MultiRecord" | "SingleRecord";

export interface BestObjectiveNotImproving {
  readonly MaxNumberOfTrainingJobsNotImproving?: number;
}

export interface Bias {
  readonly Report?: MetricsSource;
  readonly PreTrainingReport?: MetricsSource;
  readonly PostTrainingReport?: MetricsSource;
}

export interface BlueGreenUpdatePolicy {
  readonly TrafficRoutingConfiguration: TrafficRoutingConfig;
  readonly TerminationWaitInSeconds?: number;
  readonly MaximumExecutionTimeoutInSeconds?: number;
}

export type CapacityReservationPreference = "capacity-reservations-only";

export interface CapacitySize {
  readonly Type: CapacitySizeType;
  readonly Value: number;
}

export type CapacitySizeType = "INSTANCE_COUNT" | "CAPACITY_PERCENT";

export interface CaptureContentTypeHeader {
  readonly CsvContentTypes?: readonly string[];
  readonly JsonContentTypes?: readonly string[];
}

export type CaptureMode = "Input" | "Output" | "InputAndOutput";

export interface CaptureOption {
  readonly CaptureMode: CaptureMode;
}

export type CaptureStatus = "Started" | "Stopped";

export interface CategoricalParameterRange {
  readonly Name: string;
  readonly Values: readonly string[];
}

export interface Channel {
  readonly ChannelName: string;
  readonly DataSource: DataSource;
  readonly ContentType?: string;
  readonly CompressionType?: CompressionType;
  readonly RecordWrapperType?: RecordWrapper;
  readonly InputMode?: TrainingInputMode;
  readonly ShuffleConfig?: ShuffleConfig;
}

export interface CheckpointConfig {
  readonly S3Uri: string;
  readonly LocalPath?: string;
}

export interface ClarifyExplainerConfig {
  readonly EnableExplanations?: string;
  readonly InferenceConfig?: ClarifyInferenceConfig;
  readonly ShapConfig: ClarifyShapConfig;
}

export type ClarifyFeatureType = "numerical" | "categorical" | "text";

export interface ClarifyInferenceConfig {
  readonly FeaturesAttribute?: string;
  readonly ContentTemplate?: string;
  readonly MaxRecordCount?: number;
  readonly MaxPayloadInMB?: number;
  readonly ProbabilityIndex?: number;
  readonly LabelIndex?: number;
  readonly ProbabilityAttribute?: string;
  readonly LabelAttribute?: string;
  readonly LabelHeaders?: readonly string[];
  readonly FeatureHeaders?: readonly string[];
  readonly FeatureTypes?: readonly ClarifyFeatureType[];
}

export interface ClarifyShapBaselineConfig {
  readonly MimeType?: string;
  readonly ShapBaseline?: string;
  readonly ShapBaselineUri?: string;
}

export interface ClarifyShapConfig {
  readonly ShapBaselineConfig: ClarifyShapBaselineConfig;
  readonly NumberOfSamples?: number;
  readonly UseLogit?: boolean;
  readonly Seed?: number;
  readonly TextConfig?: ClarifyTextConfig;
}

export interface ClarifyTextConfig {
  readonly Language: string;
  readonly Granularity: ClarifyTextGranularity;
}

export type ClarifyTextGranularity = "token" | "sentence" | "paragraph";

export interface CollectionConfiguration {
  readonly CollectionName?: string;
  readonly CollectionParameters?: Readonly<Record<string, string>>;
}

export type CompleteOnConvergence = "Disabled" | "Enabled";

export type CompressionType = "None" | "Gzip";

export interface ContainerDefinition {
  readonly ContainerHostname?: string;
  readonly Image?: string;
  readonly ImageConfig?: ImageConfig;
  readonly Mode?: ContainerMode;
  readonly ModelDataUrl?: string;
  readonly ModelDataSource?: ModelDataSource;
  readonly AdditionalModelDataSources?: readonly AdditionalModelDataSource[];
  readonly Environment?: Readonly<Record<string, string>>;
  readonly ModelPackageName?: string;
  readonly InferenceSpecificationName?: string;
  readonly MultiModelConfig?: MultiModelConfig;
  readonly ContainerMetricsConfig?: ContainerMetricsConfig;
}

export interface ContainerMetricsConfig {
  readonly MetricsEndpoints?: readonly MetricsEndpoint[];
}

export type ContainerMode = "SingleModel" | "MultiModel";

export interface ContextSource {
  readonly SourceUri: string;
  readonly SourceType?: string;
  readonly SourceId?: string;
}

export interface ContinuousParameterRange {
  readonly Name: string;
  readonly MinValue: string;
  readonly MaxValue: string;
  readonly ScalingType?: HyperParameterScalingType;
}

export interface ConvergenceDetected {
  readonly CompleteOnConvergence?: CompleteOnConvergence;
}

export interface CreateEndpointConfigInput {
  readonly EndpointConfigName: string;
  readonly ProductionVariants: readonly ProductionVariant[];
  readonly DataCaptureConfig?: DataCaptureConfig;
  readonly Tags?: readonly Tag[];
  readonly KmsKeyId?: string;
  readonly AsyncInferenceConfig?: AsyncInferenceConfig;
  readonly ExplainerConfig?: ExplainerConfig;
  readonly ShadowProductionVariants?: readonly ProductionVariant[];
  readonly ExecutionRoleArn?: string;
  readonly VpcConfig?: VpcConfig;
  readonly EnableNetworkIsolation?: boolean;
  readonly MetricsConfig?: MetricsConfig;
  readonly CrossRegionTrafficConfig?: CrossRegionTrafficConfig;
}

export interface CreateEndpointConfigOutput {
  readonly EndpointConfigArn: string;
}

export interface CreateEndpointInput {
  readonly EndpointName: string;
  readonly EndpointConfigName: string;
  readonly DeploymentConfig?: DeploymentConfig;
  readonly Tags?: readonly Tag[];
}

export interface CreateEndpointOutput {
  readonly EndpointArn: string;
}

export interface CreateModelInput {
  readonly ModelName: string;
  readonly PrimaryContainer?: ContainerDefinition;
  readonly Containers?: readonly ContainerDefinition[];
  readonly InferenceExecutionConfig?: InferenceExecutionConfig;
  readonly ExecutionRoleArn?: string;
  readonly Tags?: readonly Tag[];
  readonly VpcConfig?: VpcConfig;
  readonly EnableNetworkIsolation?: boolean;
}

export interface CreateModelOutput {
  readonly ModelArn: string;
}

export interface CreateTrainingJobRequest {
  readonly TrainingJobName: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
  readonly AlgorithmSpecification?: AlgorithmSpecification;
  readonly RoleArn: string;
  readonly InputDataConfig?: readonly Channel[];
  readonly OutputDataConfig: OutputDataConfig;
  readonly ResourceConfig?: ResourceConfig;
  readonly VpcConfig?: VpcConfig;
  readonly StoppingCondition?: StoppingCondition;
  readonly Tags?: readonly Tag[];
  readonly EnableNetworkIsolation?: boolean;
  readonly EnableInterContainerTrafficEncryption?: boolean;
  readonly EnableManagedSpotTraining?: boolean;
  readonly CheckpointConfig?: CheckpointConfig;
  readonly DebugHookConfig?: DebugHookConfig;
  readonly DebugRuleConfigurations?: readonly DebugRuleConfiguration[];
  readonly TensorBoardOutputConfig?: TensorBoardOutputConfig;
  readonly ExperimentConfig?: ExperimentConfig;
  readonly ProfilerConfig?: ProfilerConfig;
  readonly ProfilerRuleConfigurations?: readonly ProfilerRuleConfiguration[];
  readonly Environment?: Readonly<Record<string, string>>;
  readonly RetryStrategy?: RetryStrategy;
  readonly RemoteDebugConfig?: RemoteDebugConfig;
  readonly InfraCheckConfig?: InfraCheckConfig;
  readonly SessionChainingConfig?: SessionChainingConfig;
  readonly ServerlessJobConfig?: ServerlessJobConfig;
  readonly MlflowConfig?: MlflowConfig;
  readonly ModelPackageConfig?: ModelPackageConfig;
}

export interface CreateTrainingJobResponse {
  readonly TrainingJobArn: string;
}

export interface CreateTrialRequest {
  readonly TrialName: string;
  readonly DisplayName?: string;
  readonly ExperimentName: string;
  readonly MetadataProperties?: MetadataProperties;
  readonly Tags?: readonly Tag[];
}

export interface CreateTrialResponse {
  readonly TrialArn?: string;
}

export interface CrossRegionTrafficConfig {
  readonly MaxInvocationsPerSecondPerInstance: number;
  readonly MaxCrossRegionPercentPerEndpoint: number;
}

export type CustomizationTechnique = "SFT" | "DPO" | "RLVR" | "RLAIF";

export interface DataCaptureConfig {
  readonly EnableCapture?: boolean;
  readonly InitialSamplingPercentage: number;
  readonly DestinationS3Uri: string;
  readonly KmsKeyId?: string;
  readonly CaptureOptions: readonly CaptureOption[];
  readonly CaptureContentTypeHeader?: CaptureContentTypeHeader;
}

export interface DataCaptureConfigSummary {
  readonly EnableCapture: boolean;
  readonly CaptureStatus: CaptureStatus;
  readonly CurrentSamplingPercentage: number;
  readonly DestinationS3Uri: string;
  readonly KmsKeyId: string;
}

export type DataDistributionType = "FullyReplicated" | "ShardedByS3Key";

export interface DataProcessing {
  readonly InputFilter?: string;
  readonly OutputFilter?: string;
  readonly JoinSource?: JoinSource;
}

export interface DataSource {
  readonly S3DataSource?: S3DataSource;
  readonly FileSystemDataSource?: FileSystemDataSource;
  readonly DatasetSource?: DatasetSource;
}

export interface DatasetDefinition {
  readonly AthenaDatasetDefinition?: AthenaDatasetDefinition;
  readonly RedshiftDatasetDefinition?: RedshiftDatasetDefinition;
  readonly LocalPath?: string;
  readonly DataDistributionType?: DataDistributionType;
  readonly InputMode?: InputMode;
}

export interface DatasetSource {
  readonly DatasetArn: string;
}

export interface DebugHookConfig {
  readonly LocalPath?: string;
  readonly S3OutputPath: string;
  readonly HookParameters?: Readonly<Record<string, string>>;
  readonly CollectionConfigurations?: readonly CollectionConfiguration[];
}

export interface DebugRuleConfiguration {
  readonly RuleConfigurationName: string;
  readonly LocalPath?: string;
  readonly S3OutputPath?: string;
  readonly RuleEvaluatorImage: string;
  readonly InstanceType?: string;
  readonly VolumeSizeInGB?: number;
  readonly RuleParameters?: Readonly<Record<string, string>>;
}

export interface DebugRuleEvaluationStatus {
  readonly RuleConfigurationName?: string;
  readonly RuleEvaluationJobArn?: string;
  readonly RuleEvaluationStatus?: RuleEvaluationStatus;
  readonly StatusDetails?: string;
  readonly LastModifiedTime?: number;
}

export interface DeleteEndpointConfigInput {
  readonly EndpointConfigName: string;
}

export interface DeleteEndpointInput {
  readonly EndpointName: string;
}

export interface DeleteExperimentRequest {
  readonly ExperimentName: string;
}

export interface DeleteExperimentResponse {
  readonly ExperimentArn?: string;
}

export interface DeleteModelInput {
  readonly ModelName: string;
}

export interface DeleteTagsInput {
  readonly ResourceArn: string;
  readonly TagKeys: readonly string[];
}

export interface DeleteTagsOutput {
}

export interface DeleteTrialComponentRequest {
  readonly TrialComponentName: string;
}

export interface DeleteTrialComponentResponse {
  readonly TrialComponentArn?: string;
}

export interface DeleteTrialRequest {
  readonly TrialName: string;
}

export interface DeleteTrialResponse {
  readonly TrialArn?: string;
}

export interface DeployedImage {
  readonly SpecifiedImage?: string;
  readonly ResolvedImage?: string;
  readonly ResolutionTime?: number;
}

export interface DeploymentConfig {
  readonly BlueGreenUpdatePolicy?: BlueGreenUpdatePolicy;
  readonly RollingUpdatePolicy?: RollingUpdatePolicy;
  readonly AutoRollbackConfiguration?: AutoRollbackConfig;
}

export interface DeploymentRecommendation {
  readonly RecommendationStatus: RecommendationStatus;
  readonly RealTimeInferenceRecommendations?: readonly RealTimeInferenceRecommendation[];
}

export interface DescribeActionRequest {
  readonly ActionName: string;
}

export interface DescribeActionResponse {
  readonly ActionName?: string;
  readonly ActionArn?: string;
  readonly Source?: ActionSource;
  readonly ActionType?: string;
  readonly Description?: string;
  readonly Status?: ActionStatus;
  readonly Properties?: Readonly<Record<string, string>>;
  readonly CreationTime?: number;
  readonly CreatedBy?: UserContext;
  readonly LastModifiedTime?: number;
  readonly LastModifiedBy?: UserContext;
  readonly MetadataProperties?: MetadataProperties;
  readonly LineageGroupArn?: string;
}

export interface DescribeArtifactRequest {
  readonly ArtifactArn: string;
}

export interface DescribeArtifactResponse {
  readonly ArtifactName?: string;
  readonly ArtifactArn?: string;
  readonly Source?: ArtifactSource;
  readonly ArtifactType?: string;
  readonly Properties?: Readonly<Record<string, string>>;
  readonly CreationTime?: number;
  readonly CreatedBy?: UserContext;
  readonly LastModifiedTime?: number;
  readonly LastModifiedBy?: UserContext;
  readonly MetadataProperties?: MetadataProperties;
  readonly LineageGroupArn?: string;
}

export interface DescribeContextRequest {
  readonly ContextName: string;
}

export interface DescribeContextResponse {
  readonly ContextName?: string;
  readonly ContextArn?: string;
  readonly Source?: ContextSource;
  readonly ContextType?: string;
  readonly Description?: string;
  readonly Properties?: Readonly<Record<string, string>>;
  readonly CreationTime?: number;
  readonly CreatedBy?: UserContext;
  readonly LastModifiedTime?: number;
  readonly LastModifiedBy?: UserContext;
  readonly LineageGroupArn?: string;
}

export interface DescribeEndpointConfigInput {
  readonly EndpointConfigName: string;
}

export interface DescribeEndpointConfigOutput {
  readonly EndpointConfigName: string;
  readonly EndpointConfigArn: string;
  readonly ProductionVariants: readonly ProductionVariant[];
  readonly DataCaptureConfig?: DataCaptureConfig;
  readonly KmsKeyId?: string;
  readonly CreationTime: number;
  readonly AsyncInferenceConfig?: AsyncInferenceConfig;
  readonly ExplainerConfig?: ExplainerConfig;
  readonly ShadowProductionVariants?: readonly ProductionVariant[];
  readonly ExecutionRoleArn?: string;
  readonly VpcConfig?: VpcConfig;
  readonly EnableNetworkIsolation?: boolean;
  readonly MetricsConfig?: MetricsConfig;
  readonly CrossRegionTrafficConfig?: CrossRegionTrafficConfig;
}

export interface DescribeEndpointInput {
  readonly EndpointName: string;
}

export interface DescribeEndpointOutput {
  readonly EndpointName: string;
  readonly EndpointArn: string;
  readonly EndpointConfigName?: string;
  readonly ProductionVariants?: readonly ProductionVariantSummary[];
  readonly DataCaptureConfig?: DataCaptureConfigSummary;
  readonly EndpointStatus: EndpointStatus;
  readonly FailureReason?: string;
  readonly CreationTime: number;
  readonly LastModifiedTime: number;
  readonly LastDeploymentConfig?: DeploymentConfig;
  readonly AsyncInferenceConfig?: AsyncInferenceConfig;
  readonly PendingDeploymentSummary?: PendingDeploymentSummary;
  readonly ExplainerConfig?: ExplainerConfig;
  readonly ShadowProductionVariants?: readonly ProductionVariantSummary[];
  readonly MetricsConfig?: MetricsConfig;
  readonly CrossRegionTrafficConfig?: CrossRegionTrafficConfig;
}

export interface DescribeExperimentRequest {
  readonly ExperimentName: string;
}

export interface DescribeExperimentResponse {
  readonly ExperimentName?: string;
  readonly ExperimentArn?: string;
  readonly DisplayName?: string;
  readonly Source?: ExperimentSource;
  readonly Description?: string;
  readonly CreationTime?: number;
  readonly CreatedBy?: UserContext;
  readonly LastModifiedTime?: number;
  readonly LastModifiedBy?: UserContext;
}

export interface DescribeHyperParameterTuningJobRequest {
  readonly HyperParameterTuningJobName: string;
}

export interface DescribeHyperParameterTuningJobResponse {
  readonly HyperParameterTuningJobName: string;
  readonly HyperParameterTuningJobArn: string;
  readonly HyperParameterTuningJobConfig: HyperParameterTuningJobConfig;
  readonly TrainingJobDefinition?: HyperParameterTrainingJobDefinition;
  readonly TrainingJobDefinitions?: readonly HyperParameterTrainingJobDefinition[];
  readonly HyperParameterTuningJobStatus: HyperParameterTuningJobStatus;
  readonly CreationTime: number;
  readonly HyperParameterTuningEndTime?: number;
  readonly LastModifiedTime?: number;
  readonly TrainingJobStatusCounters: TrainingJobStatusCounters;
  readonly ObjectiveStatusCounters: ObjectiveStatusCounters;
  readonly BestTrainingJob?: HyperParameterTrainingJobSummary;
  readonly OverallBestTrainingJob?: HyperParameterTrainingJobSummary;
  readonly WarmStartConfig?: HyperParameterTuningJobWarmStartConfig;
  readonly Autotune?: Autotune;
  readonly FailureReason?: string;
  readonly TuningJobCompletionDetails?: HyperParameterTuningJobCompletionDetails;
  readonly ConsumedResources?: HyperParameterTuningJobConsumedResources;
}

export interface DescribeModelInput {
  readonly ModelName: string;
}

export interface DescribeModelOutput {
  readonly ModelName: string;
  readonly PrimaryContainer?: ContainerDefinition;
  readonly Containers?: readonly ContainerDefinition[];
  readonly InferenceExecutionConfig?: InferenceExecutionConfig;
  readonly ExecutionRoleArn?: string;
  readonly VpcConfig?: VpcConfig;
  readonly CreationTime: number;
  readonly ModelArn: string;
  readonly EnableNetworkIsolation?: boolean;
  readonly DeploymentRecommendation?: DeploymentRecommendation;
}

export interface DescribeModelPackageInput {
  readonly ModelPackageName: string;
  readonly IncludedData?: IncludedData;
}

export interface DescribeModelPackageOutput {
  readonly ModelPackageName: string;
  readonly ModelPackageGroupName?: string;
  readonly ModelPackageVersion?: number;
  readonly ModelPackageRegistrationType?: ModelPackageRegistrationType;
  readonly ModelPackageArn: string;
  readonly ModelPackageDescription?: string;
  readonly CreationTime: number;
  readonly InferenceSpecification?: InferenceSpecification;
  readonly SourceAlgorithmSpecification?: SourceAlgorithmSpecification;
  readonly ValidationSpecification?: ModelPackageValidationSpecification;
  readonly ModelPackageStatus: ModelPackageStatus;
  readonly ModelPackageStatusDetails: ModelPackageStatusDetails;
  readonly CertifyForMarketplace?: boolean;
  readonly ModelApprovalStatus?: ModelApprovalStatus;
  readonly CreatedBy?: UserContext;
  readonly MetadataProperties?: MetadataProperties;
  readonly ModelMetrics?: ModelMetrics;
  readonly LastModifiedTime?: number;
  readonly LastModifiedBy?: UserContext;
  readonly ApprovalDescription?: string;
  readonly Domain?: string;
  readonly Task?: string;
  readonly SamplePayloadUrl?: string;
  readonly CustomerMetadataProperties?: Readonly<Record<string, string>>;
  readonly DriftCheckBaselines?: DriftCheckBaselines;
  readonly AdditionalInferenceSpecifications?: readonly AdditionalInferenceSpecificationDefinition[];
  readonly SkipModelValidation?: SkipModelValidation;
  readonly SourceUri?: string;
  readonly SecurityConfig?: ModelPackageSecurityConfig;
  readonly ModelCard?: ModelPackageModelCard;
  readonly ModelLifeCycle?: ModelLifeCycle;
  readonly ManagedStorageType?: ManagedStorageType;
}

export interface DescribeProcessingJobRequest {
  readonly ProcessingJobName: string;
}

export interface DescribeProcessingJobResponse {
  readonly ProcessingInputs?: readonly ProcessingInput[];
  readonly ProcessingOutputConfig?: ProcessingOutputConfig;
  readonly ProcessingJobName: string;
  readonly ProcessingResources: ProcessingResources;
  readonly StoppingCondition?: ProcessingStoppingCondition;
  readonly AppSpecification: AppSpecification;
  readonly Environment?: Readonly<Record<string, string>>;
  readonly NetworkConfig?: NetworkConfig;
  readonly RoleArn?: string;
  readonly ExperimentConfig?: ExperimentConfig;
  readonly ProcessingJobArn: string;
  readonly ProcessingJobStatus: ProcessingJobStatus;
  readonly ExitMessage?: string;
  readonly FailureReason?: string;
  readonly ProcessingEndTime?: number;
  readonly ProcessingStartTime?: number;
  readonly LastModifiedTime?: number;
  readonly CreationTime: number;
  readonly MonitoringScheduleArn?: string;
  readonly AutoMLJobArn?: string;
  readonly TrainingJobArn?: string;
}

export interface DescribeTrainingJobRequest {
  readonly TrainingJobName: string;
}

export interface DescribeTrainingJobResponse {
  readonly TrainingJobName: string;
  readonly TrainingJobArn: string;
  readonly TuningJobArn?: string;
  readonly LabelingJobArn?: string;
  readonly AutoMLJobArn?: string;
  readonly ModelArtifacts: ModelArtifacts;
  readonly TrainingJobStatus: TrainingJobStatus;
  readonly SecondaryStatus: SecondaryStatus;
  readonly FailureReason?: string;
  readonly HyperParameters?: Readonly<Record<string, string>>;
  readonly AlgorithmSpecification?: AlgorithmSpecification;
  readonly RoleArn?: string;
  readonly InputDataConfig?: readonly Channel[];
  readonly OutputDataConfig?: OutputDataConfig;
  readonly ResourceConfig?: ResourceConfig;
  readonly WarmPoolStatus?: WarmPoolStatus;
  readonly VpcConfig?: VpcConfig;
  readonly StoppingCondition: StoppingCondition;
  readonly CreationTime: number;
  readonly TrainingStartTime?: number;
  readonly TrainingEndTime?: number;
  readonly LastModifiedTime?: number;
  readonly SecondaryStatusTransitions?: readonly SecondaryStatusTransition[];
  readonly FinalMetricDataList?: readonly MetricData[];
  readonly EnableNetworkIsolation?: boolean;
  readonly EnableInterContainerTrafficEncryption?: boolean;
  readonly EnableManagedSpotTraining?: boolean;
  readonly CheckpointConfig?: CheckpointConfig;
  readonly TrainingTimeInSeconds?: number;
  readonly BillableTimeInSeconds?: number;
  readonly BillableTokenCount?: number;
  readonly DebugHookConfig?: DebugHookConfig;
  readonly ExperimentConfig?: ExperimentConfig;
  readonly DebugRuleConfigurations?: readonly DebugRuleConfiguration[];
  readonly TensorBoardOutputConfig?: TensorBoardOutputConfig;
  readonly DebugRuleEvaluationStatuses?: readonly DebugRuleEvaluationStatus[];
  readonly ProfilerConfig?: ProfilerConfig;
  readonly ProfilerRuleConfigurations?: readonly ProfilerRuleConfiguration[];
  readonly ProfilerRuleEvaluationStatuses?: readonly ProfilerRuleEvaluationStatus[];
  readonly ProfilingStatus?: ProfilingStatus;
  readonly Environment?: Readonly<Record<string, string>>;
  readonly RetryStrategy?: RetryStrategy;
  readonly RemoteDebugConfig?: RemoteDebugConfig;
  readonly InfraCheckConfig?: InfraCheckConfig;
  readonly ServerlessJobConfig?: ServerlessJobConfig;
  readonly MlflowConfig?: MlflowConfig;
  readonly ModelPackageConfig?: ModelPackageConfig;
  readonly MlflowDetails?: MlflowDetails;
  readonly ProgressInfo?: TrainingProgressInfo;
  readonly OutputModelPackageArn?: string;
}

export interface DescribeTransformJobRequest {
  readonly TransformJobName: string;
}

export interface DescribeTransformJobResponse {
  readonly TransformJobName: string;
  readonly TransformJobArn: string;
  readonly TransformJobStatus: TransformJobStatus;
  readonly FailureReason?: string;
  readonly ModelName: string;
  readonly MaxConcurrentTransforms?: number;
  readonly ModelClientConfig?: ModelClientConfig;
  readonly MaxPayloadInMB?: number;
  readonly BatchStrategy?: BatchStrategy;
  readonly Environment?: Readonly<Record<string, string>>;
  readonly TransformInput: TransformInput;
  readonly TransformOutput?: TransformOutput;
  readonly DataCaptureConfig?: BatchDataCaptureConfig;
  readonly TransformResources: TransformResources;
  readonly CreationTime: number;
  readonly TransformStartTime?: number;
  readonly TransformEndTime?: number;
  readonly LabelingJobArn?: string;
  readonly AutoMLJobArn?: string;
  readonly DataProcessing?: DataProcessing;
  readonly ExperimentConfig?: ExperimentConfig;
}

export interface DescribeTrialComponentRequest {
  readonly TrialComponentName: string;
}

export interface DescribeTrialComponentResponse {
  readonly TrialComponentName?: string;
  readonly TrialComponentArn?: string;
  readonly DisplayName?: string;
  readonly Source?: TrialComponentSource;
  readonly Status?: TrialComponentStatus;
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly CreationTime?: number;
  readonly CreatedBy?: UserContext;
  readonly LastModifiedTime?: number;
  readonly LastModifiedBy?: UserContext;
  readonly Parameters?: Readonly<Record<string, TrialComponentParameterValue>>;
  readonly InputArtifacts?: Readonly<Record<string, TrialComponentArtifact>>;
  readonly OutputArtifacts?: Readonly<Record<string, TrialComponentArtifact>>;
  readonly MetadataProperties?: MetadataProperties;
  readonly Metrics?: readonly TrialComponentMetricSummary[];
  readonly LineageGroupArn?: string;
  readonly Sources?: readonly TrialComponentSource[];
}

export interface DescribeTrialRequest {
  readonly TrialName: string;
}

export interface DescribeTrialResponse {
  readonly TrialName?: string;
  readonly TrialArn?: string;
  readonly DisplayName?: string;
  readonly ExperimentName?: string;
  readonly Source?: TrialSource;
  readonly CreationTime?: number;
  readonly CreatedBy?: UserContext;
  readonly LastModifiedTime?: number;
  readonly LastModifiedBy?: UserContext;
  readonly MetadataProperties?: MetadataProperties;
}

export type DetailedModelPackageStatus = "NotStarted" | "InProgress" | "Completed" | "Failed";

export type Direction = "Both" | "Ascendants" | "Descendants";

export interface DisassociateTrialComponentRequest {
  readonly TrialComponentName: string;
  readonly TrialName: string;
}

export interface DisassociateTrialComponentResponse {
  readonly TrialComponentArn?: string;
  readonly TrialArn?: string;
}

export interface DriftCheckBaselines {
  readonly Bias?: DriftCheckBias;
  readonly Explainability?: DriftCheckExplainability;
  readonly ModelQuality?: DriftCheckModelQuality;
  readonly ModelDataQuality?: DriftCheckModelDataQuality;
}

export interface DriftCheckBias {
  readonly ConfigFile?: FileSource;
  readonly PreTrainingConstraints?: MetricsSource;
  readonly PostTrainingConstraints?: MetricsSource;
}

export interface DriftCheckExplainability {
  readonly Constraints?: MetricsSource;
  readonly ConfigFile?: FileSource;
}

export interface DriftCheckModelDataQuality {
  readonly Statistics?: MetricsSource;
  readonly Constraints?: MetricsSource;
}

export interface DriftCheckModelQuality {
  readonly Statistics?: MetricsSource;
  readonly Constraints?: MetricsSource;
}

export interface Ec2CapacityReservation {
  readonly Ec2CapacityReservationId?: string;
  readonly TotalInstanceCount?: number;
  readonly AvailableInstanceCount?: number;
  readonly UsedByCurrentEndpoint?: number;
}

export interface Edge {
  readonly SourceArn?: string;
  readonly DestinationArn?: string;
  readonly AssociationType?: AssociationEdgeType;
}

export type EndpointStatus = "OutOfService" | "Creating" | "Updating" | "SystemUpdating" | "RollingBack" | "InService" | "Deleting" | "Failed" | "UpdateRollbackFailed";

export type EvaluationType = "LLMAJEvaluation" | "CustomScorerEvaluation" | "BenchmarkEvaluation";

export interface ExperimentConfig {
  readonly ExperimentName?: string;
  readonly TrialName?: string;
  readonly TrialComponentDisplayName?: string;
  readonly RunName?: string;
}

export interface ExperimentSource {
  readonly SourceArn: string;
  readonly SourceType?: string;
}

export interface Explainability {
  readonly Report?: MetricsSource;
}

export interface ExplainerConfig {
  readonly ClarifyExplainerConfig?: ClarifyExplainerConfig;
}

export interface FileSource {
  readonly ContentType?: string;
  readonly ContentDigest?: string;
  readonly S3Uri: string;
}

export type FileSystemAccessMode = "rw" | "ro";

export interface FileSystemDataSource {
  readonly FileSystemId: string;
  readonly FileSystemAccessMode: FileSystemAccessMode;
  readonly FileSystemType: FileSystemType;
  readonly DirectoryPath: string;
}

export type FileSystemType = "EFS" | "FSxLustre";

export interface FinalHyperParameterTuningJobObjectiveMetric {
  readonly Type?: HyperParameterTuningJobObjectiveType;
  readonly MetricName: string;
  readonly Value: number;
}

export interface HubAccessConfig {
  readonly HubContentArn: string;
}

export interface HyperParameterAlgorithmSpecification {
  readonly TrainingImage?: string;
  readonly TrainingInputMode: TrainingInputMode;
  readonly AlgorithmName?: string;
  readonly MetricDefinitions?: readonly MetricDefinition[];
}

export type HyperParameterScalingType = "Auto" | "Linear" | "Logarithmic" | "ReverseLogarithmic";

export interface HyperParameterTrainingJobDefinition {
  readonly DefinitionName?: string;
  readonly TuningObjective?: HyperParameterTuningJobObjective;
  readonly HyperParameterRanges?: ParameterRanges;
  readonly StaticHyperParameters?: Readonly<Record<string, string>>;
  readonly AlgorithmSpecification: HyperParameterAlgorithmSpecification;
  readonly RoleArn: string;
  readonly InputDataConfig?: readonly Channel[];
  readonly VpcConfig?: VpcConfig;
  readonly OutputDataConfig: OutputDataConfig;
  readonly ResourceConfig?: ResourceConfig;
  readonly HyperParameterTuningResourceConfig?: HyperParameterTuningResourceConfig;
  readonly StoppingCondition: StoppingCondition;
  readonly EnableNetworkIsolation?: boolean;
  readonly EnableInterContainerTrafficEncryption?: boolean;
  readonly EnableManagedSpotTraining?: boolean;
  readonly CheckpointConfig?: CheckpointConfig;
  readonly RetryStrategy?: RetryStrategy;
  readonly Environment?: Readonly<Record<string, string>>;
}

export interface HyperParameterTrainingJobSummary {
  readonly TrainingJobDefinitionName?: string;
  readonly TrainingJobName: string;
  readonly TrainingJobArn: string;
  readonly TuningJobName?: string;
  readonly CreationTime: number;
  readonly TrainingStartTime?: number;
  readonly TrainingEndTime?: number;
  readonly TrainingJobStatus: TrainingJobStatus;
  readonly TunedHyperParameters: Readonly<Record<string, string>>;
  readonly FailureReason?: string;
  readonly FinalHyperParameterTuningJobObjectiveMetric?: FinalHyperParameterTuningJobObjectiveMetric;
  readonly ObjectiveStatus?: ObjectiveStatus;
}

export type HyperParameterTuningAllocationStrategy = "Prioritized";

export interface HyperParameterTuningInstanceConfig {
  readonly InstanceType: string;
  readonly InstanceCount: number;
  readonly VolumeSizeInGB: number;
}

export interface HyperParameterTuningJobCompletionDetails {
  readonly NumberOfTrainingJobsObjectiveNotImproving?: number;
  readonly ConvergenceDetectedTime?: number;
}

export interface HyperParameterTuningJobConfig {
  readonly Strategy: HyperParameterTuningJobStrategyType;
  readonly StrategyConfig?: HyperParameterTuningJobStrategyConfig;
  readonly HyperParameterTuningJobObjective?: HyperParameterTuningJobObjective;
  readonly ResourceLimits: ResourceLimits;
  readonly ParameterRanges?: ParameterRanges;
  readonly TrainingJobEarlyStoppingType?: TrainingJobEarlyStoppingType;
  readonly TuningJobCompletionCriteria?: TuningJobCompletionCriteria;
  readonly RandomSeed?: number;
}

export interface HyperParameterTuningJobConsumedResources {
  readonly RuntimeInSeconds?: number;
}

export interface HyperParameterTuningJobObjective {
  readonly Type: HyperParameterTuningJobObjectiveType;
  readonly MetricName: string;
}

export type HyperParameterTuningJobObjectiveType = "Maximize" | "Minimize";

export type HyperParameterTuningJobStatus = "Completed" | "InProgress" | "Failed" | "Stopped" | "Stopping" | "Deleting" | "DeleteFailed";

export interface HyperParameterTuningJobStrategyConfig {
  readonly HyperbandStrategyConfig?: HyperbandStrategyConfig;
}

export type HyperParameterTuningJobStrategyType = "Bayesian" | "Random" | "Hyperband" | "Grid";

export interface HyperParameterTuningJobWarmStartConfig {
  readonly ParentHyperParameterTuningJobs: readonly ParentHyperParameterTuningJob[];
  readonly WarmStartType: HyperParameterTuningJobWarmStartType;
}

export type HyperParameterTuningJobWarmStartType = "IdenticalDataAndAlgorithm" | "TransferLearning";

export interface HyperParameterTuningResourceConfig {
  readonly InstanceType?: string;
  readonly InstanceCount?: number;
  readonly VolumeSizeInGB?: number;
  readonly VolumeKmsKeyId?: string;
  readonly AllocationStrategy?: HyperParameterTuningAllocationStrategy;
  readonly InstanceConfigs?: readonly HyperParameterTuningInstanceConfig[];
}

export interface HyperbandStrategyConfig {
  readonly MinResource?: number;
  readonly MaxResource?: number;
}

export interface IamIdentity {
  readonly Arn?: string;
  readonly PrincipalId?: string;
  readonly SourceIdentity?: string;
}

export interface ImageConfig {
  readonly RepositoryAccessMode: RepositoryAccessMode;
  readonly RepositoryAuthConfig?: RepositoryAuthConfig;
}

export type IncludedData = "AllData" | "MetadataOnly";

export interface InferenceExecutionConfig {
  readonly Mode: InferenceExecutionMode;
}

export type InferenceExecutionMode = "Serial" | "Direct";

export interface InferenceHubAccessConfig {
  readonly HubContentArn: string;
}

export interface InferenceSpecification {
  readonly Containers: readonly ModelPackageContainerDefinition[];
  readonly SupportedTransformInstanceTypes?: readonly string[];
  readonly SupportedRealtimeInferenceInstanceTypes?: readonly string[];
  readonly SupportedContentTypes?: readonly string[];
  readonly SupportedResponseMIMETypes?: readonly string[];
}

export interface InfraCheckConfig {
  readonly EnableInfraCheck?: boolean;
}

export type InputMode = "Pipe" | "File";

export interface InstanceGroup {
  readonly InstanceType: string;
  readonly InstanceCount: number;
  readonly InstanceGroupName: string;
}

export interface InstancePlacementConfig {
  readonly EnableMultipleJobs?: boolean;
  readonly PlacementSpecifications?: readonly PlacementSpecification[];
}

export interface InstancePool {
  readonly InstanceType: string;
  readonly ModelNameOverride?: string;
  readonly Priority: number;
}

export interface InstancePoolSummary {
  readonly InstanceType: string;
  readonly CurrentInstanceCount: number;
}

export interface InstancePreference {
  readonly InstanceType: string;
  readonly InstanceCount?: number;
  readonly TrainingPlanArns?: readonly string[];
}

export interface IntegerParameterRange {
  readonly Name: string;
  readonly MinValue: string;
  readonly MaxValue: string;
  readonly ScalingType?: HyperParameterScalingType;
}

export type JoinSource = "Input" | "None";

export type LineageType = "TrialComponent" | "Artifact" | "Context" | "Action";

export interface ListTagsInput {
  readonly ResourceArn: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
}

export interface ListTagsOutput {
  readonly Tags?: readonly Tag[];
  readonly NextToken?: string;
}

export interface ListTrainingJobsForHyperParameterTuningJobRequest {
  readonly HyperParameterTuningJobName: string;
  readonly NextToken?: string;
  readonly MaxResults?: number;
  readonly StatusEquals?: TrainingJobStatus;
  readonly SortBy?: TrainingJobSortByOptions;
  readonly SortOrder?: SortOrder;
}

export interface ListTrainingJobsForHyperParameterTuningJobResponse {
  readonly TrainingJobSummaries: readonly HyperParameterTrainingJobSummary[];
  readonly NextToken?: string;
}

export interface ListTrialsRequest {
  readonly ExperimentName?: string;
  readonly TrialComponentName?: string;
  readonly CreatedAfter?: number;
  readonly CreatedBefore?: number;
  readonly SortBy?: SortTrialsBy;
  readonly SortOrder?: SortOrder;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export interface ListTrialsResponse {
  readonly TrialSummaries?: readonly TrialSummary[];
  readonly NextToken?: string;
}

export type ManagedInstanceScalingScaleInStrategy = "IDLE_RELEASE" | "CONSOLIDATION";

export type ManagedInstanceScalingStatus = "ENABLED" | "DISABLED";

export type ManagedStorageType = "Restricted";

export interface MetadataProperties {
  readonly CommitId?: string;
  readonly Repository?: string;
  readonly GeneratedBy?: string;
  readonly ProjectId?: string;
}

export interface MetricData {
  readonly MetricName?: string;
  readonly Value?: number;
  readonly Timestamp?: number;
}

export interface MetricDefinition {
  readonly Name: string;
  readonly Regex: string;
}

export interface MetricsConfig {
  readonly EnableEnhancedMetrics?: boolean;
  readonly EnableDetailedObservability?: boolean;
  readonly MetricPublishFrequencyInSeconds?: number;
}

export interface MetricsEndpoint {
  readonly MetricsEndpointPath: string;
  readonly MetricPublishFrequencyInSeconds?: number;
}

export interface MetricsSource {
  readonly ContentType: string;
  readonly ContentDigest?: string;
  readonly S3Uri: string;
}

export interface MlflowConfig {
  readonly MlflowResourceArn: string;
  readonly MlflowExperimentName?: string;
  readonly MlflowRunName?: string;
}

export interface MlflowDetails {
  readonly MlflowExperimentId?: string;
  readonly MlflowRunId?: string;
}

export interface ModelAccessConfig {
  readonly AcceptEula: boolean;
}

export type ModelApprovalStatus = "Approved" | "Rejected" | "PendingManualApproval";

export interface ModelArtifacts {
  readonly S3ModelArtifacts: string;
}

export type ModelCacheSetting = "Enabled" | "Disabled";

export type ModelCardStatus = "Draft" | "PendingReview" | "Approved" | "Archived";

export interface ModelClientConfig {
  readonly InvocationsTimeoutInSeconds?: number;
  readonly InvocationsMaxRetries?: number;
}

export type ModelCompressionType = "None" | "Gzip";

export interface ModelDataQuality {
  readonly Statistics?: MetricsSource;
  readonly Constraints?: MetricsSource;
}

export interface ModelDataSource {
  readonly S3DataSource?: S3ModelDataSource;
}

export interface ModelInput {
  readonly DataInputConfig: string;
}

export interface ModelLifeCycle {
  readonly Stage: string;
  readonly StageStatus: string;
  readonly StageDescription?: string;
}

export interface ModelMetrics {
  readonly ModelQuality?: ModelQuality;
  readonly ModelDataQuality?: ModelDataQuality;
  readonly Bias?: Bias;
  readonly Explainability?: Explainability;
}

export interface ModelPackageConfig {
  readonly ModelPackageGroupArn: string;
  readonly SourceModelPackageArn?: string;
}

export interface ModelPackageContainerDefinition {
  readonly ContainerHostname?: string;
  readonly Image?: string;
  readonly ImageDigest?: string;
  readonly ModelDataUrl?: string;
  readonly ModelDataSource?: ModelDataSource;
  readonly ProductId?: string;
  readonly Environment?: Readonly<Record<string, string>>;
  readonly ModelInput?: ModelInput;
  readonly Framework?: string;
  readonly FrameworkVersion?: string;
  readonly NearestModelName?: string;
  readonly AdditionalModelDataSources?: readonly AdditionalModelDataSource[];
  readonly AdditionalS3DataSource?: AdditionalS3DataSource;
  readonly ModelDataETag?: string;
  readonly IsCheckpoint?: boolean;
  readonly BaseModel?: BaseModel;
}

export interface ModelPackageModelCard {
  readonly ModelCardContent?: string;
  readonly ModelCardStatus?: ModelCardStatus;
}

export type ModelPackageRegistrationType = "Logged" | "Registered";

export interface ModelPackageSecurityConfig {
  readonly KmsKeyId: string;
}

export type ModelPackageStatus = "Pending" | "InProgress" | "Completed" | "Failed" | "Deleting";

export interface ModelPackageStatusDetails {
  readonly ValidationStatuses: readonly ModelPackageStatusItem[];
  readonly ImageScanStatuses?: readonly ModelPackageStatusItem[];
}

export interface ModelPackageStatusItem {
  readonly Name: string;
  readonly Status: DetailedModelPackageStatus;
  readonly FailureReason?: string;
}

export interface ModelPackageValidationProfile {
  readonly ProfileName: string;
  readonly TransformJobDefinition: TransformJobDefinition;
}

export interface ModelPackageValidationSpecification {
  readonly ValidationRole: string;
  readonly ValidationProfiles: readonly ModelPackageValidationProfile[];
}

export interface ModelQuality {
  readonly Statistics?: MetricsSource;
  readonly Constraints?: MetricsSource;
}

export interface MultiModelConfig {
  readonly ModelCacheSetting?: ModelCacheSetting;
}

export interface NetworkConfig {
  readonly EnableInterContainerTrafficEncryption?: boolean;
  readonly EnableNetworkIsolation?: boolean;
  readonly VpcConfig?: VpcConfig;
}

export type ObjectiveStatus = "Succeeded" | "Pending" | "Failed";

export interface ObjectiveStatusCounters {
  readonly Succeeded?: number;
  readonly Pending?: number;
  readonly Failed?: number;
}

export type OutputCompressionType = "GZIP" | "NONE";

export interface OutputDataConfig {
  readonly KmsKeyId?: string;
  readonly S3OutputPath: string;
  readonly CompressionType?: OutputCompressionType;
}

export interface ParameterRanges {
  readonly IntegerParameterRanges?: readonly IntegerParameterRange[];
  readonly ContinuousParameterRanges?: readonly ContinuousParameterRange[];
  readonly CategoricalParameterRanges?: readonly CategoricalParameterRange[];
  readonly AutoParameters?: readonly AutoParameter[];
}

export interface ParentHyperParameterTuningJob {
  readonly HyperParameterTuningJobName?: string;
}

export type Peft = "LORA";

export interface PendingDeploymentSummary {
  readonly EndpointConfigName: string;
  readonly ProductionVariants?: readonly PendingProductionVariantSummary[];
  readonly StartTime?: number;
  readonly ShadowProductionVariants?: readonly PendingProductionVariantSummary[];
}

export interface PendingProductionVariantSummary {
  readonly VariantName: string;
  readonly DeployedImages?: readonly DeployedImage[];
  readonly CurrentWeight?: number;
  readonly DesiredWeight?: number;
  readonly CurrentInstanceCount?: number;
  readonly DesiredInstanceCount?: number;
  readonly InstanceType?: string;
  readonly InstancePools?: readonly InstancePoolSummary[];
  readonly AcceleratorType?: ProductionVariantAcceleratorType;
  readonly VariantStatus?: readonly ProductionVariantStatus[];
  readonly CurrentServerlessConfig?: ProductionVariantServerlessConfig;
  readonly DesiredServerlessConfig?: ProductionVariantServerlessConfig;
  readonly ManagedInstanceScaling?: ProductionVariantManagedInstanceScaling;
  readonly RoutingConfig?: ProductionVariantRoutingConfig;
  readonly AcceleratorPartitionLayouts?: readonly AcceleratorPartitionLayout[];
}

export interface PlacementSpecification {
  readonly UltraServerId?: string;
  readonly InstanceCount: number;
}

export interface PrefixAwareRoutingConfig {
  readonly PrefixLength?: number;
  readonly ConcurrencyThreshold?: number;
}

export interface ProcessingClusterConfig {
  readonly InstanceCount?: number;
  readonly InstanceType?: string;
  readonly VolumeSizeInGB: number;
  readonly VolumeKmsKeyId?: string;
  readonly InstancePreferences?: readonly ProcessingInstancePreference[];
  readonly SelectedInstanceType?: string;
  readonly SelectedInstanceCount?: number;
}

export interface ProcessingFeatureStoreOutput {
  readonly FeatureGroupName: string;
}

export interface ProcessingInput {
  readonly InputName: string;
  readonly AppManaged?: boolean;
  readonly S3Input?: ProcessingS3Input;
  readonly DatasetDefinition?: DatasetDefinition;
}

export interface ProcessingInstancePreference {
  readonly InstanceType: string;
  readonly InstanceCount?: number;
}

export type ProcessingJobStatus = "InProgress" | "Completed" | "Failed" | "Stopping" | "Stopped";

export interface ProcessingOutput {
  readonly OutputName: string;
  readonly S3Output?: ProcessingS3Output;
  readonly FeatureStoreOutput?: ProcessingFeatureStoreOutput;
  readonly AppManaged?: boolean;
}

export interface ProcessingOutputConfig {
  readonly Outputs: readonly ProcessingOutput[];
  readonly KmsKeyId?: string;
}

export interface ProcessingResources {
  readonly ClusterConfig: ProcessingClusterConfig;
}

export type ProcessingS3CompressionType = "None" | "Gzip";

export type ProcessingS3DataDistributionType = "FullyReplicated" | "ShardedByS3Key";

export type ProcessingS3DataType = "ManifestFile" | "S3Prefix";

export interface ProcessingS3Input {
  readonly S3Uri: string;
  readonly LocalPath?: string;
  readonly S3DataType: ProcessingS3DataType;
  readonly S3InputMode?: ProcessingS3InputMode;
  readonly S3DataDistributionType?: ProcessingS3DataDistributionType;
  readonly S3CompressionType?: ProcessingS3CompressionType;
}

export type ProcessingS3InputMode = "Pipe" | "File";

export interface ProcessingS3Output {
  readonly S3Uri: string;
  readonly LocalPath?: string;
  readonly S3UploadMode: ProcessingS3UploadMode;
}

export type ProcessingS3UploadMode = "Continuous" | "EndOfJob";

export interface ProcessingStoppingCondition {
  readonly MaxRuntimeInSeconds: number;
}

export interface ProductionVariant {
  readonly VariantName: string;
  readonly ModelName?: string;
  readonly InitialInstanceCount?: number;
  readonly InstanceType?: string;
  readonly InstancePools?: readonly InstancePool[];
  readonly VariantInstanceProvisionTimeoutInSeconds?: number;
  readonly InitialVariantWeight?: number;
  readonly AcceleratorType?: ProductionVariantAcceleratorType;
  readonly CoreDumpConfig?: ProductionVariantCoreDumpConfig;
  readonly ServerlessConfig?: ProductionVariantServerlessConfig;
  readonly VolumeSizeInGB?: number;
  readonly ModelDataDownloadTimeoutInSeconds?: number;
  readonly ContainerStartupHealthCheckTimeoutInSeconds?: number;
  readonly EnableSSMAccess?: boolean;
  readonly ManagedInstanceScaling?: ProductionVariantManagedInstanceScaling;
  readonly RoutingConfig?: ProductionVariantRoutingConfig;
  readonly InferenceAmiVersion?: ProductionVariantInferenceAmiVersion;
  readonly CapacityReservationConfig?: ProductionVariantCapacityReservationConfig;
  readonly AcceleratorPartitionLayouts?: readonly AcceleratorPartitionLayout[];
}

export type ProductionVariantAcceleratorType = "ml.eia1.medium" | "ml.eia1.large" | "ml.eia1.xlarge" | "ml.eia2.medium" | "ml.eia2.large" | "ml.eia2.xlarge";

export interface ProductionVariantCapacityReservationConfig {
  readonly CapacityReservationPreference?: CapacityReservationPreference;
  readonly MlReservationArn?: string;
}

export interface ProductionVariantCapacityReservationSummary {
  readonly MlReservationArn?: string;
  readonly CapacityReservationPreference?: CapacityReservationPreference;
  readonly TotalInstanceCount?: number;
  readonly AvailableInstanceCount?: number;
  readonly UsedByCurrentEndpoint?: number;
  readonly Ec2CapacityReservations?: readonly Ec2CapacityReservation[];
}

export interface ProductionVariantCoreDumpConfig {
  readonly DestinationS3Uri: string;
  readonly KmsKeyId?: string;
}

export type ProductionVariantInferenceAmiVersion = "al2-ami-sagemaker-inference-gpu-2" | "al2-ami-sagemaker-inference-gpu-2-1" | "al2-ami-sagemaker-inference-gpu-3-1" | "al2-ami-sagemaker-inference-neuron-2" | "al2023-ami-sagemaker-inference-gpu-4-1";

export interface ProductionVariantManagedInstanceScaling {
  readonly Status?: ManagedInstanceScalingStatus;
  readonly MinInstanceCount?: number;
  readonly MaxInstanceCount?: number;
  readonly ScaleInPolicy?: ProductionVariantManagedInstanceScalingScaleInPolicy;
}

export interface ProductionVariantManagedInstanceScalingScaleInPolicy {
  readonly Strategy: ManagedInstanceScalingScaleInStrategy;
  readonly MaximumStepSize?: number;
  readonly CooldownInMinutes?: number;
}

export interface ProductionVariantRoutingConfig {
  readonly RoutingStrategy: RoutingStrategy;
  readonly PrefixAwareRoutingConfig?: PrefixAwareRoutingConfig;
}

export interface ProductionVariantServerlessConfig {
  readonly MemorySizeInMB: number;
  readonly MaxConcurrency: number;
  readonly ProvisionedConcurrency?: number;
}

export interface ProductionVariantStatus {
  readonly Status: VariantStatus;
  readonly StatusMessage?: string;
  readonly StartTime?: number;
}

export interface ProductionVariantSummary {
  readonly VariantName: string;
  readonly DeployedImages?: readonly DeployedImage[];
  readonly CurrentWeight?: number;
  readonly DesiredWeight?: number;
  readonly CurrentInstanceCount?: number;
  readonly DesiredInstanceCount?: number;
  readonly InstancePools?: readonly InstancePoolSummary[];
  readonly VariantStatus?: readonly ProductionVariantStatus[];
  readonly CurrentServerlessConfig?: ProductionVariantServerlessConfig;
  readonly DesiredServerlessConfig?: ProductionVariantServerlessConfig;
  readonly ManagedInstanceScaling?: ProductionVariantManagedInstanceScaling;
  readonly RoutingConfig?: ProductionVariantRoutingConfig;
  readonly CapacityReservationConfig?: ProductionVariantCapacityReservationSummary;
  readonly AcceleratorPartitionLayouts?: readonly AcceleratorPartitionLayout[];
}

export interface ProfilerConfig {
  readonly S3OutputPath?: string;
  readonly ProfilingIntervalInMilliseconds?: number;
  readonly ProfilingParameters?: Readonly<Record<string, string>>;
  readonly DisableProfiler?: boolean;
}

export interface ProfilerRuleConfiguration {
  readonly RuleConfigurationName: string;
  readonly LocalPath?: string;
  readonly S3OutputPath?: string;
  readonly RuleEvaluatorImage: string;
  readonly InstanceType?: string;
  readonly VolumeSizeInGB?: number;
  readonly RuleParameters?: Readonly<Record<string, string>>;
}

export interface ProfilerRuleEvaluationStatus {
  readonly RuleConfigurationName?: string;
  readonly RuleEvaluationJobArn?: string;
  readonly RuleEvaluationStatus?: RuleEvaluationStatus;
  readonly StatusDetails?: string;
  readonly LastModifiedTime?: number;
}

export type ProfilingStatus = "Enabled" | "Disabled";

export interface QueryFilters {
  readonly Types?: readonly string[];
  readonly LineageTypes?: readonly LineageType[];
  readonly CreatedBefore?: number;
  readonly CreatedAfter?: number;
  readonly ModifiedBefore?: number;
  readonly ModifiedAfter?: number;
  readonly Properties?: Readonly<Record<string, string>>;
}

export interface QueryLineageRequest {
  readonly StartArns?: readonly string[];
  readonly Direction?: Direction;
  readonly IncludeEdges?: boolean;
  readonly Filters?: QueryFilters;
  readonly MaxDepth?: number;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

export interface QueryLineageResponse {
  readonly Vertices?: readonly Vertex[];
  readonly Edges?: readonly Edge[];
  readonly NextToken?: string;
}

export interface RealTimeInferenceRecommendation {
  readonly RecommendationId: string;
  readonly InstanceType: string;
  readonly Environment?: Readonly<Record<string, string>>;
}

export type RecommendationStatus = "IN_PROGRESS" | "COMPLETED" | "FAILED" | "NOT_APPLICABLE";

export type RecordWrapper = "None" | "RecordIO";

export interface RedshiftDatasetDefinition {
  readonly ClusterId: string;
  readonly Database: string;
  readonly DbUser: string;
  readonly QueryString: string;
  readonly ClusterRoleArn: string;
  readonly OutputS3Uri: string;
  readonly KmsKeyId?: string;
  readonly OutputFormat: RedshiftResultFormat;
  readonly OutputCompression?: RedshiftResultCompressionType;
}

export type RedshiftResultCompressionType = "None" | "GZIP" | "BZIP2" | "ZSTD" | "SNAPPY";

export type RedshiftResultFormat = "PARQUET" | "CSV";

export interface RemoteDebugConfig {
  readonly EnableRemoteDebug?: boolean;
}

export type RepositoryAccessMode = "Platform" | "Vpc";

export interface RepositoryAuthConfig {
  readonly RepositoryCredentialsProviderArn: string;
}

export interface ResourceConfig {
  readonly InstanceType?: string;
  readonly InstanceCount?: number;
  readonly VolumeSizeInGB?: number;
  readonly VolumeKmsKeyId?: string;
  readonly KeepAlivePeriodInSeconds?: number;
  readonly InstanceGroups?: readonly InstanceGroup[];
  readonly TrainingPlanArn?: string;
  readonly InstancePlacementConfig?: InstancePlacementConfig;
  readonly InstancePreferences?: readonly InstancePreference[];
  readonly SelectedInstanceType?: string;
  readonly SelectedInstanceCount?: number;
}

export interface ResourceLimits {
  readonly MaxNumberOfTrainingJobs?: number;
  readonly MaxParallelTrainingJobs: number;
  readonly MaxRuntimeInSeconds?: number;
}

export interface RetryStrategy {
  readonly MaximumRetryAttempts: number;
}

export interface RollingUpdatePolicy {
  readonly MaximumBatchSize: CapacitySize;
  readonly WaitIntervalInSeconds: number;
  readonly MaximumExecutionTimeoutInSeconds?: number;
  readonly RollbackMaximumBatchSize?: CapacitySize;
}

export type RoutingStrategy = "LEAST_OUTSTANDING_REQUESTS" | "RANDOM" | "PREFIX_AWARE" | "KV_AWARE";

export type RuleEvaluationStatus = "InProgress" | "NoIssuesFound" | "IssuesFound" | "Error" | "Stopping" | "Stopped";

export type S3DataDistribution = "FullyReplicated" | "ShardedByS3Key";

export interface S3DataSource {
  readonly S3DataType: S3DataType;
  readonly S3Uri: string;
  readonly S3DataDistributionType?: S3DataDistribution;
  readonly AttributeNames?: readonly string[];
  readonly InstanceGroupNames?: readonly string[];
  readonly ModelAccessConfig?: ModelAccessConfig;
  readonly HubAccessConfig?: HubAccessConfig;
}

export type S3DataType = "ManifestFile" | "S3Prefix" | "AugmentedManifestFile" | "Converse";

export interface S3ModelDataSource {
  readonly S3Uri: string;
  readonly S3DataType: S3ModelDataType;
  readonly CompressionType: ModelCompressionType;
  readonly ModelAccessConfig?: ModelAccessConfig;
  readonly HubAccessConfig?: InferenceHubAccessConfig;
  readonly ManifestS3Uri?: string;
  readonly ETag?: string;
  readonly ManifestEtag?: string;
}

export type S3ModelDataType = "S3Prefix" | "S3Object";

export type SecondaryStatus = "Starting" | "LaunchingMLInstances" | "PreparingTrainingStack" | "Downloading" | "DownloadingTrainingImage" | "Training" | "Uploading" | "Stopping" | "Stopped" | "MaxRuntimeExceeded" | "Completed" | "Failed" | "Interrupted" | "MaxWaitTimeExceeded" | "Updating" | "Restarting" | "Pending";

export interface SecondaryStatusTransition {
  readonly Status: SecondaryStatus;
  readonly StartTime: number;
  readonly EndTime?: number;
  readonly StatusMessage?: string;
}

export interface ServerlessJobConfig {
  readonly BaseModelArn: string;
  readonly AcceptEula?: boolean;
  readonly JobType: ServerlessJobType;
  readonly CustomizationTechnique?: CustomizationTechnique;
  readonly Peft?: Peft;
  readonly EvaluationType?: EvaluationType;
  readonly EvaluatorArn?: string;
  readonly SequenceLength?: string;
}

export type ServerlessJobType = "FineTuning" | "Evaluation";

export interface SessionChainingConfig {
  readonly EnableSessionTagChaining?: boolean;
}

export interface ShuffleConfig {
  readonly Seed: number;
}

export type SkipModelValidation = "All" | "None";

export type SortOrder = "Ascending" | "Descending";

export type SortTrialsBy = "Name" | "CreationTime";

export interface SourceAlgorithm {
  readonly ModelDataUrl?: string;
  readonly ModelDataSource?: ModelDataSource;
  readonly ModelDataETag?: string;
  readonly AlgorithmName: string;
}

export interface SourceAlgorithmSpecification {
  readonly SourceAlgorithms: readonly SourceAlgorithm[];
}

export type SplitType = "None" | "Line" | "RecordIO" | "TFRecord";

export interface StopHyperParameterTuningJobRequest {
  readonly HyperParameterTuningJobName: string;
}

export interface StopProcessingJobRequest {
  readonly ProcessingJobName: string;
}

export interface StopTrainingJobRequest {
  readonly TrainingJobName: string;
}

export interface StopTransformJobRequest {
  readonly TransformJobName: string;
}

export interface StoppingCondition {
  readonly MaxRuntimeInSeconds?: number;
  readonly MaxWaitTimeInSeconds?: number;
  readonly MaxPendingTimeInSeconds?: number;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface TensorBoardOutputConfig {
  readonly LocalPath?: string;
  readonly S3OutputPath: string;
}

export interface TrafficRoutingConfig {
  readonly Type: TrafficRoutingConfigType;
  readonly WaitIntervalInSeconds: number;
  readonly CanarySize?: CapacitySize;
  readonly LinearStepSize?: CapacitySize;
}

export type TrafficRoutingConfigType = "ALL_AT_ONCE" | "CANARY" | "LINEAR";

export interface TrainingImageConfig {
  readonly TrainingRepositoryAccessMode: TrainingRepositoryAccessMode;
  readonly TrainingRepositoryAuthConfig?: TrainingRepositoryAuthConfig;
}

export type TrainingInputMode = "Pipe" | "File" | "FastFile";

export type TrainingJobEarlyStoppingType = "Off" | "Auto";

export type TrainingJobSortByOptions = "Name" | "CreationTime" | "Status" | "FinalObjectiveMetricValue";

export type TrainingJobStatus = "InProgress" | "Completed" | "Failed" | "Stopping" | "Stopped" | "Deleting";

export interface TrainingJobStatusCounters {
  readonly Completed?: number;
  readonly InProgress?: number;
  readonly RetryableError?: number;
  readonly NonRetryableError?: number;
  readonly Stopped?: number;
}

export interface TrainingProgressInfo {
  readonly TotalStepCountPerEpoch?: number;
  readonly CurrentStep?: number;
  readonly CurrentEpoch?: number;
  readonly MaxEpoch?: number;
}

export type TrainingRepositoryAccessMode = "Platform" | "Vpc";

export interface TrainingRepositoryAuthConfig {
  readonly TrainingRepositoryCredentialsProviderArn: string;
}

export interface TransformDataSource {
  readonly S3DataSource: TransformS3DataSource;
}

export interface TransformInput {
  readonly DataSource: TransformDataSource;
  readonly ContentType?: string;
  readonly CompressionType?: CompressionType;
  readonly SplitType?: SplitType;
}

export interface TransformJobDefinition {
  readonly MaxConcurrentTransforms?: number;
  readonly MaxPayloadInMB?: number;
  readonly BatchStrategy?: BatchStrategy;
  readonly Environment?: Readonly<Record<string, string>>;
  readonly TransformInput: TransformInput;
  readonly TransformOutput: TransformOutput;
  readonly TransformResources: TransformResources;
}

export type TransformJobStatus = "InProgress" | "Completed" | "Failed" | "Stopping" | "Stopped";

export interface TransformOutput {
  readonly S3OutputPath: string;
  readonly Accept?: string;
  readonly AssembleWith?: AssemblyType;
  readonly KmsKeyId?: string;
}

export interface TransformResources {
  readonly InstanceType: string;
  readonly InstanceCount: number;
  readonly VolumeKmsKeyId?: string;
  readonly TransformAmiVersion?: string;
}

export interface TransformS3DataSource {
  readonly S3DataType: S3DataType;
  readonly S3Uri: string;
}

export interface TrialComponentArtifact {
  readonly MediaType?: string;
  readonly Value: string;
}

export interface TrialComponentMetricSummary {
  readonly MetricName?: string;
  readonly SourceArn?: string;
  readonly TimeStamp?: number;
  readonly Max?: number;
  readonly Min?: number;
  readonly Last?: number;
  readonly Count?: number;
  readonly Avg?: number;
  readonly StdDev?: number;
}

export interface TrialComponentParameterValue {
  readonly StringValue?: string;
  readonly NumberValue?: number;
}

export type TrialComponentPrimaryStatus = "InProgress" | "Completed" | "Failed" | "Stopping" | "Stopped";

export interface TrialComponentSource {
  readonly SourceArn: string;
  readonly SourceType?: string;
}

export interface TrialComponentStatus {
  readonly PrimaryStatus?: TrialComponentPrimaryStatus;
  readonly Message?: string;
}

export interface TrialSource {
  readonly SourceArn: string;
  readonly SourceType?: string;
}

export interface TrialSummary {
  readonly TrialArn?: string;
  readonly TrialName?: string;
  readonly DisplayName?: string;
  readonly TrialSource?: TrialSource;
  readonly CreationTime?: number;
  readonly LastModifiedTime?: number;
}

export interface TuningJobCompletionCriteria {
  readonly TargetObjectiveMetricValue?: number;
  readonly BestObjectiveNotImproving?: BestObjectiveNotImproving;
  readonly ConvergenceDetected?: ConvergenceDetected;
}

export interface UpdateEndpointInput {
  readonly EndpointName: string;
  readonly EndpointConfigName: string;
  readonly RetainAllVariantProperties?: boolean;
  readonly ExcludeRetainedVariantProperties?: readonly VariantProperty[];
  readonly DeploymentConfig?: DeploymentConfig;
  readonly RetainDeploymentConfig?: boolean;
}

export interface UpdateEndpointOutput {
  readonly EndpointArn: string;
}

export interface UpdateExperimentRequest {
  readonly ExperimentName: string;
  readonly DisplayName?: string;
  readonly Description?: string;
}

export interface UpdateExperimentResponse {
  readonly ExperimentArn?: string;
}

export interface UpdateModelPackageInput {
  readonly ModelPackageArn: string;
  readonly ModelApprovalStatus?: ModelApprovalStatus;
  readonly ModelPackageRegistrationType?: ModelPackageRegistrationType;
  readonly ApprovalDescription?: string;
  readonly CustomerMetadataProperties?: Readonly<Record<string, string>>;
  readonly CustomerMetadataPropertiesToRemove?: readonly string[];
  readonly AdditionalInferenceSpecificationsToAdd?: readonly AdditionalInferenceSpecificationDefinition[];
  readonly InferenceSpecification?: InferenceSpecification;
  readonly SourceUri?: string;
  readonly ModelCard?: ModelPackageModelCard;
  readonly ModelLifeCycle?: ModelLifeCycle;
  readonly ClientToken?: string;
}

export interface UpdateModelPackageOutput {
  readonly ModelPackageArn: string;
}

export interface UpdateTrialComponentRequest {
  readonly TrialComponentName: string;
  readonly DisplayName?: string;
  readonly Status?: TrialComponentStatus;
  readonly StartTime?: number;
  readonly EndTime?: number;
  readonly Parameters?: Readonly<Record<string, TrialComponentParameterValue>>;
  readonly ParametersToRemove?: readonly string[];
  readonly InputArtifacts?: Readonly<Record<string, TrialComponentArtifact>>;
  readonly InputArtifactsToRemove?: readonly string[];
  readonly OutputArtifacts?: Readonly<Record<string, TrialComponentArtifact>>;
  readonly OutputArtifactsToRemove?: readonly string[];
}

export interface UpdateTrialComponentResponse {
  readonly TrialComponentArn?: string;
}

export interface UserContext {
  readonly UserProfileArn?: string;
  readonly UserProfileName?: string;
  readonly DomainId?: string;
  readonly IamIdentity?: IamIdentity;
}

export interface VariantProperty {
  readonly VariantPropertyType: VariantPropertyType;
}

export type VariantPropertyType = "DesiredInstanceCount" | "DesiredWeight" | "DataCaptureConfig";

export type VariantStatus = "Creating" | "Updating" | "Deleting" | "ActivatingTraffic" | "Baking";

export interface Vertex {
  readonly Arn?: string;
  readonly Type?: string;
  readonly LineageType?: LineageType;
}

export interface VpcConfig {
  readonly SecurityGroupIds: readonly string[];
  readonly Subnets: readonly string[];
}

export type WarmPoolResourceStatus = "Available" | "Terminated" | "Reused" | "InUse";

export interface WarmPoolStatus {
  readonly Status: WarmPoolResourceStatus;
  readonly ResourceRetainedBillableTimeInSeconds?: number;
  readonly ReusedByJob?: string;
}


export interface Operations {
  readonly AddTags: { readonly input: AddTagsInput; readonly output: AddTagsOutput };
  readonly AssociateTrialComponent: { readonly input: AssociateTrialComponentRequest; readonly output: AssociateTrialComponentResponse };
  readonly CreateEndpoint: { readonly input: CreateEndpointInput; readonly output: CreateEndpointOutput };
  readonly CreateEndpointConfig: { readonly input: CreateEndpointConfigInput; readonly output: CreateEndpointConfigOutput };
  readonly CreateModel: { readonly input: CreateModelInput; readonly output: CreateModelOutput };
  readonly CreateTrainingJob: { readonly input: CreateTrainingJobRequest; readonly output: CreateTrainingJobResponse };
  readonly CreateTrial: { readonly input: CreateTrialRequest; readonly output: CreateTrialResponse };
  readonly DeleteEndpoint: { readonly input: DeleteEndpointInput; readonly output: object };
  readonly DeleteEndpointConfig: { readonly input: DeleteEndpointConfigInput; readonly output: object };
  readonly DeleteExperiment: { readonly input: DeleteExperimentRequest; readonly output: DeleteExperimentResponse };
  readonly DeleteModel: { readonly input: DeleteModelInput; readonly output: object };
  readonly DeleteTags: { readonly input: DeleteTagsInput; readonly output: DeleteTagsOutput };
  readonly DeleteTrial: { readonly input: DeleteTrialRequest; readonly output: DeleteTrialResponse };
  readonly DeleteTrialComponent: { readonly input: DeleteTrialComponentRequest; readonly output: DeleteTrialComponentResponse };
  readonly DescribeAction: { readonly input: DescribeActionRequest; readonly output: DescribeActionResponse };
  readonly DescribeArtifact: { readonly input: DescribeArtifactRequest; readonly output: DescribeArtifactResponse };
  readonly DescribeContext: { readonly input: DescribeContextRequest; readonly output: DescribeContextResponse };
  readonly DescribeEndpoint: { readonly input: DescribeEndpointInput; readonly output: DescribeEndpointOutput };
  readonly DescribeEndpointConfig: { readonly input: DescribeEndpointConfigInput; readonly output: DescribeEndpointConfigOutput };
  readonly DescribeExperiment: { readonly input: DescribeExperimentRequest; readonly output: DescribeExperimentResponse };
  readonly DescribeHyperParameterTuningJob: { readonly input: DescribeHyperParameterTuningJobRequest; readonly output: DescribeHyperParameterTuningJobResponse };
  readonly DescribeModel: { readonly input: DescribeModelInput; readonly output: DescribeModelOutput };
  readonly DescribeModelPackage: { readonly input: DescribeModelPackageInput; readonly output: DescribeModelPackageOutput };
  readonly DescribeProcessingJob: { readonly input: DescribeProcessingJobRequest; readonly output: DescribeProcessingJobResponse };
  readonly DescribeTrainingJob: { readonly input: DescribeTrainingJobRequest; readonly output: DescribeTrainingJobResponse };
  readonly DescribeTransformJob: { readonly input: DescribeTransformJobRequest; readonly output: DescribeTransformJobResponse };
  readonly DescribeTrial: { readonly input: DescribeTrialRequest; readonly output: DescribeTrialResponse };
  readonly DescribeTrialComponent: { readonly input: DescribeTrialComponentRequest; readonly output: DescribeTrialComponentResponse };
  readonly DisassociateTrialComponent: { readonly input: DisassociateTrialComponentRequest; readonly output: DisassociateTrialComponentResponse };
  readonly ListTags: { readonly input: ListTagsInput; readonly output: ListTagsOutput };
  readonly ListTrainingJobsForHyperParameterTuningJob: { readonly input: ListTrainingJobsForHyperParameterTuningJobRequest; readonly output: ListTrainingJobsForHyperParameterTuningJobResponse };
  readonly ListTrials: { readonly input: ListTrialsRequest; readonly output: ListTrialsResponse };
  readonly QueryLineage: { readonly input: QueryLineageRequest; readonly output: QueryLineageResponse };
  readonly StopHyperParameterTuningJob: { readonly input: StopHyperParameterTuningJobRequest; readonly output: object };
  readonly StopProcessingJob: { readonly input: StopProcessingJobRequest; readonly output: object };
  readonly StopTrainingJob: { readonly input: StopTrainingJobRequest; readonly output: object };
  readonly StopTransformJob: { readonly input: StopTransformJobRequest; readonly output: object };
  readonly UpdateEndpoint: { readonly input: UpdateEndpointInput; readonly output: UpdateEndpointOutput };
  readonly UpdateExperiment: { readonly input: UpdateExperimentRequest; readonly output: UpdateExperimentResponse };
  readonly UpdateModelPackage: { readonly input: UpdateModelPackageInput; readonly output: UpdateModelPackageOutput };
  readonly UpdateTrialComponent: { readonly input: UpdateTrialComponentRequest; readonly output: UpdateTrialComponentResponse };
}
