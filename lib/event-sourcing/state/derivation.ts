import type { Binding } from '../binding.ts'
import { traced } from '../runtime/tracing.ts'
import { Derivation, type Derived, underived } from './derived.ts'
import type { Versioned } from './handlers.ts'
import { contiguousHistory } from './history.ts'

/** A resource as what reads it sees it: where its events are, and how to make it out of them. */
export interface Source {
  readonly binding: Binding
  readonly make: new (id?: string) => Versioned
  readonly id: string
}

/** How the resource was: at a version, or at an instant in milliseconds. */
export type Moment = { readonly version: number } | { readonly at: number }

/** The newer of what a caller knows and what the process holds. */
export function newestKnown(
  { binding, id }: Source,
  known: Derived<Versioned> | undefined,
): Derived<Versioned> | undefined {
  const held = binding.held(id)
  return held && held.state.version > (known?.state.version ?? -1) ? held : known
}

/** 3. The aggregate is hydrated: what is known already, and all newer events from the store. */
export function upToDate(
  source: Source,
  known: Derived<Versioned> | undefined,
): Promise<Derived<Versioned>> {
  const { binding, make, id } = source
  return traced('hydrate', async (annotate) => {
    annotate({ resource: id })
    const derivation = new Derivation(newestKnown(source, known) ?? underived(make, id))
    for await (const page of contiguousHistory(binding, id, { after: derivation.version })) {
      for (const event of page) derivation.add(event)
    }
    const { result } = derivation
    if (result.state.version > 0) binding.hold(id, result)
    return result
  })
}

/** The resource as it was once. What is known may be built on where it is not newer than that. */
export function asOf(
  source: Source,
  moment: Moment,
  known: Derived<Versioned> | undefined,
): Promise<Derived<Versioned>> {
  const { binding, make, id } = source
  return traced('hydrate', async (annotate) => {
    annotate({ resource: id })
    const isUsable = known && isNotAfter(known, moment)
    const derivation = new Derivation(isUsable ? known : underived(make, id))
    const after = derivation.version
    const limit = 'version' in moment ? moment.version - after : undefined
    if (limit === 0) return derivation.result
    for await (const page of contiguousHistory(binding, id, { after, ...(limit && { limit }) })) {
      for (const event of page) {
        if ('at' in moment && Date.parse(event.created) > moment.at) return derivation.result
        derivation.add(event)
      }
    }
    return derivation.result
  })
}

function isNotAfter({ state, lastCreated }: Derived<Versioned>, moment: Moment): boolean {
  if ('version' in moment) return state.version <= moment.version
  return lastCreated === undefined || Date.parse(lastCreated) <= moment.at
}
