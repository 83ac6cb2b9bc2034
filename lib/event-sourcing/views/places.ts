import { EventRejected } from '../errors.ts'
import type { EntryRange, Place } from './store/view-store.ts'
import type { KeyPart, SortValue, ViewKey } from './view.ts'

/**
 * A view's function returned something that the view cannot store, or its result is too large. Data:
 * `value`.
 */
export class InvalidView extends EventRejected {
  override readonly code = 'InvalidView'
}

/** One physical copy of a view. */
export interface BuildName {
  readonly view: string
  readonly build: number
}

/** The number of partitions over which the entries of a build are spread. */
const BUCKETS = 16
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MOST_SORT_BYTES = 1024
/** Leaves room for the names of the view and the build in a partition key of 2048 bytes. */
const MOST_KEY_BYTES = 800
/** Ends a sort value, so that a value sorts before those that it begins. */
const END = '\u0000'
/** Follows every text that begins with the text before it. */
const LAST = '\u{10FFFF}'

const RESOURCE = 'resource#'
const ROW = 'row#'
const POSITION = 'position#'
/** The partition of the records of all views. */
const RECORDS = '#views'

/** Returns the key in the form of a list. @throws InvalidView */
export function keyParts(value: ViewKey): readonly KeyPart[] {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value]
  if (parts.length > 0 && parts.every(isKeyPart)) return parts
  throw new InvalidView(
    `A key must be a text, a finite number, true or false, or a list of these; got ${JSON.stringify(value)}`,
    { value },
  )
}

function isKeyPart(part: unknown): part is KeyPart {
  if (typeof part === 'number') return Number.isFinite(part)
  return typeof part === 'string' || typeof part === 'boolean'
}

/** @throws InvalidView for a key that is too long */
export function keyText(parts: readonly KeyPart[]): string {
  const text = JSON.stringify(parts)
  if (Buffer.byteLength(text) <= MOST_KEY_BYTES) return text
  throw new InvalidView(
    `A key can have at most ${MOST_KEY_BYTES} bytes; got ${Buffer.byteLength(text)}`,
    { value: parts },
  )
}

/**
 * Returns a text that sorts like the value. Numbers sort before texts.
 * @throws InvalidView for a value that has no place in an order
 */
export function sortText(value: unknown): string {
  if (typeof value === 'number' && !Number.isNaN(value)) return `n${orderedBits(value)}`
  if (typeof value === 'string' && !value.includes(END)) return `s${value}`
  throw new InvalidView(
    `A sort value must be a number, or a text without the character U+0000; got ${JSON.stringify(value)}`,
    { value },
  )
}

/** Returns the sort value of a text that {@link sortText} made. */
export function sortValue(text: string): SortValue {
  if (text.startsWith('s')) return text.slice(1)
  const bits = BigInt(`0x${text.slice(1)}`)
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, bits & SIGN ? bits ^ SIGN : ~bits & ALL)
  return view.getFloat64(0)
}

const SIGN = 1n << 63n
const ALL = (1n << 64n) - 1n

/** Returns the bits of a number as hexadecimal digits that sort like numbers. */
function orderedBits(value: number): string {
  const view = new DataView(new ArrayBuffer(8))
  // Minus zero equals zero.
  view.setFloat64(0, value === 0 ? 0 : value)
  const bits = view.getBigUint64(0)
  const ordered = bits & SIGN ? ~bits & ALL : bits | SIGN
  return ordered.toString(16).padStart(16, '0')
}

/** Returns the place of a view's record. */
export function recordPlace(view: string): Place {
  return { partition: RECORDS, item: view }
}

/** The partition of the records of all views. */
export const recordsPartition = RECORDS

/** Returns all partitions of a build. */
export function partitionsOf(name: BuildName): string[] {
  return Array.from({ length: BUCKETS }, (_, bucket) => partition(name, bucket))
}

/** Returns the place of a resource in a list. */
export function resourcePlace(name: BuildName, id: string): Place {
  return { partition: partition(name, hash(id)), item: fitting(`${RESOURCE}${id}`) }
}

/** Returns the position of a fold in the events of a resource. */
export function positionPlace(name: BuildName, resource: string, id: string): Place {
  return { partition: partition(name, hash(id)), item: fitting(`${POSITION}${resource}#${id}`) }
}

/** Returns the place of a row of a fold, or of a part of it. */
export function rowPlace(name: BuildName, key: string, part: number, sort = ''): Place {
  return {
    partition: partition(name, hash(key) + part),
    item: fitting(`${rowPrefix(key, part)}${sort}`),
  }
}

/** Returns the partition and the range of the rows of a key. */
export function rowRange(name: BuildName, key: string, part: number, range: EntryRange) {
  const prefix = rowPrefix(key, part)
  const { from = '', before = LAST, after } = range
  return {
    partition: partition(name, hash(key) + part),
    range: {
      ...range,
      from: `${prefix}${from}`,
      before: `${prefix}${before}`,
      ...(after !== undefined && { after: `${prefix}${after}` }),
    },
  }
}

function rowPrefix(key: string, part: number): string {
  return `${ROW}${part}#${key}#`
}

/** Returns the index key of a list, for one of its parts. */
export function indexKey({ view, build }: BuildName, key: string, part: number): string {
  return `${view}#${build}#${part}#${key}`
}

/** Returns the index sort key of a resource, whose id makes it unique. @throws InvalidView */
export function indexSort(sort: string, id: string): string {
  return fitting(`${sort}${END}${id}`)
}

/** Returns the part of a key in which a resource is. */
export function partOf(id: string, spread: number): number {
  return hash(id) % spread
}

/** Returns the range of index sort keys for sort values from `from` to `to`, both inclusive. */
export function sortRange(from: SortValue | undefined, to: SortValue | undefined): EntryRange {
  return {
    ...(from !== undefined && { from: sortText(from) }),
    // The character after the end of a value.
    ...(to !== undefined && { before: `${sortText(to)}\u0001` }),
  }
}

export function isResource(item: string): boolean {
  return item.startsWith(RESOURCE)
}

export function isRow(item: string): boolean {
  return item.startsWith(ROW)
}

/** Returns the id of a resource, from the item of its place in a list. */
export function resourceIdAt(item: string): string {
  return item.slice(RESOURCE.length)
}

function partition({ view, build }: BuildName, bucket: number): string {
  return `${view}#${build}#${bucket % BUCKETS}`
}

function fitting(text: string): string {
  const bytes = Buffer.byteLength(text)
  if (bytes <= MOST_SORT_BYTES) return text
  throw new InvalidView(
    `A sort value with the id or key must have at most ${MOST_SORT_BYTES} bytes; got ${bytes}`,
    { value: text.slice(0, 100) },
  )
}

/** Returns a whole number that spreads texts evenly. */
function hash(text: string): number {
  let value = 2166136261
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 16777619)
  return value >>> 0
}
