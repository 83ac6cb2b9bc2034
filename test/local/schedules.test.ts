import type { Json } from '../../lib/local/json.ts'
import type { Functions, LocalFunction } from '../../lib/local/lambda/index.ts'
import { runSchedules, schedulesOf } from '../../lib/local/schedules.ts'
import { Template } from '../../lib/local/template/index.ts'
import { until } from './support/until.ts'

const environment = {
  region: 'us-east-1',
  accountId: '000000000000',
  stackName: 'Schedules',
  graphqlUrl: '',
  realtimeUrl: '',
  apiKey: () => undefined,
  streamLabel: () => undefined,
}

let stops: (() => void)[] = []

afterEach(() => {
  for (const stop of stops) stop()
  stops = []
})

/** Returns the schedules of one rule, and the inputs of its target's invocations. */
function schedulesWith(properties: Record<string, Json>, work = async () => {}) {
  const invocations: unknown[] = []
  const target: LocalFunction = {
    logicalId: 'Function',
    arn: 'target',
    async invoke(payload) {
      invocations.push(payload)
      await work()
      return { status: 'ok', payload: null }
    },
  }
  const functions: Pick<Functions, 'find'> = {
    find: (name) => (name === 'target' ? target : undefined),
  }
  const Rule = {
    Type: 'AWS::Events::Rule',
    Properties: {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [{ Id: 'a', Arn: 'target', Input: '{"work":"a"}' }],
      ...properties,
    },
  }
  const template = new Template({ Resources: { Rule } }, environment)
  return { schedules: schedulesOf(template, functions), invocations }
}

test.each([
  ['rate(1 minute)', 1],
  ['rate(5 minutes)', 5],
  ['rate(6 hours)', 360],
  ['rate(1 day)', 1440],
])('%s has its period in minutes', (ScheduleExpression, period) => {
  expect(schedulesWith({ ScheduleExpression }).schedules).toMatchObject([{ period }])
})

test('a period longer than the longest timer does not fire at once', async () => {
  const { schedules, invocations } = schedulesWith({ ScheduleExpression: 'rate(25 days)' })
  stops.push(runSchedules(schedules, 60_000))
  const { schedules: others, invocations: ticks } = schedulesWith({})
  stops.push(runSchedules(others, 5))
  await until('ticks.length >= 3', () => ticks.length >= 3)
  expect(invocations).toEqual([])
})

test('a rate of zero is rejected', () => {
  expect(() => schedulesWith({ ScheduleExpression: 'rate(0 minutes)' })).toThrow('rate(0 minutes)')
})

test('a target is invoked repeatedly with its input', async () => {
  const { schedules, invocations } = schedulesWith({})
  stops.push(runSchedules(schedules, 10))
  await until('invocations.length >= 3', () => invocations.length >= 3)
  expect(invocations.slice(0, 3)).toEqual([{ work: 'a' }, { work: 'a' }, { work: 'a' }])
})

test('a target without an input gets the event of EventBridge', async () => {
  const { schedules, invocations } = schedulesWith({ Targets: [{ Id: 'a', Arn: 'target' }] })
  stops.push(runSchedules(schedules, 10))
  await until('invocations.length >= 1', () => invocations.length >= 1)
  expect(invocations[0]).toMatchObject({ source: 'aws.events', 'detail-type': 'Scheduled Event' })
})

test('a schedule skips a target that is still running', async () => {
  let end = () => {}
  const work = () =>
    new Promise<void>((resolve) => {
      end = resolve
    })
  const { schedules, invocations } = schedulesWith({}, work)
  const { schedules: others, invocations: ticks } = schedulesWith({})
  stops.push(runSchedules(schedules, 10), runSchedules(others, 10))
  await until('ticks.length >= 5', () => ticks.length >= 5)
  expect(invocations).toHaveLength(1)
  end()
  await until('invocations.length === 2', () => invocations.length === 2)
})

test('a disabled rule does not run', () => {
  expect(schedulesWith({ State: 'DISABLED' }).schedules).toEqual([])
})

test.each([
  [{ ScheduleExpression: 'cron(0 12 * * ? *)' }, /is not supported locally: use rate\(/],
  [{ Targets: [{ Id: 'a', Arn: 'elsewhere' }] }, /use a function of the template/],
  [{ EventPattern: { source: ['a'] } }, /EventPattern/],
])('unsupported properties are rejected: %p', (properties, problem) => {
  expect(() => schedulesWith(properties)).toThrow(problem)
})
