import { setTimeout as delay } from 'node:timers/promises'

/** Waits for the time, or until the signal is aborted. Never rejects. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {})
}
