import { setTimeout } from 'node:timers/promises'
import type { Api } from './api/api.ts'
import type { Deployment } from './api/deployment.ts'
import type { EventTable } from './api/event-table.ts'

/** A promise of the product, with the check that a client can make. */
export interface ProductPromise {
  /** The first cell of the table's line. */
  readonly name: string
  /** The promise in one sentence, for the documentation of a broken line. */
  readonly sentence: string
  /** The factor of the time for the check on a deployed stack. Default: 1. */
  readonly patience?: number
  /** @throws Broken, Skipped; any other error also means that the promise is broken */
  check(given: Given): Promise<void>
}

/** The API that a check uses, and the callers that exist. */
export interface Given {
  readonly deployment: Deployment
  /** The caller for commands and queries: an API key, or signed requests if there is none. */
  readonly api: Api
  /** @throws Skipped without an API key */
  keyed(): Api
  /** @throws Skipped without credentials */
  signed(): Api
  /** The table of products. @throws Skipped if the caller has not named it */
  table(): EventTable
  /** Aborted when the check is over, or out of time. */
  readonly signal: AbortSignal
  /** Notes what the check waits for, and what it has seen so far. */
  waits(about: string, seen: unknown): void
}

const PAUSE = 50

/**
 * Repeats a question until it has an answer. The check's deadline ends it.
 * @param ask returns the answer, or `{ seen }` while there is none
 */
export async function eventually<T>(
  { signal, waits }: Pick<Given, 'signal' | 'waits'>,
  about: string,
  ask: () => Promise<{ readonly answer: T } | { readonly seen: unknown }>,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted()
    const outcome = await ask()
    if ('answer' in outcome) return outcome.answer
    waits(about, outcome.seen)
    await pause(PAUSE, signal)
  }
}

/** Waits. Rejects when the signal is aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return setTimeout(milliseconds, undefined, { signal })
}
