import { log } from '../log.ts'
import { metric } from '../metric.ts'

/** The time before the expiry in which each check counts the key, in milliseconds: 31 days. */
const SOON = 31 * 24 * 60 * 60 * 1000

/** The input of the check, from the stack's schedule. */
export interface KeyExpiry {
  /** ISO 8601. */
  readonly expires: string
}

/**
 * Returns the handler that checks the expiry of the API key. Counts and logs a key that expires
 * within a month. AppSync itself has no metric for this.
 * @param now returns the current time in milliseconds; default: the clock
 */
export function keyWatch(now: () => number = Date.now) {
  return async ({ expires }: KeyExpiry): Promise<void> => {
    if (Date.parse(expires) - now() > SOON) return
    metric('ExpiringKeys', 1)
    log('warn', 'API key', { message: 'The API key expires soon: deploy to renew it', expires })
  }
}
