import { randomBytes } from 'node:crypto'

/** X-Ray's trace header: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export interface TraceHeader {
  readonly root: string
  /** The segment that the work is done for. */
  readonly parent?: string
  readonly sampled: boolean
}

/** Parses a trace header. A missing or malformed root is replaced by a new one. */
export function parseTraceHeader(header: string): TraceHeader {
  const fields = new Map(
    header.split(';').map((field): [string, string] => {
      const [name = '', value = ''] = field.split('=')
      return [name.trim(), value.trim()]
    }),
  )
  const [root, parent] = ['Root', 'Parent'].map((name) => fields.get(name)).map(validId)
  return {
    root: root ?? newTraceId(),
    ...(parent && { parent }),
    sampled: fields.get('Sampled') === '1',
  }
}

/** Drops an id that could not be sent on in a header. */
function validId(id: string | undefined): string | undefined {
  return id !== undefined && /^[\w-]+$/.test(id) ? id : undefined
}

export function formatTraceHeader({ root, parent, sampled }: TraceHeader): string {
  return `Root=${root};${parent ? `Parent=${parent};` : ''}Sampled=${sampled ? 1 : 0}`
}

/** Returns `1-`, the time in seconds, `-` and a random part, in hexadecimal digits. */
export function newTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16)
  return `1-${seconds}-${randomBytes(12).toString('hex')}`
}

export function newSegmentId(): string {
  return randomBytes(8).toString('hex')
}
