import { join } from 'node:path'
import { Duration, Expiration } from 'aws-cdk-lib'
import type { ApiKeyConfig } from 'aws-cdk-lib/aws-appsync'
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Construct, type Node } from 'constructs'
import type { Alarms } from '../alarms.ts'
import { EventFunction } from '../functions/event-function.ts'
import { APPSYNC } from '../functions/field-functions.ts'

/** The context that replaces the key: `-c apiKey=2`. */
const CONTEXT = 'apiKey'
const CHECK = Duration.days(1)

/**
 * Returns the settings of the API key. Another number in the context makes a fresh key in place of
 * the old one: AppSync deletes a key 60 days after its expiry, and then cannot renew it.
 * @param now default: the current time
 * @throws Error for a context that is not a positive whole number
 */
export function apiKeyConfig(node: Node, now = new Date()): ApiKeyConfig & { expires: Expiration } {
  const value: unknown = node.tryGetContext(CONTEXT) ?? 1
  if (!/^[1-9]\d{0,5}$/.test(`${value}`)) {
    throw new Error(
      `${CONTEXT} must be a number from 1 to 999999; got ${value}: use -c ${CONTEXT}=2 to replace the first key`,
    )
  }
  return {
    // The name is a part of the logical id.
    ...(Number(value) > 1 && { name: `Number${value}` }),
    expires: Expiration.atDate(keyExpiry(now)),
  }
}

/**
 * Returns the expiry of the API key: the first day of a month, eleven months ahead. AppSync's keys
 * expire after at most 365 days. The date changes every month, so that the first deployment of a
 * month renews the key.
 */
export function keyExpiry(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 11, 1))
}

export interface KeyWatchProps {
  readonly expires: Expiration
  readonly alarms: Alarms
}

/** Checks once a day whether the API key expires within a month, and raises an alarm. */
export class KeyWatch extends Construct {
  constructor(scope: Construct, id: string, { expires, alarms }: KeyWatchProps) {
    super(scope, id)
    const check = new EventFunction(this, 'Function', {
      entry: join(APPSYNC, 'keys/key-watch-entry.ts'),
      parts: { imports: [], expression: '' },
      description: 'Counts an API key that expires soon',
      timeout: Duration.seconds(10),
    })
    const expiry = { expires: expires.date.toISOString() }
    new Rule(this, 'Daily', {
      schedule: Schedule.rate(CHECK),
      targets: [new LambdaFunction(check, { event: RuleTargetInput.fromObject(expiry) })],
    })
    alarms.addCount(
      check,
      'ExpiringKeys',
      'The API key expires within a month: deploy to renew it, see docs/deploy.md',
      CHECK,
    )
  }
}
