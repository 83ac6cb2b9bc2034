/**
 * The properties of a resource type. A property is `used`, used with some values only, ignored for
 * the given reason, or an object (or list of objects) with its own properties. Any other property is
 * rejected.
 */
export interface Shape {
  readonly [property: string]: typeof used | UsedValues | string | Shape
}

export const used = Symbol('used')

/** The values of a property that the local run supports. */
export class UsedValues {
  readonly pattern: RegExp
  /** The supported values, for an error message. */
  readonly names: string

  constructor(pattern: RegExp, names: string) {
    this.pattern = pattern
    this.names = names
  }
}

const nameOnly = 'a name or description, for people'
const noMetering = 'nothing is metered here'
const noActions = 'the state of an alarm can be read, and nothing follows from it'
const noPercentiles = 'percentiles are not computed here'
const noExpressions = 'expressions of metrics are not computed here'
const localDisk = 'the data is in the state folder'
const policy: Shape = { PolicyDocument: used }
const indexes: Shape = {
  IndexName: used,
  KeySchema: used,
  Projection: used,
  ContributorInsightsSpecification: noMetering,
  OnDemandThroughput: noMetering,
  ProvisionedThroughput: noMetering,
  ReadOnDemandThroughputSettings: noMetering,
  ReadProvisionedThroughputSettings: noMetering,
  WarmThroughput: noMetering,
  WriteOnDemandThroughputSettings: noMetering,
  WriteProvisionedThroughputSettings: noMetering,
}
const table: Shape = {
  TableName: used,
  KeySchema: used,
  AttributeDefinitions: used,
  StreamSpecification: { ResourcePolicy: policy, StreamEnabled: used, StreamViewType: used },
  GlobalSecondaryIndexes: indexes,
  LocalSecondaryIndexes: indexes,
  BillingMode: noMetering,
  SSESpecification: localDisk,
  TimeToLiveSpecification:
    'DynamoDB may keep an expired item for days, so readers must ignore expired items anyway',
  WarmThroughput: noMetering,
  Tags: nameOnly,
}

/** The properties that a single table and a replica have in common. */
const ofOneTable: Shape = {
  ContributorInsightsSpecification: noMetering,
  DeletionProtectionEnabled: localDisk,
  PointInTimeRecoverySpecification: localDisk,
  ResourcePolicy: policy,
  TableClass: noMetering,
  Tags: nameOnly,
}

