import type { Binding } from '../binding.ts'
import { isEventSourcingError } from '../errors.ts'
import type { StoredEvent } from '../event.ts'
import { type Source, upToDate } from '../state/derivation.ts'
import { Derivation, type Derived, initialState } from '../state/derived.ts'
import type { Versioned } from '../state/handlers.ts'
import type { ScanRange } from '../store/event-store.ts'
import { brokenItemOf } from '../store/stored-event.ts'
import type { Failure } from './page.ts'

/** All resources of a class, and the function that returns one of them to a caller. */
export interface Resources<A> {
  readonly binding: Binding
  readonly aggregateClass: Source['aggregateClass']
  handOut(derived: Derived<Versioned>): A
}

/** A resource, or the error that prevents its derivation. */
export type Listed<A> = (Failure | { readonly id: string; readonly resource: A }) & {
  /** The number of events that the scan read. */
  readonly events: number
}

export interface Batch<A> {
  /** The resources that one request completed. */
  readonly complete: readonly Listed<A>[]
  /** Whether another resource follows for certain. */
  readonly isMore: boolean
}

/**
 * Derives resources from a scan, one batch per request, instead of one request per resource. A
 * resource is complete when the next resource begins or the scan ends. Continues behind a resource
 * that cannot be derived.
 * @throws StoreUnavailable
 */
export async function* batches<A>(
  resources: Resources<A>,
  range: ScanRange,
): AsyncGenerator<Batch<A>> {
  let { after, about } = range
  for (;;) {
    let current: Scanned<A> | undefined
    try {
      for await (const page of resources.binding.store.scan({ ...range, after, about })) {
        const complete: Listed<A>[] = []
        for (const event of page) {
          if (current?.id !== event.id) {
            if (current) complete.push(await current.listed())
            current = new Scanned(resources, event.id)
          }
          current.add(event)
        }
        yield { complete, isMore: true }
      }
      if (current) yield { complete: [await current.listed()], isMore: false }
      return
    } catch (error) {
      const broken = brokenItemOf(error)
      if (!broken) throw error
      // A page fails as a whole, so small pages find the resources before the broken item.
      const isNext = current ? current.id === broken.id : about === 1
      about = 1
      if (isNext) {
        after = broken.id
        const events = current?.events ?? 0
        yield { complete: [{ id: broken.id, error, events }], isMore: false }
      } else if (current) {
        after = current.id
        yield { complete: [await current.listedAlone()], isMore: false }
      }
    }
  }
}

/** A resource whose events are being scanned. */
class Scanned<A> {
  readonly id: string
  /** The number of events that the scan has read. */
  events = 0
  readonly #resources: Resources<A>
  readonly #derivation: Derivation<Versioned>
  #failure: { readonly error: unknown } | undefined

  constructor(resources: Resources<A>, id: string) {
    this.id = id
    this.#resources = resources
    this.#derivation = new Derivation(initialState(resources.aggregateClass, id))
  }

  /** Applies an event, unless an earlier one failed. */
  add(event: StoredEvent): void {
    this.events += 1
    if (this.#failure) return
    try {
      this.#derivation.addIfNext(this.#resources.binding.upcast(event))
    } catch (error) {
      this.#failure = { error }
    }
  }

  /** Returns the resource after all of its events are added. */
  async listed(): Promise<Listed<A>> {
    // A scan may show only a part of a transaction. Then the resource is read on its own.
    return this.#derivation.isTorn
      ? this.listedAlone()
      : this.#listed(() => this.#derivation.result)
  }

  /** Returns the resource from a read of its own, because the scan showed only a part of it. */
  listedAlone(): Promise<Listed<A>> {
    const { id } = this
    return this.#listed(() => upToDate({ ...this.#resources, id }, undefined))
  }

  /** @throws StoreUnavailable, which does not concern this resource alone */
  async #listed(derive: () => Derived<Versioned> | Promise<Derived<Versioned>>) {
    const { id, events } = this
    if (this.#failure) return { id, events, ...this.#failure }
    try {
      return { id, events, resource: this.#resources.handOut(await derive()) }
    } catch (error) {
      if (isEventSourcingError(error, 'StoreUnavailable')) throw error
      return { id, events, error }
    }
  }
}
