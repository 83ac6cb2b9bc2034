/**
 * The part of DER, the encoding of certificates, that a certificate needs.
 * https://datatracker.ietf.org/doc/html/rfc5280#section-4.1
 */

const value =
  (tag: number) =>
  (...contents: Buffer[]): Buffer => {
    const content = Buffer.concat(contents)
    return Buffer.concat([Buffer.from([tag]), lengthOf(content), content])
  }

export const sequence = value(0x30)
export const set = value(0x31)
/** An octet string. */
export const bytes = value(0x04)
export const truth = value(0x01)(Buffer.from([0xff]))

/** @param content an integer of at least 0, most significant byte first */
export const integer = value(0x02)

export function utf8(text: string): Buffer {
  return value(0x0c)(Buffer.from(text))
}

/** @param unused the number of unused bits at the end */
export function bits(content: Buffer, unused = 0): Buffer {
  return value(0x03)(Buffer.from([unused]), content)
}

/** Encodes a time with a precision of seconds, for years before 2050. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return value(0x17)(Buffer.from(digits.slice(2)))
}

export function explicit(number: number, content: Buffer): Buffer {
  return value(0xa0 + number)(content)
}

export function implicit(number: number, content: Buffer): Buffer {
  return value(0x80 + number)(content)
}

/** @param text `2.5.4.3` */
export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return value(0x06)(Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(number: number): number[] {
  const digits = [number & 0x7f]
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const digits: number[] = []
  for (let left = length; left > 0; left >>>= 8) digits.unshift(left & 0xff)
  return Buffer.from([0x80 | digits.length, ...digits])
}
