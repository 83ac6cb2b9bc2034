import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { Aspects, Stack } from 'aws-cdk-lib'
import {
  FunctionRuntime,
  GraphqlApi,
  IntrospectionConfig,
  type NoneDataSource,
} from 'aws-cdk-lib/aws-appsync'
import type { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito'
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { tableVariable } from '../appsync/index.ts'
import { driftErrors } from '../schema/drift.ts'
import { hasParts, modeErrors } from '../schema/index.ts'
import { Alarms } from './alarms.ts'
import { KeyWatch } from './api/api-key.ts'
import { ApiLogs, apiResource } from './api/api-logs.ts'
import { definitionOf } from './api/definition.ts'
import { deepestQuery, MOST_RESOLVERS, publishLimitErrors } from './api/limits.ts'
import { addOutputs } from './api/outputs.ts'
import { logPayloadsIn, logsPayloads } from './api/payload-logs.ts'
import { RateLimit, rateLimitOf } from './api/rate-limit.ts'
import { addSampling } from './api/sampling.ts'
import { Auth, type AuthProps } from './auth/index.ts'
import { AddedDomains } from './domains/added-domains.ts'
import { Contract } from './domains/contract.ts'
import { DomainAccess } from './domains/domain-access.ts'
import { DomainReactions } from './domains/domain-reactions.ts'
import { DomainViews } from './domains/domain-views.ts'
import { Domains } from './domains/domains.ts'
import { nestedStackIn } from './domains/nested-stack.ts'
import { PublishedDomains, type PublishProps } from './domains/published-domains.ts'
import type { ModuleParts } from './functions/bundled-code.ts'
import { type ConnectedParts, connect } from './functions/connections.ts'
import { DomainFunctions } from './functions/domain-functions.ts'
import type { EventFunction } from './functions/event-function.ts'
import { FeedFunction } from './functions/feed-function.ts'
import { FieldFunctions, script } from './functions/field-functions.ts'
import { Reactions } from './functions/reactions.ts'
import { type Operators, Views } from './functions/views.ts'
import { type Stage, stageOf } from './stage.ts'
import { CheckpointTable } from './tables/checkpoint-table.ts'
import { EventTable } from './tables/event-table.ts'
import { KeptTables } from './tables/kept-tables.ts'
import { checkTemplates, resourceCountErrors } from './template-rules.ts'

export interface EventSourcingApiProps {
  /**
   * The SDL file. Synth deploys it with the directives of the API's modes:
   * docs/deploy.md#who-may-call-the-api.
   */
  readonly schema: string
  /**
   * The folder with one folder for each domain, whose `index.ts` exports the resources' classes.
   * Default: `lib`, next to the resolvers.
   */
  readonly domains?: string
  /** The folder with one folder of functions for each domain, under the domain's name. */
  readonly resolvers: string
  /** Who may call the API. Default: AWS credentials (IAM) and, except in `prod`, an API key. */
  readonly auth?: AuthProps
  /**
   * The topic that receives alarms: docs/feed.md. Default: none, so that alarms only appear in
   * CloudWatch.
   */
  readonly alarmTopic?: ITopic
  /**
   * Whether each domain gets a nested stack for its functions, because a stack can have at most 500
   * resources. Tables, resolvers and the rest stay in the stack, so that the setting can be changed
   * at any deployment. Default: false.
   */
  readonly nestedStacks?: boolean
  /**
   * Whether logs and traces contain payloads: values of inputs, events and states, and the messages
   * of errors. `-c logPayloads=on` or `off` overrides it. Default: false, in every stage.
   */
  readonly logPayloads?: boolean
}

export interface DomainProps {
  /**
   * Resource types. Each one gets a feed and a table, whose name functions read from
   * `PRODUCT_TABLE`.
   */
  readonly resources: readonly string[]
}

/**
 * A GraphQL API over event-sourced domains. One line adds a domain: `api.addDomain('shopping', {
 * resources: ['Product'] })`.
 */
export class EventSourcingApi extends Construct {
  readonly api: GraphqlApi
  /** The user pool that the stack makes. Undefined: `auth.users` is not `true`. */
  readonly userPool: UserPool | undefined
  /** The client of the user pool, for apps. Undefined: `auth.users` is not `true`. */
  readonly userPoolClient: UserPoolClient | undefined
  readonly #contract: Contract
  readonly #domains: Domains
  readonly #domainReactions: DomainReactions
  readonly #stage: Stage
  readonly #nestedStacks: boolean
  readonly #none: NoneDataSource
  readonly #access: DomainAccess
  readonly #functions: FieldFunctions
  readonly #feed: FeedFunction
  readonly #domainViews: DomainViews
  /** Undefined: no domain has reactors or views, or publishes its events. */
  #checkpoints: CheckpointTable | undefined
  /** Undefined: no domain has reactors or publishes its events. */
  #reactions: Reactions | undefined
  readonly #newReactions: () => Reactions
  /** Undefined: no domain has views. */
  readonly #views: Views | undefined
  /** The functions of the domains' queries, by domain. */
  readonly #queries = new Map<string, EventFunction>()
  /** Undefined: the API has no fields for operators. */
  #operators: Operators | undefined
  readonly #added: AddedDomains
  readonly #published: PublishedDomains
  /** The mistakes in the calls that add and publish domains, one sentence each. */
  readonly #mistakes: string[] = []

  constructor(scope: Construct, id: string, props: EventSourcingApiProps) {
    super(scope, id)
    const schema = readFileSync(props.schema, 'utf8')
    const file = relative(process.cwd(), props.schema)
    this.#contract = new Contract(schema, file)
    const { resolvers, domains = join(resolvers, '../lib'), nestedStacks = false } = props
    this.#nestedStacks = nestedStacks
    this.#domains = new Domains({ domains, resolvers })
    this.#stage = stageOf(this.node)
    if (this.#stage.isProtected) Stack.of(this).terminationProtection = true
    const auth = new Auth(this, this.#stage, props.auth)
    this.userPool = auth.users?.userPool
    this.userPoolClient = auth.users?.client
    const deployment = { modes: auth.modes, isGenerated: hasParts(resolvers) }
    this.api = new GraphqlApi(this, 'Api', {
      name: this.node.path.replaceAll('/', '-'),
      definition: definitionOf(props.schema, deployment),
      authorizationConfig: auth.config,
      queryDepthLimit: deepestQuery(this.#stage.introspection),
      resolverCountLimit: MOST_RESOLVERS,
      introspectionConfig: this.#stage.introspection
        ? IntrospectionConfig.ENABLED
        : IntrospectionConfig.DISABLED,
      xrayEnabled: true,
    })
    const payloads = logsPayloads(this.node, props.logPayloads)
    if (payloads) logPayloadsIn(this)
    new ApiLogs(this, 'Logs', this.api, payloads)
    const rateLimit = rateLimitOf(this.node)
    if (rateLimit !== undefined) new RateLimit(this, 'RateLimit', this.api, rateLimit)
    this.#none = this.api.addNoneDataSource('None')
    this.#access = new DomainAccess(resolvers)
    this.#domainViews = new DomainViews(resolvers, this.#domains, this.#contract)
    this.#functions = new FieldFunctions({
      ...{ api: this.api, contract: this.#contract, domains: this.#domains, resolvers },
      access: this.#access,
      views: this.#domainViews,
      keyMayAll: !this.#stage.isProtected,
      firstUsers: auth.firstUsers,
    })
    this.#added = new AddedDomains({
      contract: this.#contract,
      domains: this.#domains,
      functions: this.#functions,
    })
    const alarms = new Alarms(this, 'Alarms', { topic: props.alarmTopic })
    if (auth.key) new KeyWatch(this, 'KeyWatch', { expires: auth.key.expires, alarms })
    const feeds = this.#contract.feeds()
    this.#feed = new FeedFunction(this, 'Feed', {
      api: this.api,
      feeds,
      resources: this.#domains.classes(feeds),
      alarms,
    })
    this.#published = new PublishedDomains(this, this.#added, this.#domains)
    this.#domainReactions = new DomainReactions(resolvers, this.#domains)
    const checkpoints = () => {
      this.#checkpoints ??= new CheckpointTable(this, 'Checkpoints', this.#stage)
      return this.#checkpoints
    }
    this.#newReactions = () =>
      new Reactions(this, 'Reactions', {
        domains: this.#domainReactions.files(),
        hasReactors: this.#domainReactions.exist,
        resources: this.#resourceParts(feeds.map(({ resource }) => resource)),
        viewed: this.#domainViews.resources(),
        checkpoints: checkpoints(),
        alarms,
      })
    if (this.#domainReactions.exist) this.#reactions = this.#newReactions()
    if (this.#domainViews.exist) {
      const [files, concerned] = [this.#domainViews.files(), this.#domainViews.resources()]
      this.#views = new Views(this, 'Views', {
        ...{ files, fields: this.#domainViews.fields(), stage: this.#stage, alarms },
        resources: this.#resourceParts(concerned),
        checkpoints: checkpoints(),
      })
    }
    // The dispatcher, the domains and the operators' fields are known when the stack is complete.
    Aspects.of(this).add({ visit: (node) => node === this && connect(this.#parts()) })
    addSampling(this, this.api, this.#stage)
    addOutputs(this, this.api, { users: auth.users, stage: this.#stage })
    checkTemplates(this)
    const keptTables = new KeptTables(this, join(dirname(props.schema), 'kept-tables.json'))
    this.node.addValidation({
      validate: () => [...keptTables.errors(), ...resourceCountErrors(Stack.of(this))],
    })
    this.node.addValidation({
      validate: () => {
        const drift = driftErrors(schema, resolvers)
        const inSchema = [
          ...drift,
          ...this.#contract.syntaxErrors(),
          ...(drift.length === 0 ? modeErrors(schema, file, deployment) : []),
        ]
        if (this.#mistakes.length > 0) return [...this.#mistakes, ...inSchema]
        const missing = this.#added.missing()
        return [
          ...inSchema,
          ...missing.map(({ error }) => error),
          ...this.#functions.errors(
            new Set([...missing.flatMap(({ fields }) => fields), ...this.#domainViews.declared]),
          ),
          ...this.#domainReactions.errors(this.#added.resources(missing)),
          ...this.#domainViews.errors(this.#added.resources(missing), (domain, field) =>
            this.#functions.queriesFileOf(domain, field),
          ),
          ...publishLimitErrors(apiResource(this.api)),
        ]
      },
    })
  }

  /**
   * Adds a domain. Each resource gets a table and a feed; the domain's `index.ts` exports its
   * class. The domain gets a function for its queries, a function for its commands, and a resolver
   * for each field.
   *
   * The functions answer the resources' built-in queries. They also answer the fields that
   * `queries.ts` and `commands.ts` in the domain's resolvers folder export. A `reactions.ts` in
   * that folder exports reactors to the events of any domain, and an `access.ts` says who may call
   * which field.
   *
   * @returns the functions, for variables and permissions of your own
   */
  addDomain(name: string, { resources }: DomainProps): DomainFunctions {
    const isTaken = this.node.tryFindChild(name) !== undefined
    const mistake = this.#added.mistakeIn(name, resources, isTaken)
    if (mistake !== undefined) {
      this.#mistakes.push(mistake)
      // Synth fails with the mistake.
      return new DomainFunctions({ queries: undefined, commands: undefined, dispatcher: undefined })
    }
    this.#added.add(name)
    const domain = new Construct(this, name)
    domain.node.addValidation({
      validate: () => {
        const fields = this.#functions.fieldsOf(name, resources)
        return this.#access.errors(name, fields, this.#domainViews.ownerless(name))
      },
    })
    const tables = resources.map((resource) => this.#addResource(domain, resource))
    const environment = Object.fromEntries(
      resources.map((resource, index) => [
        tableVariable(resource),
        tables[index]?.table.tableName ?? '',
      ]),
    )
    const scope = this.#nestedStacks ? nestedStackIn(domain) : domain
    const queries = this.#functions.add(scope, 'Query', { name, resources, environment })
    const commands = this.#functions.add(scope, 'Mutation', { name, resources, environment })
    for (const table of tables) {
      if (queries) table.grantReadAll(queries)
      if (commands) table.grantCommit(commands)
    }
    if (queries) this.#queries.set(name, queries)
    const dispatcher = this.#domainReactions.has(name) ? this.#reactions?.function : undefined
    return new DomainFunctions({ queries, commands, dispatcher })
  }

  /**
   * Publishes the events of a domain to an event bus of EventBridge, for other teams:
   * docs/events-for-other-teams.md. Call it after the domain's `addDomain`.
   */
  publishEvents(domain: string, props: PublishProps = {}): void {
    const mistake = this.#published.mistakeIn(domain, props)
    if (mistake !== undefined) {
      this.#mistakes.push(mistake)
      return
    }
    const { bus = this.#published.ownBus } = props
    this.#reactions ??= this.#newReactions()
    for (const { table, published } of this.#published.add(domain, props))
      this.#reactions.publish(table, published, bus)
  }

  /**
   * Returns the table of a resource's events: `api.table('Product').tableName`.
   * @throws Error if no `addDomain` before this call names the resource
   */
  table(resource: string): TableV2 {
    return this.#table(resource).table
  }

  /**
   * Allows reads of a resource type: `findOne`, `events`, `findAll` and `all`.
   * @throws Error if no `addDomain` before this call names the resource
   */
  grantRead(grantee: IGrantable, resource: string): Grant {
    return this.#table(resource).grantReadAll(grantee)
  }

  /**
   * Allows commands on the resources of a type, and reads of one resource. The table's policy admits
   * the grantee to puts; it denies updates and deletes to everyone.
   * @param grantee a function, a role or a user, in the stack of the API or imported
   * @throws Error for another grantee, or if no `addDomain` before this call names the resource
   */
  grantCommit(grantee: IGrantable, resource: string): Grant {
    return this.#table(resource).grantCommit(grantee)
  }

  /** Adds the framework's fields for operators, which inspect, retry, skip and replay reactions. */
  addOperations(): void {
    if (this.node.tryFindChild('operations')) {
      this.#mistakes.push('The stack calls addOperations() twice: remove one call')
      return
    }
    const operations = new Construct(this, 'operations')
    const hasReactors = () => this.#checkpoints !== undefined
    this.#operators = {
      queries: this.#functions.addOperations(operations, 'Query', hasReactors),
      commands: this.#functions.addOperations(operations, 'Mutation', hasReactors),
    }
  }

  #table(resource: string): EventTable {
    return this.#added.table(resource, this.node.path)
  }

  /** Returns the classes of resources, and their data from the schema. */
  #resourceParts(resources: readonly string[]): ModuleParts {
    return this.#domains.resources(resources.map((resource) => this.#contract.resource(resource)))
  }

  #parts(): ConnectedParts {
    return {
      ...{ added: this.#added, domainViews: this.#domainViews, queries: this.#queries },
      ...{ checkpoints: this.#checkpoints, reactions: this.#reactions, views: this.#views },
      operators: this.#operators,
    }
  }

  #addResource(domain: Construct, resource: string): EventTable {
    const errors = this.#contract.feedErrors(resource)
    domain.node.addValidation({
      validate: () => [...errors, ...this.#domains.errors(domain.node.id, resource)],
    })
    const { all } = this.#contract.resource(resource).queries
    const isListedByOwner = this.#access.listsByOwner(domain.node.id, all)
    const table = new EventTable(domain, resource, { stage: this.#stage, isListedByOwner })
    const feed = this.#contract.feed(resource)
    this.#feed.addTable(table, feed)
    this.#added.addResource(resource, domain.node.id, table)
    this.#reactions?.addTable(table, resource)
    if (this.#domainReactions.to(resource).length > 0) this.#reactions?.reactTo(table, resource)
    if (errors.length === 0) {
      this.#none.createResolver(`${resource}Publish`, {
        typeName: 'Mutation',
        fieldName: feed.mutation,
        runtime: FunctionRuntime.JS_1_0_0,
        code: script('feed/publish.js'),
      })
    }
    return table
  }
}
