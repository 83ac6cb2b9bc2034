import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { StoredEvent } from '../../event.ts'
import { storedEvent } from '../stored-event.ts'

/** An item in DynamoDB's JSON. */
export type Item = Record<string, AttributeValue>

/** Converts an event or a key to an item. The values are already checked to be plain JSON. */
export function itemOf(values: object): Item {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, attributeOf(value)]),
  )
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
  return storedEvent(plain(item))
}

/**
 * Converts the value types that events use. The SDK converts other types, which another program
 * wrote.
 */
function plain(item: Item): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name in item) {
    const value = item[name]
    if (value) values[name] = plainValue(value)
  }
  return values
}

function plainValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S
  if (value.N !== undefined) {
    const number = Number(value.N)
    const isExact = Number.isSafeInteger(number) || !Number.isInteger(number)
    return isExact ? number : unmarshall({ value }).value
  }
  if (value.M !== undefined) return plain(value.M)
  if (value.L !== undefined) return value.L.map(plainValue)
  if (value.BOOL !== undefined) return value.BOOL
  return value.NULL === true ? null : unmarshall({ value }).value
}