/** The supported resource types. */
export const supportedProperties: Readonly<Record<string, Shape>> = {
  'AWS::DynamoDB::GlobalTable': {
    ...table,
    ReadOnDemandThroughputSettings: noMetering,
    ReadProvisionedThroughputSettings: noMetering,
    WriteOnDemandThroughputSettings: noMetering,
    WriteProvisionedThroughputSettings: noMetering,
    Replicas: {
      ...ofOneTable,
      Region: used,
      GlobalSecondaryIndexes: 'it repeats the indexes of the table, with their throughput',
      ReadOnDemandThroughputSettings: noMetering,
      ReadProvisionedThroughputSettings: noMetering,
      ReplicaStreamSpecification: { ResourcePolicy: policy },
      SSESpecification: localDisk,
    },
  },
  'AWS::DynamoDB::Table': {
    ...table,
    ...ofOneTable,
    OnDemandThroughput: noMetering,
    ProvisionedThroughput: noMetering,
  },
  'AWS::Lambda::Function': {
    Code: { S3Bucket: 'assets are in the cloud assembly', S3Key: used },
    Environment: { Variables: used },
    FunctionName: used,
    Handler: used,
    LoggingConfig: {
      ApplicationLogLevel: used,
      LogFormat: used,
      LogGroup: 'logs go to the terminal and to the logs folder',
      SystemLogLevel: 'Lambda itself logs only failures here',
    },
    MemorySize: used,
    PackageType: used,
    ReservedConcurrentExecutions: used,
    Role: used,
    Runtime: new UsedValues(/^nodejs/, 'a Node.js runtime'),
    Timeout: used,
    TracingConfig: { Mode: used },
    Architectures: 'the processor is that of this machine',
    CodeSigningConfigArn: 'the code was just synthesized',
    Description: nameOnly,
    EphemeralStorage: 'the temporary folder is that of this machine',
    KmsKeyArn: 'the environment is not encrypted here',
    RuntimeManagementConfig: 'the runtime is the Node.js of this machine',
    Tags: nameOnly,
  },
  'AWS::Lambda::EventSourceMapping': {
    BatchSize: used,
    BisectBatchOnFunctionError: used,
    DestinationConfig: { OnFailure: { Destination: used } },
    Enabled: used,
    EventSourceArn: used,
    FilterCriteria: { Filters: { Pattern: used } },
    FunctionName: used,
    FunctionResponseTypes: used,
    MaximumBatchingWindowInSeconds: used,
    MaximumRecordAgeInSeconds: used,
    MaximumRetryAttempts: used,
    ParallelizationFactor: used,
    StartingPosition: used,
    TumblingWindowInSeconds: used,
    ScalingConfig: 'one batch of a queue runs at a time here',
    MetricsConfig: noMetering,
    Tags: nameOnly,
  },
  'AWS::Lambda::EventInvokeConfig': {
    DestinationConfig: { OnFailure: { Destination: used } },
    FunctionName: used,
    MaximumEventAgeInSeconds: used,
    MaximumRetryAttempts: used,
    Qualifier: 'a version or alias is the same function here',
  },
  'AWS::Events::Rule': {
    ScheduleExpression: new UsedValues(/^rate\(/, 'rate(…)'),
    State: used,
    Targets: {
      Arn: used,
      Input: used,
      Id: nameOnly,
      RetryPolicy: 'a function of this machine can always be reached',
    },
    Description: nameOnly,
    Name: used,
    Tags: nameOnly,
  },
  'AWS::AppSync::GraphQLApi': {
    AdditionalAuthenticationProviders: { AuthenticationType: used },
    ApiType: used,
    AuthenticationType: used,
    IntrospectionConfig: used,
    Name: used,
    QueryDepthLimit: used,
    ResolverCountLimit: used,
    XrayEnabled: used,
    EnhancedMetricsConfig: noMetering,
    LogConfig: {
      FieldLogLevel: used,
      CloudWatchLogsRoleArn: 'the log is on this machine',
      ExcludeVerboseContent: 'the log has no headers and contents of requests',
    },
    OwnerContact: nameOnly,
    Tags: nameOnly,
    Visibility: 'the API listens only on this machine',
  },
  'AWS::AppSync::GraphQLSchema': { ApiId: used, Definition: used, DefinitionS3Location: used },
  'AWS::AppSync::ApiKey': { ApiId: used, Expires: used, Description: nameOnly },
  'AWS::AppSync::DataSource': {
    ApiId: used,
    LambdaConfig: { LambdaFunctionArn: used },
    Name: used,
    Type: used,
    Description: nameOnly,
    MetricsConfig: noMetering,
    ServiceRoleArn: used,
  },
  'AWS::AppSync::Resolver': {
    ApiId: used,
    Code: used,
    CodeS3Location: used,
    DataSourceName: used,
    FieldName: used,
    Kind: used,
    MaxBatchSize: used,
    Runtime: { Name: used, RuntimeVersion: used },
    TypeName: used,
    MetricsConfig: noMetering,
  },
  'AWS::IAM::Role': {
    ManagedPolicyArns: used,
    PermissionsBoundary: used,
    Policies: { PolicyName: used, PolicyDocument: used },
    RoleName: used,
    AssumeRolePolicyDocument: 'functions and data sources assume the roles that name them here',
    Description: nameOnly,
    MaxSessionDuration: 'credentials are created at each start and last until the stop',
    Path: nameOnly,
    Tags: used,
  },
  'AWS::IAM::Policy': {
    PolicyDocument: used,
    Roles: used,
    PolicyName: nameOnly,
  },
  'AWS::IAM::ManagedPolicy': {
    ManagedPolicyName: used,
    PolicyDocument: used,
    Roles: used,
    Description: nameOnly,
    Path: nameOnly,
  },
  'AWS::Lambda::Permission': {
    Action: used,
    FunctionName: used,
    Principal: used,
    SourceAccount: used,
    SourceArn: used,
    EventSourceToken: 'nothing calls functions with a token here',
    FunctionUrlAuthType: 'functions have no URL here',
    InvokedViaFunctionUrl: 'functions have no URL here',
    PrincipalOrgID: 'this machine belongs to no organization',
  },
  'AWS::CloudWatch::Alarm': {
    AlarmDescription: used,
    AlarmName: used,
    ComparisonOperator: used,
    DatapointsToAlarm: used,
    Dimensions: used,
    EvaluationPeriods: used,
    MetricName: used,
    Namespace: used,
    Period: used,
    Statistic: used,
    Threshold: used,
    TreatMissingData: used,
    ActionsEnabled: noActions,
    AlarmActions: noActions,
    EvaluateLowSampleCountPercentile: noPercentiles,
    EvaluationCriteria: noExpressions,
    EvaluationInterval: noExpressions,
    ExtendedStatistic: noPercentiles,
    InsufficientDataActions: noActions,
    Metrics: noExpressions,
    OKActions: noActions,
    Tags: nameOnly,
    ThresholdMetricId: noExpressions,
    Unit: 'functions count here',
  },
  'AWS::SQS::QueuePolicy': { PolicyDocument: used, Queues: used },
  'AWS::SQS::Queue': {
    QueueName: used,
    RedrivePolicy: { deadLetterTargetArn: used, maxReceiveCount: used },
    VisibilityTimeout: used,
    DelaySeconds: 'messages are delivered at once, or only appended to a file',
    KmsDataKeyReusePeriodSeconds: localDisk,
    KmsMasterKeyId: localDisk,
    MaximumMessageSize: localDisk,
    MessageRetentionPeriod: localDisk,
    ReceiveMessageWaitTimeSeconds: 'a function receives messages as soon as they arrive',
    SqsManagedSseEnabled: localDisk,
    Tags: nameOnly,
  },
}
