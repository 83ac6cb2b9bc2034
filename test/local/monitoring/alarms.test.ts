import { type AlarmDefinition, stateOf } from '../../../lib/local/monitoring/alarms.ts'
import { Metrics } from '../../../lib/local/monitoring/index.ts'

const NOW = Date.parse('2030-01-31T12:00:00Z')
const MINUTE = 60_000

const alarm: AlarmDefinition = {
  name: 'Tampering',
  description: '',
  metric: { namespace: 'EventSourcing', name: 'Tampering', dimensions: { function: 'Feed' } },
  statistic: 'Sum',
  period: 5 * MINUTE,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 2,
  comparison: 'GreaterThanOrEqualToThreshold',
  missingData: 'notBreaching',
}

/** Returns metrics with a value of 1 at each time. */
function metricsAt(...times: number[]): Metrics {
  const metrics = new Metrics()
  for (const Timestamp of times) {
    const directive = {
      Namespace: 'EventSourcing',
      Dimensions: [['function', 'table'], ['function']],
      Metrics: [{ Name: 'Tampering', Unit: 'Count' }],
    }
    const _aws = { Timestamp, CloudWatchMetrics: [directive] }
    metrics.record({
      message: JSON.stringify({ _aws, function: 'Feed', table: 'T', Tampering: 1 }),
    })
  }
  return metrics
}

test('an alarm counts the values of its period', () => {
  expect(stateOf(alarm, metricsAt(NOW - MINUTE, NOW), NOW)).toBe('ALARM')
  expect(stateOf(alarm, metricsAt(NOW - 5 * MINUTE, NOW), NOW)).toBe('OK')
  expect(stateOf(alarm, metricsAt(), NOW)).toBe('OK')
})

test('an alarm on other dimensions has no data', () => {
  const dimensions = { function: 'Other' }
  const other = { ...alarm, metric: { ...alarm.metric, dimensions }, missingData: 'missing' }
  expect(stateOf(other, metricsAt(NOW, NOW), NOW)).toBe('INSUFFICIENT_DATA')
  expect(stateOf({ ...other, missingData: 'breaching' }, metricsAt(), NOW)).toBe('ALARM')
})

test('an alarm over several periods needs as many breaching ones as it says', () => {
  const several = { ...alarm, threshold: 1, evaluationPeriods: 3, datapointsToAlarm: 2 }
  expect(stateOf(several, metricsAt(NOW, NOW - 11 * MINUTE), NOW)).toBe('ALARM')
  expect(stateOf(several, metricsAt(NOW, NOW - 16 * MINUTE), NOW)).toBe('OK')
})

test('log entries that are no metrics are ignored', () => {
  const metrics = new Metrics()
  for (const message of ['text', '{"_aws": 1}', '{"_aws', { _aws: {} }, undefined])
    metrics.record({ message })
  expect(metrics.values(alarm.metric, 0, NOW)).toEqual([])
})
