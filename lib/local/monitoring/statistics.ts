/** Returns a statistic of values; undefined without values. */
export function statistic(name: Statistic, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined
  return STATISTICS[name](values)
}

export type Statistic = keyof typeof STATISTICS

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

const STATISTICS = {
  Sum: sum,
  SampleCount: (values: readonly number[]) => values.length,
  Average: (values: readonly number[]) => sum(values) / values.length,
  Minimum: (values: readonly number[]) => Math.min(...values),
  Maximum: (values: readonly number[]) => Math.max(...values),
} as const

/** Returns the statistic with this name; undefined for others, such as percentiles. */
export function statisticNamed(name: unknown): Statistic | undefined {
  return STATISTIC_NAMES.find((known) => known === name)
}

const STATISTIC_NAMES = ['Sum', 'SampleCount', 'Average', 'Minimum', 'Maximum'] as const
