import { tableVariable } from '../../appsync/index.ts'
import type { AddedDomains } from '../domains/added-domains.ts'
import type { DomainViews } from '../domains/domain-views.ts'
import type { CheckpointTable } from '../tables/checkpoint-table.ts'
import type { EventFunction } from './event-function.ts'
import type { Reactions } from './reactions.ts'
import type { Operators, Views } from './views.ts'

/** The parts of a complete stack that have to be connected. */
export interface ConnectedParts {
  readonly added: AddedDomains
  readonly domainViews: DomainViews
  /** The functions of the domains' queries, by domain. */
  readonly queries: ReadonlyMap<string, EventFunction>
  /** Undefined: no domain has reactors or views, or publishes its events. */
  readonly checkpoints: CheckpointTable | undefined
  /** Undefined: no domain has reactors or publishes its events. */
  readonly reactions: Reactions | undefined
  /** Undefined: no domain has views. */
  readonly views: Views | undefined
  /** Undefined: the API has no fields for operators. */
  readonly operators: Operators | undefined
}

/** Connects the functions of operators, of views and of the domains' queries with what they use. */
export function connect(parts: ConnectedParts): void {
  if (parts.operators) letOperate(parts.operators, parts)
  if (parts.views) connectViews(parts.views, parts)
}

/**
 * Connects the views function with the tables that it reads, and the domains' queries with the
 * views. A stream has at most two readers, so the dispatcher, if there is one, forwards the events.
 */
function connectViews(views: Views, parts: ConnectedParts): void {
  const { reactions } = parts
  for (const { resource, table } of viewedTables(parts)) {
    views.addTable(table, resource)
    if (reactions) reactions.forward(table, resource)
    else views.readStream(table, resource)
  }
  reactions?.letInvoke(views.function)
  for (const [domain, queries] of parts.queries) {
    if (parts.domainViews.names(domain).length === 0) continue
    views.letQuery(queries)
    for (const { resource, table } of viewedTables(parts, domain)) {
      queries.addEnvironment(tableVariable(resource), table.table.tableName)
      table.grantReadHistory(queries)
    }
  }
}

function letOperate(operators: Operators, parts: ConnectedParts): void {
  const { checkpoints, views } = parts
  if (checkpoints) {
    for (const operator of Object.values(operators))
      operator.addEnvironment('CHECKPOINT_TABLE', checkpoints.table.tableName)
    checkpoints.grantRead(operators.queries)
    checkpoints.grantOperate(operators.commands)
  }
  views?.letOperate(operators)
  for (const { resource, table } of viewedTables(parts))
    operators.queries.addEnvironment(tableVariable(resource), table.table.tableName)
}

/** Returns the tables that views need, without those that the stack lacks. */
function viewedTables({ added, domainViews }: ConnectedParts, domain?: string) {
  return domainViews.resources(domain).flatMap((resource) => {
    const table = added.find(resource)
    return table ? [{ resource, table }] : []
  })
}
