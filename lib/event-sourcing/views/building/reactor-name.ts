import type { BuildName } from '../places.ts'

/** Returns the name of the reactor that builds a view from the events of a resource type. */
export function buildReactor(name: BuildName, resource: string): string {
  return `${buildPrefix(name)}${resource}`
}

/** Returns the beginning of the names of a build's reactors. */
export function buildPrefix({ view, build }: BuildName): string {
  return `view.${view}.${build}.`
}
