import type { Reactors } from '../../event-sourcing/reactions/index.ts'
import { reactorName } from '../reactions/reactors-in-file.ts'
import type { ApiResource } from '../resolvers/api-resource.ts'
import { eventBridge } from './event-bus.ts'
import { publisher } from './publisher.ts'

/** The events of a resource type that the stack publishes to an event bus. */
export interface Published {
  /** The domain, whose environment variable has the ARN of the bus: `SHOPPING_BUS`. */
  readonly domain: string
  /** The type's name, such as `Product`. */
  readonly resource: string
  /** The source of the events. */
  readonly source: string
  readonly begins: 'beginning' | 'now'
  /** The event types. Absent: all. */
  readonly types?: readonly string[]
}

/** Returns the name of the environment variable with the ARN of a domain's event bus. */
export function busVariable(domain: string): string {
  const words = domain.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
  return `${words.replaceAll(/\W/g, '_').toUpperCase()}_BUS`
}

/** Returns the name of a reactor that publishes, as its checkpoints store it. */
export function publisherName(domain: string, resource: string): string {
  return reactorName(domain, `publish.${resource}`)
}

/** Returns the reactors that publish, by their names. */
export function publishersOf(
  all: readonly Published[],
  resources: readonly Pick<ApiResource, 'name' | 'resourceClass'>[],
  environment = process.env,
): Reactors {
  const put = eventBridge(environment)
  const reactors = all.flatMap(({ domain, resource, source, begins, types }) =>
    resources
      .filter(({ name }) => name === resource)
      .map(({ resourceClass }) => {
        const name = publisherName(domain, resource)
        const bus = environment[busVariable(domain)] ?? ''
        const origin = { source, resource }
        return [name, publisher({ name, of: resourceClass, begins, origin, bus, types, put })]
      }),
  )
  return Object.fromEntries(reactors)
}
