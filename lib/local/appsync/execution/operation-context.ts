import type { GraphQLError } from 'graphql'
import type { Caller } from '../access/caller.ts'
import type { RequestTrace } from '../trace.ts'

/** The state of one request while it is executed. */
export interface OperationContext {
  readonly caller: Caller
  /** The headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly sourceIp: string
  readonly trace: RequestTrace
  /** Errors that scripts have added to fields that have values. */
  readonly appended: GraphQLError[]
  /** The number of resolvers that have run. */
  resolverCount: number
}
