import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { StoredEvent } from '../../event.ts'
import { storedEvent } from '../stored-event.ts'

/** An item in DynamoDB's JSON. */
export type Item = Record<string, AttributeValue>

/**
 * Converts values to an item. They must be plain JSON. Leaves out attributes that are undefined.
 */
export function itemOf(values: object): Item {
  const item: Item = {}
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) item[name] = attributeOf(value)
  }
  return item
}

function attributeOf(value: unknown): AttributeValue {
  switch (typeof value) {
    case 'string':
      return { S: value }
    case 'number':
      return { N: `${value}` }
    case 'boolean':
      return { BOOL: value }
  }
  if (Array.isArray(value)) return { L: value.map(attributeOf) }
  if (value === null) return { NULL: true }
  if (typeof value === 'object') return { M: itemOf(value) }
  throw new TypeError(`An item cannot contain a value of type ${typeof value}`)
}

/** @throws CorruptHistory if the item is not an event */
export function eventOf(item: Item): StoredEvent {
  return storedEvent(valuesOf(item))
}

/**
 * Converts an item to plain values. The SDK converts the types that events do not use, which another
 * program wrote.
 */
export function valuesOf(item: Item): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name in item) {
    const value = item[name]
    if (value !== undefined) define(values, name, plainValue(value))
  }
  return values
}

/** Sets an attribute that another program may have named `__proto__`. */
function define(values: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') values[name] = value
  else Object.defineProperty(values, name, { value, enumerable: true, configurable: true })
}

function plainValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S
  if (value.M !== undefined) return valuesOf(value.M)
  if (value.N !== undefined) return exactNumber(value.N) ?? unmarshall({ value }).value
  if (value.L !== undefined) return value.L.map(plainValue)
  if (value.BOOL !== undefined) return value.BOOL
  return value.NULL === true ? null : unmarshall({ value }).value
}

/** Returns undefined for an integer that JavaScript cannot represent exactly. */
export function exactNumber(text: string): number | undefined {
  const number = Number(text)
  return Number.isSafeInteger(number) || !Number.isInteger(number) ? number : undefined
}
