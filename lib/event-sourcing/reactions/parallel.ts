import { setTimeout as delay } from 'node:timers/promises'

/** A task that runs longer makes room for the next one. In milliseconds. */
const MAKES_ROOM_AFTER = 25
/** The maximum number of running tasks, which bounds the memory. */
const MOST_RUNNING = 500

/**
 * Runs tasks in parallel, until there is no next one. Resolves when all tasks have ended. A slow
 * task does not count towards `atOnce`, so tasks that hang do not hold up the others.
 * @param atOnce the maximum number of tasks that have just started
 * @param next returns the next task; undefined: there is none
 */
export async function inParallel(
  atOnce: number,
  next: () => Promise<(() => Promise<void>) | undefined>,
): Promise<void> {
  const running = new Set<Promise<void>>()
  const takeTurns = async (): Promise<void> => {
    for (let task = await next(); task; task = await next()) {
      const ended = task().finally(() => running.delete(ended))
      running.add(ended)
      if (running.size < MOST_RUNNING) await endOrTime(ended)
      else await Promise.race(running)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, takeTurns))
  await Promise.all(running)
}

async function endOrTime(ended: Promise<void>): Promise<void> {
  const timer = new AbortController()
  const time = delay(MAKES_ROOM_AFTER, undefined, { signal: timer.signal }).catch(() => {})
  await Promise.race([ended, time])
  timer.abort()
}
