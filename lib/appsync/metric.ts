/** The namespace of all metrics; the stack's alarms look there. */
export const METRICS = 'EventSourcing'

/**
 * Counts something: one line in the embedded metric format, of which CloudWatch makes a metric.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metric(
  name: string,
  value: number,
  dimensions: Readonly<Record<string, string>>,
): void {
  // Two stages in one account have functions of different names.
  const counter = { function: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'none' }
  const directive = {
    Namespace: METRICS,
    // With each dimension, and over all of them: alarms look at the sum of a function.
    Dimensions: [['function', ...Object.keys(dimensions)], ['function']],
    Metrics: [{ Name: name, Unit: 'Count' }],
  }
  const aws = { Timestamp: Date.now(), CloudWatchMetrics: [directive] }
  // Not by console: Lambda would wrap the line in one of its own, and CloudWatch see no metric.
  process.stdout.write(
    `${JSON.stringify({ _aws: aws, ...counter, ...dimensions, [name]: value })}\n`,
  )
}
