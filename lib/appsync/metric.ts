/** The namespace of all metrics, which the stack's alarms use. */
export const METRICS = 'EventSourcing'

/**
 * Counts an occurrence, or records a time in milliseconds. Writes a line in the embedded metric format, which CloudWatch turns into a
 * metric.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metric(
  name: string,
  value: number,
  dimensions: Readonly<Record<string, string>> = {},
  unit: 'Count' | 'Milliseconds' = 'Count',
): void {
  // Function names are unique to a stage, also with two stages in one account.
  const counter = { function: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'none' }
  const names = Object.keys(dimensions)
  const directive = {
    Namespace: METRICS,
    // Counts each dimension and the total, because alarms use the total of a function.
    Dimensions: [...(names.length > 0 ? [['function', ...names]] : []), ['function']],
    Metrics: [{ Name: name, Unit: unit }],
  }
  const aws = { Timestamp: Date.now(), CloudWatchMetrics: [directive] }
  // Writes to stdout, because Lambda would wrap a console entry in JSON and CloudWatch would find
  // no metric.
  process.stdout.write(
    `${JSON.stringify({ _aws: aws, ...counter, ...dimensions, [name]: value })}\n`,
  )
}
