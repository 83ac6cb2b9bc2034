/**
 * Values that nobody can measure without an AWS account. Times are in milliseconds. Each is a round
 * number of the right size, not a promise of AWS: docs/scale.md lists them.
 */
export const ASSUMED = {
  /**
   * The processors of a function with 1,024 MB. Lambda gives one processor at 1,769 MB:
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   */
  processors: 1024 / 1769,
  /**
   * A request to DynamoDB. AWS promises single-digit milliseconds:
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html
   */
  dynamodb: 5,
  /** AppSync's work for one request, and the way to the function. */
  appsync: 15,
  /** The start of an environment: the runtime, and the import of the bundle. */
  coldStart: 400,
  /** The feed's request with one event, and what Lambda adds to an invocation. */
  publish: 25,
  /** Each further event of the feed's request: AppSync runs mutations one after another. */
  publishNext: 2,
  /**
   * The bytes of AppSync's log entries for a request: two summaries, because the stack excludes
   * headers, queries and values. Their fields are those of
   * https://docs.aws.amazon.com/appsync/latest/devguide/monitoring.html
   */
  requestLog: 600,
  /**
   * The bytes that CloudWatch adds to each log entry:
   * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
   */
  logEntry: 26,
  /**
   * The bytes that DynamoDB adds to the size of an item for storage:
   * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
   */
  storedItem: 100,
  /**
   * Lambda reads an empty queue with five connections, each of which waits up to 20 seconds:
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
   */
  queuePolls: 5 / 20,
} as const

/** The hours and seconds of a month, as AWS counts them in examples. */
export const HOURS_OF_MONTH = 730
export const SECONDS_OF_MONTH = HOURS_OF_MONTH * 3600
