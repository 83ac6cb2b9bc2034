import { createHash } from 'node:crypto'

/** 132 bits, so that an accidental collision is practically impossible. */
const LENGTH = 22

/** Returns a short hash of a value's content. The order of its attributes does not matter. */
export function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('base64url').slice(0, LENGTH)
}

/** Returns JSON with sorted attributes, so that equal contents give equal texts. */
export function canonical(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
  return text ?? 'undefined'
}
