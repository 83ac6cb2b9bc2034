import { isObject } from '../../json.ts'
import type { ApiDefinition, DataSource, ResolverDefinition } from '../api-definition.ts'
import type { AppSyncLog } from '../log.ts'
import { Script } from '../scripts/script.ts'
import type {
  ScriptEnd,
  ScriptError,
  ScriptHost,
  ScriptOutcome,
} from '../scripts/script-outcome.ts'
import { withinTime } from '../within-time.ts'
import { ResolverError, unauthorizedField } from './resolver-error.ts'

/** `ctx` as a script receives it, before the data source has answered. */
export interface ResolverContext {
  readonly arguments: object
  readonly identity: object | null
  readonly source: unknown
  readonly request: { readonly headers: object; readonly domainName: null }
  readonly info: { readonly parentTypeName: string; readonly fieldName: string }
}

/** The origin of a request, which scripts and functions receive beside the context. */
export interface Origin {
  /** The answer of `util.authType()`. */
  readonly authType: string
  readonly traceHeader: string
}

/** The result of a resolver. Its errors belong to the field, beside the value. */
export interface Resolution {
  readonly value: unknown
  readonly errors: readonly ResolverError[]
  readonly subscriptionFilter?: unknown
}

interface Answer {
  readonly result: unknown
  readonly error?: { readonly message: string; readonly type: string }
}

/** AppSync's limit for a request, in milliseconds. */
const REQUEST_TIMEOUT = 30_000
const TIMED_OUT = 'Lambda:ExecutionTimeoutException'

/**
 * A resolver with one data source. Runs its script's request, the data source, and its script's
 * response.
 */
export class UnitResolver {
  readonly #definition: ResolverDefinition
  readonly #script: Script
  readonly #unlimitedTime: boolean

  /** @throws Error if the script cannot be loaded */
  constructor(api: ApiDefinition, definition: ResolverDefinition, log: AppSyncLog) {
    const { logicalId, typeName, fieldName, code } = definition
    const field = `${typeName}.${fieldName}`
    const say: ScriptHost['log'] = (level, json) =>
      log({
        api: api.name,
        field,
        level,
        message: 'Logged by the script',
        values: JSON.parse(json),
      })
    this.#definition = definition
    this.#unlimitedTime = api.unlimitedTime ?? false
    this.#script = new Script(`${logicalId} (${field})`, code, say)
  }

  /**
   * Resolves the field.
   * @throws ResolverError if the field has no value
   */
  async resolve(context: ResolverContext, { authType, traceHeader }: Origin): Promise<Resolution> {
    const before = { ...context, prev: null, stash: {}, env: {} }
    const requested = this.#script.run('request', { ...before, result: null }, authType)
    const request = this.#valueOf(requested)
    if (requested.end === 'early-return') return resolution(request, [requested])

    const { result, error } = await this.#ask(this.#definition.dataSource, request, traceHeader)
    const answered = { ...before, stash: requested.stash, result: result ?? null }
    const responded = this.#script.run(
      'response',
      error ? { ...answered, error } : answered,
      authType,
    )
    const value = this.#valueOf(responded)
    // The data source's error stays an error if the script ignores it.
    if (error) throw new ResolverError(error.message, error.type)
    return resolution(value, [requested, responded])
  }

  #valueOf(outcome: ScriptEnd): unknown {
    const { typeName, fieldName } = this.#definition
    switch (outcome.end) {
      case 'return':
      case 'early-return':
        return outcome.value
      case 'error':
        throw resolverError(outcome.error)
      case 'unauthorized':
        throw unauthorizedField(typeName, fieldName)
      case 'crash':
        throw new ResolverError(`Runtime Error: ${outcome.message}`, 'Code')
    }
  }

  async #ask(source: DataSource, request: unknown, traceHeader: string): Promise<Answer> {
    const { operation, payload, invocationType } = isObject(request) ? request : {}
    if (source.type === 'NONE') return { result: payload }
    if (operation !== 'Invoke') {
      throw new ResolverError(
        `The operation ${operation} is not supported by the local run: use Invoke`,
        'Code',
      )
    }
    const about = idIn(isObject(payload) ? payload.arguments : undefined)
    const invocation = source.function.invoke(payload ?? null, { traceHeader, about })
    if (invocationType === 'Event') {
      invocation.catch(() => {})
      return { result: null }
    }
    const outcome = await (this.#unlimitedTime
      ? invocation
      : withinTime(invocation, REQUEST_TIMEOUT))
    switch (outcome?.status) {
      case 'ok':
        return { result: outcome.payload }
      case 'failed':
        return {
          result: null,
          error: { message: outcome.error.errorMessage, type: 'Lambda:Unhandled' },
        }
      case 'timed-out':
        return { result: null, error: { message: outcome.error.errorMessage, type: TIMED_OUT } }
      default:
        return { result: null, error: { message: 'Execution timed out.', type: TIMED_OUT } }
    }
  }
}

function resolution(value: unknown, outcomes: readonly ScriptOutcome[]): Resolution {
  const errors = outcomes.flatMap(({ appended }) => appended.map(resolverError))
  const filter = outcomes.findLast(({ subscriptionFilter }) => subscriptionFilter !== undefined)
  return {
    value: value ?? null,
    errors,
    ...(filter && { subscriptionFilter: filter.subscriptionFilter }),
  }
}

function resolverError({ message, type, data, errorInfo }: ScriptError): ResolverError {
  return new ResolverError(message, type, data, errorInfo)
}

/** Returns the id in a field's arguments, or in their input. */
function idIn(args: unknown): string | undefined {
  if (!isObject(args)) return undefined
  const { id = isObject(args.input) ? args.input.id : undefined } = args
  return typeof id === 'string' ? id : undefined
}
