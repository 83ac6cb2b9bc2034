import { CfnOutput } from 'aws-cdk-lib'
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import type { Published } from '../../appsync/index.ts'
import { keepLogicalId } from '../logical-id.ts'
import type { EventTable } from '../tables/event-table.ts'
import type { AddedDomains } from './added-domains.ts'
import type { Domains } from './domains.ts'

/** A bus of the app, or of another stack or account. */
export type Bus = Pick<IEventBus, 'eventBusArn' | 'grantPutEventsTo'>

export interface PublishProps {
  /**
   * The event bus, such as `EventBus.fromEventBusArn(…)`. Default: one bus for all such domains, which
   * the stack makes. The output `EventBusArn` names it.
   */
  readonly bus?: Bus
  /**
   * The first events. `beginning`: each resource's first event. `now`: events from the deployment on,
   * and those of the two minutes before. Default: `now`.
   */
  readonly begins?: 'beginning' | 'now'
  /** The event types. Default: all types of the domain. */
  readonly types?: readonly string[]
  /**
   * The source of the events, which subscribers filter by: `com.example.shop`. Default: the name of
   * the domain.
   */
  readonly source?: string
}

/** The events of a resource type that go to a bus. */
interface Publication {
  readonly published: Published
  readonly table: EventTable
}

/**
 * The characters of a part of a URI. AWS keeps sources that begin with `aws.` for itself.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
 */
const SOURCE = /^(?!aws\.)[\w.-]{1,200}$/

/** The domains whose events the stack publishes to event buses. */
export class PublishedDomains {
  readonly #scope: Construct
  readonly #added: AddedDomains
  readonly #domains: Domains
  readonly #names = new Set<string>()
  #ownBus: EventBus | undefined

  /**
   * @param scope the construct that gets the bus
   * @param added the domains of the stack
   * @param domains the classes of all domains
   */
  constructor(scope: Construct, added: AddedDomains, domains: Domains) {
    this.#scope = scope
    this.#added = added
    this.#domains = domains
  }

  /** Returns the mistake in publishing a domain, as one sentence. Undefined: there is none. */
  mistakeIn(domain: string, { types, source = domain }: PublishProps): string | undefined {
    const call = `publishEvents('${domain}', …)`
    const { names } = this.#added
    if (!names.includes(domain))
      return `${call} names a domain that no addDomain before it adds: use one of ${names.join(', ') || 'none'}, or move the call down`
    if (this.#names.has(domain))
      return `The stack publishes the events of ${domain} twice: write one ${call}`
    if (!SOURCE.test(source))
      return `${call} has the source ${source}: use 1 to 200 letters, digits, dots, hyphens and underscores, and do not begin with aws.`
    const known = this.#added
      .resourcesOf(domain)
      .flatMap(({ resource }) => this.#domains.eventTypes(domain, resource))
    const unknown = types?.find((type) => !known.includes(type))
    if (unknown === undefined && types?.length !== 0) return undefined
    const problem = unknown === undefined ? 'chooses no types' : `chooses the type ${unknown}`
    return `${call} ${problem}: use some of ${known.join(', ')}`
  }

  /** Adds a domain without a mistake. Returns what it publishes, by resource type. */
  add(domain: string, { types, source = domain, begins = 'now' }: PublishProps): Publication[] {
    this.#names.add(domain)
    return this.#added.resourcesOf(domain).flatMap(({ resource, table }) => {
      const own = this.#domains.eventTypes(domain, resource)
      const chosen = types?.filter((type) => own.includes(type))
      if (chosen?.length === 0) return []
      const published = { domain, resource, source, begins, ...(chosen && { types: chosen }) }
      return [{ published, table }]
    })
  }

  /** Returns the bus that the stack makes. Creates it at the first call. */
  get ownBus(): Bus {
    if (this.#ownBus) return this.#ownBus
    this.#ownBus = new EventBus(this.#scope, 'EventBus')
    // A new bus would lack the rules of its subscribers.
    keepLogicalId(this.#ownBus, 'EventBus')
    new CfnOutput(this.#scope, 'EventBusArn', { value: this.#ownBus.eventBusArn })
    return this.#ownBus
  }
}
