import type { Binding } from '../binding.ts'
import { traced } from '../runtime/tracing.ts'
import { Derivation, type Derived, initialState } from './derived.ts'
import type { Versioned } from './handlers.ts'
import { contiguousHistory } from './history.ts'

/** A resource: the source of its events, its id, and the class of its state. */
export interface Source {
  readonly binding: Binding
  readonly aggregateClass: new (id?: string) => Versioned
  readonly id: string
}

/** A moment of a resource: a version, or an instant in milliseconds. */
export type Moment = { readonly version: number } | { readonly at: number }

/** Returns the newer of the caller's state and the process's cached state. */
export function newestKnown(
  { binding, id }: Source,
  known: Derived<Versioned> | undefined,
): Derived<Versioned> | undefined {
  const cached = binding.cached(id)
  return cached && cached.state.version > (known?.state.version ?? -1) ? cached : known
}

/**
 * 3. Hydrates the aggregate: starts with the known state and applies all newer events from the
 * store.
 */
export function upToDate(
  source: Source,
  known: Derived<Versioned> | undefined,
): Promise<Derived<Versioned>> {
  const { binding, aggregateClass, id } = source
  return traced('hydrate', async (annotate) => {
    annotate({ resource: id })
    const derivation = new Derivation(
      newestKnown(source, known) ?? initialState(aggregateClass, id),
    )
    for await (const page of contiguousHistory(binding, id, { after: derivation.version })) {
      for (const event of page) derivation.add(event)
    }
    const { result } = derivation
    if (result.state.version > 0) binding.cache(id, result)
    return result
  })
}

/** Returns the resource at an earlier moment. Starts with the known state if it is not newer. */
export function asOf(
  source: Source,
  moment: Moment,
  known: Derived<Versioned> | undefined,
): Promise<Derived<Versioned>> {
  const { binding, aggregateClass, id } = source
  return traced('hydrate', async (annotate) => {
    annotate({ resource: id })
    const isUsable = known && isNotAfter(known, moment)
    const derivation = new Derivation(isUsable ? known : initialState(aggregateClass, id))
    const after = derivation.version
    const limit = 'version' in moment ? moment.version - after : undefined
    if (limit === 0) return derivation.result
    let isLater = false
    let late: number | undefined
    for await (const page of contiguousHistory(binding, id, { after, ...(limit && { limit }) })) {
      for (const event of page) {
        const isWithin = !('at' in moment) || Date.parse(event.created) <= moment.at
        isLater ||= !isWithin
        if (!isLater) derivation.add(event)
        else if (isWithin) late = event.number
      }
    }
    // The events before it existed as well, although a clock that ran ahead dated them later.
    if (late !== undefined) return asOf(source, { version: late }, derivation.result)
    return derivation.result
  })
}

function isNotAfter({ state, lastCreated }: Derived<Versioned>, moment: Moment): boolean {
  if ('version' in moment) return state.version <= moment.version
  return lastCreated === undefined || Date.parse(lastCreated) <= moment.at
}
