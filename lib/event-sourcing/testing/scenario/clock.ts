import { instantOf } from '../../state/moment.ts'

/** A clock that stands still until a test sets it. */
export class Clock {
  /** The time, in milliseconds since the epoch. */
  now: number

  /** @throws InvalidArgument */
  constructor(at: string | Date) {
    this.now = instantOf('at', at)
  }
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs work in which `Date` shows the time of a clock. Such works run one after the other, because
 * they share `Date`. Timers and deadlines use the real time.
 */
export function onClock<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  const run = last.then(async () => {
    const real = globalThis.Date
    globalThis.Date = showing(real, clock)
    try {
      return await work()
    } finally {
      globalThis.Date = real
    }
  })
  last = run.catch(() => {})
  return run
}

/** Returns `Date` with another time. Its instances are instances of the real one too. */
function showing(real: DateConstructor, clock: Clock): DateConstructor {
  return new Proxy(real, {
    apply: () => new real(clock.now).toString(),
    construct: (target, values, newTarget) =>
      Reflect.construct(target, values.length === 0 ? [clock.now] : values, newTarget),
    get: (target, name) => (name === 'now' ? () => clock.now : Reflect.get(target, name)),
  })
}
