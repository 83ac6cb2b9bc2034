import { isAscii } from 'node:buffer'
import type { StoredEvent } from '../../../event.ts'
import { storedEvent } from '../../stored-event.ts'
import { exactNumber } from '../items.ts'
import { Attribute, Layout, TYPES } from './page-layout.ts'

/** The response to a query or a scan. */
export class DecodedPage {
  readonly events: readonly StoredEvent[]
  /** The response with an empty list of items. */
  readonly rest: object

  constructor(events: readonly StoredEvent[], rest: object) {
    this.events = events
    this.rest = rest
  }
}

const ITEMS = '"Items":['
/**
 * The size of about 100 events, in bytes. In a process that has just started, decoding less takes
 * longer than parsing it, because V8 has not compiled the decoder yet.
 */
const SMALLEST = 40_000

/**
 * Decodes a long response from its bytes to events, in one pass. Takes less time than `JSON.parse`
 * alone, which builds an object for each value: `{"S":"text"}`.
 *
 * Returns undefined for a short response, and for an unusual one: whitespace between tokens, types
 * that events do not use, an error. It must then be parsed as JSON.
 * @throws CorruptHistory if an item is not an event
 */
export function decodedPage(body: Buffer): DecodedPage | undefined {
  const found = body.length < SMALLEST ? -1 : body.indexOf(ITEMS)
  if (found < 0) return undefined
  const start = found + ITEMS.length
  const decoder = new Decoder(body, start)
  try {
    const events = decoder.items().map(storedEvent)
    const json = body.toString('utf8', 0, start) + body.toString('utf8', decoder.position - 1)
    const rest: { readonly Items?: unknown } = JSON.parse(json)
    // Otherwise the decoded list was another one.
    const isEmpty = Array.isArray(rest.Items) && rest.Items.length === 0
    return isEmpty ? new DecodedPage(events, rest) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const [QUOTE, COLON, COMMA, ZERO, NINE] = [0x22, 0x3a, 0x2c, 0x30, 0x39]
const [LIST_END, MAP, MAP_END] = [0x5d, 0x7b, 0x7d]
/** The number of digits that an integer can have without losing precision. */
const MOST_DIGITS = 15

/**
 * Reads items in DynamoDB's JSON. The events of a page look alike, so it builds names and repeated
 * texts only once. Every method reads from `position` on, and throws SyntaxError for another form.
 */
class Decoder {
  /** The position of the next character in the JSON, and of its byte in the body. */
  position: number
  readonly #body: Buffer
  /** The body with one character for each byte. */
  readonly #json: string
  readonly #encoding: 'latin1' | 'utf8'
  readonly #hasEscapes: boolean

  constructor(body: Buffer, position: number) {
    this.position = position
    this.#body = body
    this.#json = body.toString('latin1')
    this.#encoding = isAscii(body) ? 'latin1' : 'utf8'
    this.#hasEscapes = this.#json.includes('\\')
  }

  /** Reads the rest of a list of items, after its opening bracket. */
  items(): Record<string, unknown>[] {
    const layout = new Layout()
    return this.#list(() => this.#map(layout))
  }

  #list<T>(part: () => T): T[] {
    const parts: T[] = []
    if (this.#is(LIST_END)) return parts
    do parts.push(part())
    while (this.#hasNext(LIST_END))
    return parts
  }

  #map(layout: Layout): Record<string, unknown> {
    this.#skip(MAP)
    if (this.#is(MAP_END)) return {}
    do {
      const attribute = this.#attribute(layout)
      attribute.value = this.#value(attribute)
    } while (this.#hasNext(MAP_END))
    return layout.take()
  }

  #attribute(layout: Layout): Attribute {
    const known = layout.find(this.#json, this.position)
    if (known) {
      this.position += known.json.length
      return known
    }
    const start = this.position
    const name = this.#text()
    this.#skip(COLON)
    // An assignment to this name would replace the prototype.
    if (name === '__proto__') throw new SyntaxError('An unusual name')
    return this.#added(layout, name, start)
  }

  #element(layout: Layout): Attribute {
    const known = layout.find(this.#json, this.position)
    if (!known) return this.#added(layout, '', this.position)
    this.position += known.json.length
    return known
  }

  /** Reads the type of an attribute, and adds the attribute to its layout. */
  #added(layout: Layout, name: string, start: number): Attribute {
    const found = TYPES.find(([, json]) => this.#json.startsWith(json, this.position))
    if (!found) throw new SyntaxError('An unusual type')
    const [type, json] = found
    this.position += json.length
    const attribute = new Attribute(name, type, this.#json.slice(start, this.position))
    layout.add(attribute)
    return attribute
  }

  #value(attribute: Attribute): unknown {
    const { type, inner } = attribute
    switch (type) {
      case 'text':
        return this.#closed(this.#repeatableText(attribute))
      case 'number':
        return this.#closed(this.#number())
      case 'map':
        return this.#closed(this.#map(inner))
      case 'list':
        return this.#closed(this.#list(() => this.#value(this.#element(inner))))
      case 'true':
        return true
      case 'false':
        return false
      case 'null':
        return null
    }
  }

  #closed<T>(value: T): T {
    this.#skip(MAP_END)
    return value
  }

  #repeatableText(attribute: Attribute): string {
    const start = this.position
    const { text, repeated } = attribute
    if (text !== undefined && repeated && this.#json.startsWith(repeated, start)) {
      this.position += repeated.length
      return text
    }
    const other = this.#text()
    attribute.text = other
    attribute.repeated = other === text ? this.#json.slice(start, this.position) : undefined
    return other
  }

  #number(): number {
    const json = this.#json
    const start = this.position
    let value = 0
    let at = start + 1
    for (let code = json.charCodeAt(at); code >= ZERO && code <= NINE; code = json.charCodeAt(at)) {
      value = value * 10 + code - ZERO
      at += 1
    }
    const digits = at - start - 1
    if (json.charCodeAt(at) === QUOTE && digits > 0 && digits <= MOST_DIGITS) {
      this.#skip(QUOTE)
      this.position = at + 1
      return value
    }
    const exact = exactNumber(this.#text())
    if (exact === undefined) throw new SyntaxError('An unusual number')
    return exact
  }

  /** Reads a text. It is a copy: a part of the JSON would keep all of the JSON in memory. */
  #text(): string {
    this.#skip(QUOTE)
    const start = this.position
    let end = this.#json.indexOf('"', start)
    if (this.#hasEscapes) {
      while (this.#isEscaped(start, end)) end = this.#json.indexOf('"', end + 1)
    }
    if (end < 0) throw new SyntaxError('A text without end')
    this.position = end + 1
    const text = this.#body.toString(this.#encoding, start, end)
    return this.#hasEscapes && text.includes('\\') ? JSON.parse(`"${text}"`) : text
  }

  /** Whether the number of backslashes before this position is odd. */
  #isEscaped(start: number, end: number): boolean {
    let at = end
    while (at > start && this.#json[at - 1] === '\\') at -= 1
    return (end - at) % 2 === 1
  }

  /** Reads the comma before the next part, or the end of all parts. */
  #hasNext(end: number): boolean {
    const code = this.#json.charCodeAt(this.position)
    if (code !== COMMA && code !== end) throw new SyntaxError('An unusual character')
    this.position += 1
    return code === COMMA
  }

  /** Reads this character if it is the next one. */
  #is(code: number): boolean {
    if (this.#json.charCodeAt(this.position) !== code) return false
    this.position += 1
    return true
  }

  #skip(code: number): void {
    if (!this.#is(code)) throw new SyntaxError('An unusual character')
  }
}
