import { bind, dynamoDBEventStore, type StoredEvent } from '../../event-sourcing/index.ts'
import { tableVariable } from '../feed/feeds.ts'
import { log } from '../log.ts'
import type { ResourceClass } from '../resource-class.ts'
import { commitCheck, type SchemaTypes } from '../schema-check/commit-check.ts'
import type { BuiltInQueries } from './built-in-queries.ts'
import { type Presentation, presentAs } from './presentation.ts'

/** A resource in the API. Synth derives all of it from the schema, except the class. */
export interface ApiResource extends Presentation {
  /**
   * The type's name, such as `Product`. The environment variable `PRODUCT_TABLE` names its table.
   */
  readonly name: string
  readonly resourceClass: ResourceClass
  readonly queries: BuiltInQueries
  /** The types that the state and the events must fit. */
  readonly types: SchemaTypes
}

/**
 * Binds the classes to their tables, and sets the API form of their resources. Their commits must fit
 * the schema. Each committed event leaves one log entry.
 */
export function prepareResources(resources: readonly ApiResource[]): void {
  for (const { name, resourceClass, fields, enums, types } of resources) {
    const store = dynamoDBEventStore({ tableName: process.env[tableVariable(name)] })
    const presentation = { fields, enums }
    bind(resourceClass, store, {
      check: commitCheck(name, presentation, types),
      onCommit: (events) => logCommit(name, events),
    })
    presentAs(resourceClass, presentation)
  }
}

/** Logs the events without their attributes, which may be personal data. */
function logCommit(resource: string, events: readonly StoredEvent[]): void {
  for (const { id, number, type, meta } of events) {
    const { commandId, actor, owner, reactor } = meta
    log('info', 'commit', {
      ...{ resource, id, number, type, commandId },
      ...(actor && { actor }),
      ...(owner && { owner }),
      ...(reactor && { reactor }),
    })
  }
}
