/** Returns the smallest value that at least this share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Returns the milliseconds that a piece of work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** The time of a piece of work, in milliseconds. */
export interface Taken {
  readonly time: number
  /** Processor time of this process, user and system: the emulator runs in another process. */
  readonly processor: number
}

/** Measures a piece of work that runs alone in this process. */
export async function taken(work: () => Promise<unknown>): Promise<Taken> {
  const before = process.cpuUsage()
  const time = await timed(work)
  const { user, system } = process.cpuUsage(before)
  return { time, processor: (user + system) / 1000 }
}

/** Returns the medians of several measurements. */
export function medians(all: readonly Taken[]): Taken {
  return {
    time: median(all.map(({ time }) => time)),
    processor: median(all.map(({ processor }) => processor)),
  }
}

/** Formats a number with about three digits: 1,234 or 12.3 or 0.5. */
export function figure(value: number): string {
  const digits = Math.abs(value) < 100 && !Number.isInteger(value) ? 1 : 0
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

export function ms(value: number): string {
  return `${figure(value)} ms`
}

export function ratio(value: number, base: number): string {
  const times = value / base
  return `${times < 10 ? times.toFixed(2) : figure(Math.round(times))} ×`
}
