import { RequestError } from '../appsync/http/request-error.ts'
import { isObject, type UnknownObject } from '../json.ts'
import { type AlarmDefinition, stateOf } from './alarms.ts'
import type { Metrics } from './metrics.ts'
import { statistic, statisticNamed } from './statistics.ts'

/** The data behind CloudWatch's operations. */
export interface Monitored {
  readonly metrics: Metrics
  readonly alarms: readonly AlarmDefinition[]
}

type Operation = (input: UnknownObject, monitored: Monitored, now: number) => object

/** The operations of CloudWatch that the local run answers, with their inputs and outputs. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeAlarms(input, { alarms, metrics }, now) {
    const { AlarmNames: names, AlarmNamePrefix: prefix, StateValue: state } = input
    const described = alarms
      .filter(({ name }) => !Array.isArray(names) || names.includes(name))
      .filter(({ name }) => typeof prefix !== 'string' || name.startsWith(prefix))
      .map((alarm) => descriptionOf(alarm, metrics, now))
      .filter(({ StateValue }) => state === undefined || StateValue === state)
    return { MetricAlarms: described, CompositeAlarms: [] }
  },

  GetMetricStatistics(input, { metrics }) {
    const [start, end] = [epochSeconds(input, 'StartTime'), epochSeconds(input, 'EndTime')]
    const period = Number(input.Period)
    if (!(period > 0)) throw invalid(`Period must be a number of seconds; got ${input.Period}`)
    const wanted = (Array.isArray(input.Statistics) ? input.Statistics : []).map((name) => {
      const known = statisticNamed(name)
      if (known === undefined) throw invalid(`The statistic ${name} is not supported locally`)
      return known
    })
    const metric = {
      namespace: `${input.Namespace}`,
      name: `${input.MetricName}`,
      dimensions: dimensionsIn(input),
    }
    const buckets = new Map<number, number[]>()
    for (const { time, value } of metrics.values(metric, start * 1000 - 1, end * 1000)) {
      const bucket = Math.floor(time / 1000 / period) * period
      buckets.set(bucket, [...(buckets.get(bucket) ?? []), value])
    }
    const Datapoints = [...buckets].map(([Timestamp, values]) => ({
      Timestamp,
      Unit: 'Count',
      ...Object.fromEntries(wanted.map((name) => [name, statistic(name, values)])),
    }))
    return { Label: metric.name, Datapoints }
  },
}

function descriptionOf(alarm: AlarmDefinition, metrics: Metrics, now: number) {
  const { name, description, metric } = alarm
  return {
    AlarmName: name,
    AlarmDescription: description,
    StateValue: stateOf(alarm, metrics, now),
    Namespace: metric.namespace,
    MetricName: metric.name,
    Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: alarm.statistic,
    Period: alarm.period / 1000,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.comparison,
    TreatMissingData: alarm.missingData,
  }
}

function dimensionsIn({ Dimensions: dimensions }: UnknownObject): Record<string, string> {
  const list: unknown[] = Array.isArray(dimensions) ? dimensions : []
  return Object.fromEntries(
    list.map((item) => (isObject(item) ? [`${item.Name}`, `${item.Value}`] : ['', ''])),
  )
}

/** Reads a time of the JSON protocol: seconds since the epoch. */
function epochSeconds(input: UnknownObject, name: string): number {
  const value = input[name]
  if (typeof value === 'number') return value
  throw invalid(`${name} must be in seconds since the epoch; got ${value}`)
}

function invalid(message: string): RequestError {
  return new RequestError(400, 'InvalidParameterValueException', message)
}
