import type { AnyReactor, Reactors } from '../../event-sourcing/reactions/index.ts'
import { exportsOf } from '../resolvers/field.ts'

/**
 * Returns the single object of reactors that a domain's reactions.ts exports, under any name.
 * @throws TypeError that explains the required export
 */
export function reactionsOf(file: Readonly<Record<string, unknown>>): Reactors {
  const [reactions, ...others] = Object.values(file)
  if (others.length === 0 && isReactors(reactions)) return reactions
  throw new TypeError(
    `A reactions file must export one object of reactors, by name, and nothing else: export const reactions = { … }; it exports ${exportsOf(file)}`,
  )
}

/** The exports of each domain's reactions.ts, by domain. */
export type DomainFiles = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** Returns the reactors of all domains by the names in their checkpoints: `ordering.fulfilment`. */
export function reactorsOf(domains: DomainFiles): Reactors {
  const named = Object.entries(domains).flatMap(([domain, file]) =>
    Object.entries(reactionsOf(file)).map(([name, reactor]) => [
      reactorName(domain, name),
      reactor,
    ]),
  )
  return Object.fromEntries(named)
}

export function reactorName(domain: string, name: string): string {
  return `${domain}.${name}`
}

function isReactors(value: unknown): value is Reactors {
  return typeof value === 'object' && value !== null && Object.values(value).every(isReactor)
}

function isReactor(value: unknown): value is AnyReactor {
  if (typeof value !== 'object' || value === null || !('of' in value)) return false
  const begins = 'begins' in value && value.begins
  return typeof value.of === 'function' && (begins === 'beginning' || begins === 'now')
}
