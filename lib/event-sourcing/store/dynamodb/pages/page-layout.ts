/** The types of values that events use, and how their JSON begins. A word is complete. */
export const TYPES = [
  ['text', '{"S":'],
  ['number', '{"N":'],
  ['map', '{"M":'],
  ['list', '{"L":['],
  ['true', '{"BOOL":true}'],
  ['false', '{"BOOL":false}'],
  ['null', '{"NULL":true}'],
] as const

type Type = (typeof TYPES)[number][0]

/** A place with more names has a map with the domain's own keys. */
const MOST_ATTRIBUTES = 128
const HASHES = 32

/** An attribute of the maps, or an element of the lists, at one place of the items. */
export class Attribute {
  /** Empty for an element. */
  readonly name: string
  readonly type: Type
  /** The JSON of the name and the type: `"created":{"S":`. */
  readonly json: string
  /** The layout of the map or list that is the value. */
  readonly inner = new Layout()
  /** The value in the map that is being read. */
  value: unknown
  /** The last text. */
  text: string | undefined
  /** The JSON of the last text, if it came twice. */
  repeated: string | undefined

  constructor(name: string, type: Type, json: string) {
    this.name = name
    this.type = type
    this.json = json
  }
}

/** The attributes of the maps, or the elements of the lists, at one place of the items. */
export class Layout {
  readonly #attributes: Attribute[] = []
  #byHash: Attribute[][] | undefined

  /** Returns the attribute whose JSON is at this position. */
  find(json: string, position: number): Attribute | undefined {
    const candidates = this.#byHash?.[hashAt(json, position)]
    if (!candidates) return undefined
    for (const attribute of candidates) {
      if (json.startsWith(attribute.json, position)) return attribute
    }
    return undefined
  }

  /** @throws SyntaxError if there are too many */
  add(attribute: Attribute): void {
    if (this.#attributes.length === MOST_ATTRIBUTES) throw new SyntaxError('Too many names')
    this.#attributes.push(attribute)
    this.#byHash ??= Array.from({ length: HASHES }, () => [])
    this.#byHash[hashAt(attribute.json, 0)]?.push(attribute)
  }

  /**
   * Returns a map of the values. All maps have the same order, whatever the order in the JSON: V8
   * works faster with objects of one shape.
   */
  take(): Record<string, unknown> {
    const values: Record<string, unknown> = {}
    for (const attribute of this.#attributes) {
      if (attribute.value === undefined) continue
      values[attribute.name] = attribute.value
      attribute.value = undefined
    }
    return values
  }
}

/** Returns a hash of the first three characters after a quote or brace. */
function hashAt(json: string, position: number): number {
  const first = json.charCodeAt(position + 1)
  const second = json.charCodeAt(position + 2)
  return (first * 7 + second * 5 + json.charCodeAt(position + 3)) % HASHES
}
