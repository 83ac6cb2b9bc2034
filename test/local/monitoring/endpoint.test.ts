import { signedRequest } from '../../../lib/appsync/index.ts'
import type { AlarmDefinition } from '../../../lib/local/monitoring/alarms.ts'
import {
  Metrics,
  type MonitoringEndpoint,
  startMonitoring,
} from '../../../lib/local/monitoring/index.ts'

const region = 'eu-central-1'
const credentials = { accessKeyId: 'ASIAX', secretAccessKey: 'secret', sessionToken: 'token' }
const metric = { namespace: 'Shop', name: 'Failures', dimensions: { function: 'Feed' } }
const alarm: AlarmDefinition = {
  ...{ name: 'Failed', description: 'Look', metric, statistic: 'Sum', period: 60_000 },
  ...{ evaluationPeriods: 1, datapointsToAlarm: 1, threshold: 1, missingData: 'notBreaching' },
  comparison: 'GreaterThanOrEqualToThreshold',
}
const metrics = new Metrics()
let endpoint: MonitoringEndpoint
let isAllowed = true

beforeAll(async () => {
  endpoint = await startMonitoring(metrics)
})
afterAll(() => endpoint.stop())

function serve(): void {
  const principal = { arn: 'arn:aws:iam::0:user/x', ...credentials, allows: () => isAllowed }
  endpoint.serve({
    region,
    alarms: [alarm],
    principal: (key) => (key === credentials.accessKeyId ? principal : undefined),
  })
}

async function call(operation: string, input: object, keys = credentials) {
  const signer = { url: `${endpoint.url}/`, region, service: 'monitoring', credentials: keys }
  const request = await signedRequest(signer, JSON.stringify(input), {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
  })
  const response = await fetch(request)
  return { status: response.status, output: JSON.parse(await response.text()) }
}

test('before a stack runs, the endpoint is unavailable', async () => {
  expect(await call('DescribeAlarms', {})).toMatchObject({ status: 503 })
})

test('an alarm and its metric show what the functions counted', async () => {
  serve()
  const names = { AlarmNames: ['Failed'] }
  expect((await call('DescribeAlarms', names)).output.MetricAlarms).toMatchObject([
    { AlarmName: 'Failed', StateValue: 'OK', Dimensions: [{ Name: 'function', Value: 'Feed' }] },
  ])
  expect((await call('DescribeAlarms', { StateValue: 'ALARM' })).output.MetricAlarms).toEqual([])

  const Timestamp = Date.now()
  const directive = {
    Namespace: 'Shop',
    Dimensions: [['function']],
    Metrics: [{ Name: 'Failures' }],
  }
  const _aws = { Timestamp, CloudWatchMetrics: [directive] }
  for (const Failures of [2, 3])
    metrics.record({ message: JSON.stringify({ _aws, function: 'Feed', Failures }) })

  expect((await call('DescribeAlarms', names)).output.MetricAlarms).toMatchObject([
    { StateValue: 'ALARM' },
  ])
  const minute = Math.floor(Timestamp / 60_000) * 60
  const input = {
    ...{ Namespace: 'Shop', MetricName: 'Failures', Period: 60, Statistics: ['Sum', 'Maximum'] },
    ...{
      StartTime: minute,
      EndTime: minute + 60,
      Dimensions: [{ Name: 'function', Value: 'Feed' }],
    },
  }
  expect((await call('GetMetricStatistics', input)).output.Datapoints).toEqual([
    { Timestamp: minute, Unit: 'Count', Sum: 5, Maximum: 3 },
  ])
  expect(
    (await call('GetMetricStatistics', { ...input, Dimensions: [] })).output.Datapoints,
  ).toEqual([])
})

test('wrong calls are refused with their reason', async () => {
  serve()
  expect(await call('PutMetricData', {})).toMatchObject({
    status: 400,
    output: { message: expect.stringContaining('Only DescribeAlarms and GetMetricStatistics') },
  })
  expect(await call('GetMetricStatistics', { StartTime: 'now' })).toMatchObject({
    status: 400,
    output: { message: 'StartTime must be in seconds since the epoch; got now' },
  })
  const forged = { ...credentials, secretAccessKey: 'other' }
  expect(await call('DescribeAlarms', {}, forged)).toMatchObject({
    status: 403,
    output: { __type: 'InvalidSignatureException' },
  })
  isAllowed = false
  expect(await call('DescribeAlarms', {})).toMatchObject({
    status: 403,
    output: { __type: 'AccessDeniedException' },
  })
})
