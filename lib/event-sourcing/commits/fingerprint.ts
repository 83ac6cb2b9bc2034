import { createHash } from 'node:crypto'

/** 132 bits: nobody meets another command's by chance. */
const LENGTH = 22

/** A short name for a value's content, whatever the order of its attributes. */
export function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('base64url').slice(0, LENGTH)
}

/** JSON with the attributes in order, so that equal contents are equal texts. */
export function canonical(value: unknown): string {
  const text: string | undefined = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
  return text ?? 'undefined'
}
