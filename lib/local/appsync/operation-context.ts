import type { GraphQLError } from 'graphql'
import type { Caller } from './caller.ts'
import type { RequestTrace } from './trace.ts'

/** What belongs to one request while it is executed. */
export interface OperationContext {
  readonly caller: Caller
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly sourceIp: string
  readonly trace: RequestTrace
  /** Errors that scripts have added to fields that have values. */
  readonly appended: GraphQLError[]
  /** How many resolvers have run. */
  resolverCount: number
}
