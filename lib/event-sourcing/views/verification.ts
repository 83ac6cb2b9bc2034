import { isDeepStrictEqual } from 'node:util'
import { resourcesOf } from '../aggregate.ts'
import { bindingOf } from '../binding.ts'
import { InvalidArgument } from '../errors.ts'
import { allResources } from '../lists/resources.ts'
import { additionOf, type Row } from './building/additions.ts'
import { listEntry } from './building/list-reactor.ts'
import { answering } from './builds/view-record.ts'
import { ViewRecords } from './builds/view-records.ts'
import type { HostedView } from './hosted-view.ts'
import { type BuildName, isResource, isRow, partitionsOf, sortValue } from './places.ts'
import { rowOf, sum } from './reading/fold-rows.ts'
import type { Entry, ViewStore } from './store/view-store.ts'
import type { FoldRow, FoldView, ListView } from './view.ts'

/** A place where a view differs from the histories of all resources. */
export interface Difference {
  readonly kind: 'missing' | 'stray' | 'different'
  /** The id of a resource, or the key of a row. */
  readonly of: string
  /** One line that shows both. */
  readonly text: string
}

/** The result of a verification. */
export interface Verification {
  /** The number of resources or rows that are right. */
  readonly equal: number
  readonly differences: readonly Difference[]
}

/** Numbers are equal if they differ by this share at most: sums depend on the order. */
const TOLERANCE = 1e-9

/**
 * Compares the answering build of a view with the histories of all resources, which are read and
 * folded anew. The classes have to be bound. Events that were committed a moment ago may still be
 * missing in the view.
 * @throws InvalidArgument if the build is of another version than the code; StoreUnavailable; the
 * errors of the view's functions
 */
export async function verifyView(hosted: HostedView, store: ViewStore): Promise<Verification> {
  const { name, view } = hosted
  const build = answering(await new ViewRecords(store).read(name))
  if (!build)
    throw new InvalidArgument(`${name} is not built yet`, { argument: 'view', value: name })
  if (build.version !== view.version) {
    throw new InvalidArgument(
      `${name} is of version ${build.version}, and this code has version ${view.version}: wait until it is rebuilt`,
      { argument: 'view', value: name },
    )
  }
  const of = { view: name, build: build.build }
  return view.kind === 'list'
    ? verifyList(hosted, view, of, store)
    : verifyFold(hosted, view, of, store)
}

async function verifyList(
  hosted: HostedView,
  view: ListView,
  name: BuildName,
  store: ViewStore,
): Promise<Verification> {
  const stored = new Map<string, Entry>()
  for await (const entry of entriesOf(store, name)) {
    if (isResource(entry.item)) stored.set(entry.item, entry)
  }
  const expected = new Map<string, Entry>()
  for await (const resource of allResources(resourcesOf(view.of))) {
    const entry = listEntry({ hosted, view, name }, resource)
    expected.set(entry.item, entry)
  }
  return compared(expected, stored, ({ body }) => `${body.id}`)
}

async function verifyFold(
  hosted: HostedView,
  view: FoldView,
  name: BuildName,
  store: ViewStore,
): Promise<Verification> {
  const stored = new Map<string, FoldRow>()
  for await (const entry of entriesOf(store, name)) {
    if (!isRow(entry.item)) continue
    const row = rowOf(entry)
    const key = identityOf(row)
    const part = stored.get(key)
    stored.set(key, part ? sum(part, row) : row)
  }
  const expected = new Map<string, FoldRow>()
  for (const of of view.of) {
    for await (const page of bindingOf(of).store.scan()) {
      for (const event of page) {
        const addition = additionOf(hosted, view, of, event)
        if (!addition) continue
        const { key, sort } = addition
        const place = { key, ...(sort !== undefined && { sort: sortValue(sort) }) }
        const identity = identityOf(place)
        const before: Row = expected.get(identity)?.row ?? { ...view.initial }
        expected.set(identity, { ...place, row: addition.add(before) })
      }
    }
  }
  return compared(expected, stored, labelOf)
}

async function* entriesOf(store: ViewStore, name: BuildName): AsyncGenerator<Entry> {
  for (const partition of partitionsOf(name)) yield* store.entries(partition)
}

function identityOf({ key, sort }: Pick<FoldRow, 'key' | 'sort'>): string {
  return JSON.stringify([key, sort])
}

function labelOf({ key, sort }: Pick<FoldRow, 'key' | 'sort'>): string {
  return [...key, ...(sort === undefined ? [] : [sort])].join(', ')
}

function compared<T extends object>(
  expected: ReadonlyMap<string, T>,
  stored: ReadonlyMap<string, T>,
  nameOf: (item: T) => string,
): Verification {
  const differences: Difference[] = []
  for (const [key, wanted] of expected) {
    const there = stored.get(key)
    const of = nameOf(wanted)
    if (!there) {
      differences.push({ kind: 'missing', of, text: `${of} is missing: ${shown(wanted)}` })
    } else if (!areEqual(wanted, there)) {
      const text = `${of} differs: the view has ${shown(there)}, the events say ${shown(wanted)}`
      differences.push({ kind: 'different', of, text })
    }
  }
  const equal = expected.size - differences.length
  for (const [key, there] of stored) {
    if (expected.has(key)) continue
    const of = nameOf(there)
    differences.push({ kind: 'stray', of, text: `${of} should not be there: ${shown(there)}` })
  }
  return { equal, differences }
}

function areEqual(one: unknown, other: unknown): boolean {
  if (typeof one === 'number' && typeof other === 'number') {
    return Math.abs(one - other) <= TOLERANCE * Math.max(Math.abs(one), Math.abs(other))
  }
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) {
    return isDeepStrictEqual(one, other)
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => areEqual(Reflect.get(one, name), Reflect.get(other, name)))
}

function shown(item: object): string {
  return JSON.stringify(item)
}
