import type { Hop } from './hops.ts'
import type { HopError } from './recording.ts'

const BAR_WIDTH = 24

/** Returns the hops as lines: start, duration, a bar, and the label, with errors in place. */
export function waterfall(hops: readonly Hop[]): string[] {
  const begin = Math.min(...hops.map(({ start }) => start))
  const total = Math.max(...hops.map(endOf)) - begin
  const lines = (hop: Hop, depth: number): string[] => {
    const { start, end, label } = hop
    const time = end === undefined ? '' : `${Math.round(end - start)} ms`
    const columns = [
      `${Math.round(start - begin)} ms`.padStart(9),
      time.padStart(9),
      bar(start - begin, end === undefined ? 0 : end - start, total),
      `${'  '.repeat(depth)}${label}${errorText(hop)}`,
    ]
    return [columns.join('  '), ...hop.hops.flatMap((next) => lines(next, depth + 1))]
  }
  return ['    start       time', ...hops.flatMap((hop) => lines(hop, 0))]
}

/** Returns the error of a hop as text. Names it only where it happened, and not on the way back. */
function errorText({ error, hops }: Hop): string {
  if (error === undefined) return ''
  if (hops.some((hop) => hasError(hop, error))) return '  ✗'
  const text = [error.name, error.message].filter((part) => part !== undefined).join(': ')
  return `  ✗ ${text}`.trimEnd()
}

function hasError({ error, hops }: Hop, wanted: HopError): boolean {
  const isSame = error !== undefined && error.name === wanted.name
  return isSame || hops.some((hop) => hasError(hop, wanted))
}

function endOf({ start, end = start, hops }: Hop): number {
  return Math.max(end, ...hops.map(endOf))
}

function bar(offset: number, time: number, total: number): string {
  const column = (at: number) => Math.round((at / Math.max(total, 1)) * BAR_WIDTH)
  const from = Math.min(column(offset), BAR_WIDTH - 1)
  const length = Math.max(1, column(offset + time) - from)
  return `${' '.repeat(from)}${(time > 0 ? '█' : '·').repeat(length)}`.padEnd(BAR_WIDTH)
}
