import assert from 'node:assert/strict'
import type { AnyAggregate } from '../aggregate.ts'
import { setBinding } from '../binding.ts'
import type { CompleteClass, EventOf, StoredEvent, Uncommitted } from '../event.ts'
import { Misuse } from '../runtime/composed-errors.ts'
import { inMemoryEventStore } from '../store/in-memory-event-store.ts'
import { additionOf, type Row } from '../views/building/additions.ts'
import { listEntry } from '../views/building/list-reactor.ts'
import type { HostedView } from '../views/hosted-view.ts'
import { indexKey, keyParts, keyText } from '../views/places.ts'
import { compareBytes } from '../views/store/in-memory-view-store.ts'
import type { AnyView, FoldView, ListView, ViewKey } from '../views/view.ts'
import { alike, inTest } from './scenario/in-test.ts'
import { appendPast } from './scenario/past.ts'
import { subclassOf } from './scenario/subclass.ts'

/** The past events of one resource. See `history`. */
export interface History {
  readonly of: object
  readonly id: string
  readonly events: readonly object[]
  readonly owner: string | undefined
}

export interface HistoryOptions {
  /** The id of the user who owns the resource. Default: nobody does. */
  readonly owner?: string
}

/** The expected items of a view. */
export interface ViewExpectation {
  /** The key, as `by` returns it. */
  readonly key: ViewKey
  /**
   * The resources of the key or the rows, in order, without any others. Only the given fields are
   * compared.
   */
  readonly items: readonly object[]
}

export interface ViewScenario {
  /**
   * Compares the items that a view has under a key. Needs no store and no waiting.
   * @throws AssertionError if they differ, and the errors of the view's functions
   */
  expectView(view: AnyView, expected: ViewExpectation): Promise<void>
}

/**
 * Returns the past events of one resource, for `given`.
 *
 *     await given([
 *       history(Order, 'o1', [{ type: 'OrderPlaced', productId, quantity: 1 }], { owner: 'alice' }),
 *     ]).expectView(views.ordersOfOwner, { key: 'alice', items: [{ id: 'o1' }] })
 */
export function history<A extends AnyAggregate>(
  of: CompleteClass<A>,
  id: string,
  events: readonly Uncommitted<EventOf<A>>[],
  { owner }: HistoryOptions = {},
): History {
  return { of, id, events, owner }
}

export function viewScenario(histories: readonly History[]): ViewScenario {
  return {
    expectView: function expectView(view, { key, items }) {
      return inTest(expectView, async () => {
        const found = await itemsOf(histories, view, key)
        assert.deepEqual(alike(found, items), items)
      })
    },
  }
}

const NAME = { view: 'given', build: 1 }

async function itemsOf(
  histories: readonly History[],
  view: AnyView,
  key: ViewKey,
): Promise<readonly object[]> {
  const classes: readonly object[] = view.kind === 'list' ? [view.of] : view.of
  const stored: StoredHistory[] = []
  const stores = new Map(classes.map((of) => [of, inMemoryEventStore()]))
  for (const { of, id, events, owner } of histories) {
    const store = stores.get(of)
    if (!store) {
      throw new Misuse(`The view has no resources of the class ${Reflect.get(of, 'name')}`)
    }
    stored.push({ of, id, events: await appendPast(store, of, id, events, [], { owner }) })
  }
  const wanted = keyText(keyParts(key))
  const hosted: HostedView = { name: NAME.view, view, resources: classes.map(() => 'Given') }
  if (view.kind === 'fold') return rowsOf(hosted, view, { stored, wanted })
  const Given = subclassOf(view.of)
  setBinding(Given, stores.get(view.of) ?? inMemoryEventStore())
  const resources = stored.map((one) => new Given(one.id))
  return listed(hosted, view, { resources, wanted })
}

interface StoredHistory {
  readonly of: object
  readonly id: string
  readonly events: readonly StoredEvent[]
}

async function listed(
  hosted: HostedView,
  view: ListView,
  { resources, wanted }: { readonly resources: readonly AnyAggregate[]; readonly wanted: string },
): Promise<readonly object[]> {
  const whole = { ...view, spread: 1 }
  const found: { readonly sort: string; readonly item: object }[] = []
  for (const resource of resources) {
    await resource.hydrate()
    const {
      key,
      sort = '',
      body,
      revision,
    } = listEntry({ hosted, view: whole, name: NAME }, resource)
    if (key !== indexKey(NAME, wanted, 0)) continue
    found.push({ sort, item: { id: resource.id, version: revision, ...Object(body.kept) } })
  }
  const ordered = found.sort((one, other) => compareBytes(one.sort, other.sort))
  return (view.descending ? ordered.reverse() : ordered).map(({ item }) => item)
}

function rowsOf(
  hosted: HostedView,
  view: FoldView,
  { stored, wanted }: { readonly stored: readonly StoredHistory[]; readonly wanted: string },
): readonly object[] {
  const rows = new Map<string, Row>()
  for (const { of, events } of stored) {
    for (const event of events) {
      const addition = additionOf(hosted, view, of, event)
      if (addition?.keyText !== wanted) continue
      const { sort = '' } = addition
      rows.set(sort, addition.add(rows.get(sort) ?? { ...view.initial }))
    }
  }
  const ordered = [...rows].sort(([one], [other]) => compareBytes(one, other))
  return (view.descending ? ordered.reverse() : ordered).map(([, row]) => row)
}
