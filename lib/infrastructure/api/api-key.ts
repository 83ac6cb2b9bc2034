import { join } from 'node:path'
import { Duration, Expiration } from 'aws-cdk-lib'
import type { ApiKeyConfig } from 'aws-cdk-lib/aws-appsync'
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { Construct } from 'constructs'
import type { Alarms } from '../alarms.ts'
import { EventFunction } from '../functions/event-function.ts'
import { APPSYNC } from '../functions/field-functions.ts'

const CHECK = Duration.days(1)

/**
 * Returns the settings of the API key. Another number makes a fresh key in place of the old one:
 * AppSync deletes a key 60 days after its expiry, and then cannot renew it.
 * @param now default: the current time
 */
export function apiKeyConfig(
  number: number,
  now = new Date(),
): ApiKeyConfig & { expires: Expiration } {
  return {
    // The name is a part of the logical id.
    ...(number > 1 && { name: `Number${number}` }),
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
