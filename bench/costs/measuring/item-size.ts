import type { WireItem } from '../../event-store/wire.ts'

/**
 * Returns the size of an item as DynamoDB counts it, in bytes: names and strings in UTF-8, one byte
 * for two digits of a number and one more, one byte for null and booleans, three for a list or map
 * and one for each of their elements.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemSize(item: WireItem): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value),
    0,
  )
}

function valueSize(value: unknown): number {
  const [[type, content] = ['', '']] = Object.entries(Object(value))
  if (type === 'S') return Buffer.byteLength(String(content))
  if (type === 'N') return numberSize(String(content))
  if (type === 'M') {
    return Object.entries(Object(content)).reduce(
      (sum, [name, part]) => sum + Buffer.byteLength(name) + valueSize(part) + 1,
      3,
    )
  }
  if (type === 'L') {
    return Object.values(Object(content)).reduce(
      (sum: number, part) => sum + valueSize(part) + 1,
      3,
    )
  }
  return 1
}

function numberSize(text: string): number {
  const digits = text.replace(/e.*|[-.]/gi, '').replace(/^0+|0+$/g, '').length
  return Math.ceil(digits / 2) + (text.startsWith('-') ? 2 : 1)
}
