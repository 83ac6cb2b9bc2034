import { isIP } from 'node:net'

const DATE = String.raw`(-?\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))`
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?`
const OFFSET = String.raw`(?:Z|[+-](?:0\d|1[0-8]):[0-5]\d(?::[0-5]\d)?)`
const AWS_DATE = new RegExp(`^${DATE}${OFFSET}?$`)
const AWS_TIME = new RegExp(`^${TIME}${OFFSET}?$`)
const AWS_DATE_TIME = new RegExp(`^${DATE}T${TIME}${OFFSET}$`)

/**
 * The strings that each of AppSync's scalars accepts.
 * https://docs.aws.amazon.com/appsync/latest/devguide/scalars.html
 */
export const STRING_SCALARS: Readonly<Record<string, (value: string) => boolean>> = {
  AWSDate: (value) => matchesDate(value, AWS_DATE),
  AWSTime: (value) => AWS_TIME.test(value),
  AWSDateTime: (value) => matchesDate(value, AWS_DATE_TIME),
  AWSEmail: (value) => /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(value),
  AWSPhone: (value) => /^\+?[\d][\d\s().-]{5,18}$/.test(value),
  AWSURL: (value) => URL.canParse(value) && /^[a-z][a-z\d+.-]*:\/\//i.test(value),
  AWSIPAddress: isAddress,
}

/** Checks the pattern and the calendar: the pattern ignores the lengths of months. */
function matchesDate(value: string, pattern: RegExp): boolean {
  const date = pattern.exec(value)?.[1]?.replace(/^-/, '')
  return date !== undefined && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)
}

function isAddress(value: string): boolean {
  const [address = '', length, ...rest] = value.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return (
    length === undefined ||
    (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128))
  )
}
