import { bind, dynamoDBEventStore } from '../../event-sourcing/index.ts'
import { tableVariable } from '../feed/feeds.ts'
import type { BuiltInQueries, ResourceClass } from './built-in-queries.ts'
import { type Presentation, presentAs } from './presentation.ts'

/** A resource as the API has it. Derived from the schema at synth, but for the class. */
export interface ApiResource extends Presentation {
  /** `Product`. Its table's name is in the environment as `PRODUCT_TABLE`. */
  readonly name: string
  readonly resourceClass: ResourceClass
  readonly queries: BuiltInQueries
}

/** Binds the classes to their tables, and sets how the API shows their resources. */
export function prepareResources(resources: readonly ApiResource[]): void {
  for (const { name, resourceClass, fields, enums } of resources) {
    bind(resourceClass, dynamoDBEventStore({ tableName: process.env[tableVariable(name)] }))
    presentAs(resourceClass, { fields, enums })
  }
}
