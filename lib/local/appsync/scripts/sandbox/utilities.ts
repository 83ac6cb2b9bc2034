import type { ScriptHost } from '../script-outcome.ts'
import { closed } from './closed.ts'

/** A copy for the utilities: scripts have no RegExp. */
const Pattern = RegExp

/**
 * Returns the functions of `util` that are independent of the request.
 * https://docs.aws.amazon.com/appsync/latest/devguide/utility-helpers-in-util-js.html
 */
export function utilities(host: ScriptHost) {
  return {
    autoId: () => uuid(host.randomHex(16)),
    autoUlid: () => ulid(Date.now(), host.randomHex(10)),
    autoKsuid: () => ksuid(Date.now(), host.randomHex(16)),
    urlEncode: (value: string) => encodeURIComponent(value).replaceAll('%20', '+'),
    urlDecode: (value: string) => decodeURIComponent(value.replaceAll('+', '%20')),
    base64Encode: (value: string) => host.base64Encode(value),
    base64Decode: (value: string) => host.base64Decode(value),
    matches: (pattern: string, value: string) => {
      const whole = new Pattern(`^(?:${pattern})$`)
      return host.limited(() => whole.test(value))
    },
    time: closed('util.time', {
      nowISO8601: () => new Date().toISOString(),
      nowEpochSeconds: () => Math.floor(Date.now() / 1000),
      nowEpochMilliSeconds: () => Date.now(),
      parseISO8601ToEpochMilliSeconds: (time: string) => Date.parse(time),
      epochMilliSecondsToSeconds: (milliseconds: number) => Math.floor(milliseconds / 1000),
      epochMilliSecondsToISO8601: (milliseconds: number) => new Date(milliseconds).toISOString(),
    }),
    math: closed('util.math', {
      roundNum: (value: number) => Math.round(value),
      minVal: (one: number, other: number) => Math.min(one, other),
      maxVal: (one: number, other: number) => Math.max(one, other),
      randomDouble: () => Math.random(),
      randomWithinRange: (from: number, to: number) =>
        from + Math.floor(Math.random() * (to - from)),
    }),
    str: closed('util.str', {
      normalize: (value: string, form: string) => value.normalize(form.toUpperCase()),
    }),
  }
}

/** Returns a UUID of version 4. */
function uuid(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  const digits = `${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** Returns 48 bits of milliseconds and 80 random bits, in Crockford's base 32. */
function ulid(milliseconds: number, random: string): string {
  const value = (BigInt(milliseconds) << 80n) | BigInt(`0x${random}`)
  return inAlphabet(value, '0123456789ABCDEFGHJKMNPQRSTVWXYZ', 26)
}

/** Returns 32 bits of seconds since 2014-05-13 and 128 random bits, in base 62. */
function ksuid(milliseconds: number, random: string): string {
  const value =
    (BigInt(Math.floor(milliseconds / 1000) - 1_400_000_000) << 128n) | BigInt(`0x${random}`)
  return inAlphabet(value, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 27)
}

function inAlphabet(value: bigint, alphabet: string, length: number): string {
  const base = BigInt(alphabet.length)
  let [rest, text] = [value, '']
  while (text.length < length) {
    text = alphabet.charAt(Number(rest % base)) + text
    rest /= base
  }
  return text
}
