import type { LocalFunction } from '../lambda/local-function.ts'
import type { AuthProvider } from './auth-provider.ts'

/** An AppSync API as its template describes it, with intrinsics resolved. */
export interface ApiDefinition {
  readonly apiId: string
  readonly arn: string
  readonly name: string
  readonly region: string
  /** The deployed SDL. It does not declare AWS scalars and `@aws_*` directives. */
  readonly schema: string
  /** The default mode comes first. */
  readonly authProviders: readonly AuthProvider[]
  readonly apiKeys: readonly ApiKey[]
  readonly resolvers: readonly ResolverDefinition[]
  /** 0: no limit. */
  readonly queryDepthLimit: number
  /** 0: AppSync's own limit of 10,000. */
  readonly resolverCountLimit: number
  readonly introspection: boolean
  readonly xray: boolean
  /** Whether the log contains the messages of failed fields. Default: false. */
  readonly logsFailures?: boolean
  /** Whether a request may take longer than AppSync's 30 seconds. Default: false. */
  readonly unlimitedTime?: boolean
}

export interface ApiKey {
  readonly key: string
  /** Seconds since the epoch. */
  readonly expires: number
}

/** A unit resolver of the APPSYNC_JS runtime. */
export interface ResolverDefinition {
  readonly logicalId: string
  readonly typeName: string
  readonly fieldName: string
  /** The source text of an ES module that exports `request` and `response`. */
  readonly code: string
  readonly dataSource: DataSource
}

export type DataSource =
  | { readonly type: 'NONE'; readonly name: string }
  | { readonly type: 'AWS_LAMBDA'; readonly name: string; readonly function: LocalFunction }
