import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import { Preflight } from 'cdk-preflight'
import { TestStack } from '../app/stack.ts'
import { unbundledApp } from '../support/synth.ts'

/** Synthesizes with the rules of cdk-preflight and those of the CDK, of which none may be broken. */
function synthesize(context: Record<string, unknown>) {
  const app = unbundledApp({ ...context, '@aws-cdk/core:validateAgainstDefaultRules': true })
  Preflight.apply(app, { strict: true })
  const stack = new TestStack(app, `EventSourcing-${context.stage}`)
  return { app, stack }
}

test.each([
  { stage: 'dev', nestedStacks: true, users: 'on', publishes: true },
  { stage: 'prod', rateLimit: '1000', apiKey: '2', users: 'on' },
  { stage: 'prod', users: 'https://login.example.com', clientIds: 'web' },
])(
  'a template that would fail on deploy is found offline: %j passes',
  (context) => {
    expect(() => synthesize(context).app.synth()).not.toThrow()
  },
  60_000,
)

test('a setting that only AWS would reject is found', () => {
  const { app, stack } = synthesize({ stage: 'dev' })
  const alarms = stack.node.findAll().filter((construct) => construct instanceof CfnAlarm)
  for (const alarm of alarms) alarm.evaluationPeriods = 400
  expect(() => app.synth()).toThrow('cdk-preflight')
}, 60_000)
