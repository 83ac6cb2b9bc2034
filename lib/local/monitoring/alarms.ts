import { type Properties, type Template, TemplateError } from '../template/index.ts'
import type { Metric, Metrics } from './metrics.ts'
import { type Statistic, statistic, statisticNamed } from './statistics.ts'

/** An alarm of the template on one metric. */
export interface AlarmDefinition {
  readonly name: string
  readonly description: string
  readonly metric: Metric
  /** Undefined: the local run does not compute it, so the alarm never has data. */
  readonly statistic: Statistic | undefined
  /** Milliseconds. */
  readonly period: number
  readonly evaluationPeriods: number
  readonly datapointsToAlarm: number
  readonly threshold: number
  readonly comparison: string
  readonly missingData: string
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
}

/**
 * Returns the alarms of a template. Leaves out alarms on expressions of several metrics, and alarms
 * with references that the local run cannot resolve: nothing here depends on an alarm.
 */
export function alarmsOf(template: Template): AlarmDefinition[] {
  return template.resources('AWS::CloudWatch::Alarm').flatMap(({ name, properties }) => {
    try {
      const alarm = properties()
      return alarm.has('MetricName') ? [definitionOf(name, alarm)] : []
    } catch (error) {
      if (error instanceof TemplateError) return []
      throw error
    }
  })
}

function definitionOf(name: string, alarm: Properties): AlarmDefinition {
  const evaluationPeriods = alarm.number('EvaluationPeriods', 1)
  const dimensions = alarm
    .objects('Dimensions')
    .map((dimension) => [dimension.text('Name'), dimension.text('Value')] as const)
  return {
    name,
    description: alarm.optionalText('AlarmDescription') ?? '',
    metric: {
      namespace: alarm.text('Namespace'),
      name: alarm.text('MetricName'),
      dimensions: Object.fromEntries(dimensions),
    },
    statistic: statisticNamed(alarm.optionalText('Statistic')),
    period: alarm.number('Period', 60) * 1000,
    evaluationPeriods,
    datapointsToAlarm: alarm.number('DatapointsToAlarm', evaluationPeriods),
    threshold: alarm.number('Threshold', 0),
    comparison: alarm.text('ComparisonOperator'),
    missingData: alarm.optionalText('TreatMissingData') ?? 'missing',
  }
}

/**
 * Evaluates an alarm over the periods until now.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
 */
export function stateOf(alarm: AlarmDefinition, metrics: Metrics, now: number): AlarmState {
  const { period, evaluationPeriods, datapointsToAlarm, missingData } = alarm
  const isBreached = COMPARISONS[alarm.comparison]
  if (alarm.statistic === undefined || !isBreached) return 'INSUFFICIENT_DATA'
  let [breaching, known] = [0, 0]
  for (let index = 0; index < evaluationPeriods; index += 1) {
    const until = now - index * period
    const points = metrics.values(alarm.metric, until - period, until)
    const values = points.map(({ value }) => value)
    const value = statistic(alarm.statistic, values)
    if (value !== undefined || missingData === 'breaching' || missingData === 'notBreaching')
      known += 1
    const isHere =
      value === undefined ? missingData === 'breaching' : isBreached(value, alarm.threshold)
    if (isHere) breaching += 1
  }
  if (breaching >= datapointsToAlarm) return 'ALARM'
  return known === 0 ? 'INSUFFICIENT_DATA' : 'OK'
}
