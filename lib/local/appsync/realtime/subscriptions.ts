import {
  type DocumentNode,
  executeSync,
  type GraphQLField,
  getArgumentValues,
  isNonNullType,
  OperationTypeNode,
} from 'graphql'
import type { Faults } from '../../faults/index.ts'
import { isObject, type UnknownObject } from '../../json.ts'
import { authorizeByPolicy, authorizeField } from '../access/field-authorization.ts'
import type { Api } from '../api.ts'
import { type AppSyncError, fieldError } from '../execution/error-format.ts'
import { deliveryResolver, resolveSubscription } from '../execution/field-execution.ts'
import type { OperationContext } from '../execution/operation-context.ts'
import { ResolverError } from '../execution/resolver-error.ts'
import { selectedFields } from '../execution/selection.ts'
import { fieldArguments, variableValues } from '../execution/variables.ts'
import type { GraphqlRequest } from '../http/graphql-request.ts'
import { RequestError } from '../http/request-error.ts'
import { type AppSyncLog, loggedErrors } from '../log.ts'
import { feedingMutations } from '../schema/schema.ts'
import { fragmentsOf, type Published } from './published.ts'
import { argumentsFilter, enhancedFilter, type SubscriptionFilter } from './subscription-filter.ts'

/** The most bytes of a message. AppSync silently drops a larger message. */
const LARGEST_MESSAGE = 240 * 1024

/** The payload of a `data` message. */
export interface Delivery {
  readonly data: unknown
  readonly errors?: readonly AppSyncError[]
}

/** The receiver of a subscription's messages. */
export interface Subscriber {
  deliver(delivery: Delivery): void
  /** Called when a new version of the API no longer supports the subscription. */
  end(error: unknown): void
}

interface Subscription {
  field: GraphQLField<unknown, unknown>
  document: DocumentNode
  readonly request: GraphqlRequest
  readonly context: OperationContext
  readonly filter: SubscriptionFilter
  readonly subscriber: Subscriber
}

/** The subscriptions of an API, and the delivery of published values to them. */
export class Subscriptions {
  #api: Api
  readonly #log: AppSyncLog
  readonly #faults: Faults
  readonly #all = new Set<Subscription>()

  constructor(api: Api, log: AppSyncLog, faults: Faults) {
    this.#api = api
    this.#log = log
    this.#faults = faults
  }

  /**
   * Subscribes. Returns the function that ends the subscription.
   * @throws Refusal if the document is invalid
   * @throws RequestError if the request is not a subscription
   * @throws ResolverError if the caller is not authorized, or the field's resolver fails
   */
  async subscribe(
    request: GraphqlRequest,
    context: OperationContext,
    subscriber: Subscriber,
  ): Promise<() => void> {
    const api = this.#api
    const { document, field, node, info } = subscribed(api, request, context)
    await authorizeByPolicy(api, context.caller, info.parentType, field)
    const given = getArgumentValues(field, node, info.variableValues)
    const resolution = await resolveSubscription(api, context, given, info)
    const enhanced = resolution?.subscriptionFilter
    const filter =
      enhanced === undefined
        ? argumentsFilter(fieldArguments(given, info))
        : enhancedFilter(enhanced ?? { filterGroup: [] })
    const subscription = { field, document, request, context, filter, subscriber }
    this.#all.add(subscription)
    return () => this.#all.delete(subscription)
  }

  /** Serves another API. Ends the subscriptions that it does not support. */
  serve(api: Api): void {
    this.#api = api
    for (const subscription of this.#all) {
      try {
        const { document, field } = subscribed(api, subscription.request, subscription.context)
        subscription.document = document
        subscription.field = field
      } catch (error) {
        this.#all.delete(subscription)
        subscription.subscriber.end(error)
      }
    }
  }

  publish({ mutation, value }: Published): void {
    for (const subscription of this.#all) {
      if (!feedingMutations(subscription.field).includes(mutation)) continue
      if (!subscription.filter(value) || this.#faults.strikes('api.drops')) continue
      this.#deliver(subscription, value)
    }
  }

  #deliver(subscription: Subscription, value: UnknownObject): void {
    const { field, document, request, context, subscriber } = subscription
    const { schema } = this.#api
    const result = executeSync({
      schema,
      document,
      ...(request.operationName && { operationName: request.operationName }),
      rootValue: { [field.name]: value },
      variableValues: request.variables,
      contextValue: context,
      fieldResolver: deliveryResolver(this.#api),
    })
    const errors = (result.errors ?? []).map((error) => fieldError(error, schema))
    const delivery = { data: plain(result.data), ...(errors.length > 0 && { errors }) }
    const bytes = Buffer.byteLength(JSON.stringify(delivery))
    if (errors.some(({ errorType }) => errorType === 'Unauthorized')) {
      this.#warn(
        field.name,
        'Not delivered: the subscriber is not authorized to read the message',
        { errors: loggedErrors(this.#api.api, errors) },
      )
    } else if (bytes > LARGEST_MESSAGE) {
      this.#warn(field.name, `Not delivered: the message is larger than ${LARGEST_MESSAGE} bytes`, {
        bytes,
      })
    } else {
      if (errors.length > 0)
        this.#warn(field.name, 'Delivered with errors', {
          errors: loggedErrors(this.#api.api, errors),
        })
      subscriber.deliver(delivery)
    }
  }

  #warn(subscription: string, message: string, details: object): void {
    this.#log({ api: this.#api.api.name, subscription, level: 'WARN', message, ...details })
  }
}

/**
 * Returns the field that a request subscribes to, with its document.
 * @throws Refusal, RequestError or ResolverError if the caller cannot subscribe to the field
 */
function subscribed(served: Api, request: GraphqlRequest, context: OperationContext) {
  const { schema, documents } = served
  const { document, operation } = documents.operation(request.query, request.operationName)
  const parentType = schema.getSubscriptionType()
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION || !parentType) {
    throw new RequestError(
      400,
      'UnsupportedOperation',
      `${operation.operation} not supported through the realtime channel`,
    )
  }
  const values = variableValues(schema, operation, request.variables)
  const fragments = fragmentsOf(document)
  const [{ name, nodes } = { name: '', nodes: [] }] = selectedFields(
    [operation.selectionSet],
    fragments,
  )
  const [node] = nodes
  const field = parentType.getFields()[name]
  if (!node || !field) throw new ResolverError('A subscription needs a field', 'BadRequest')
  authorizeField(served, context.caller, parentType, field)
  checkNullable(field)
  const info = {
    fieldName: name,
    parentType,
    fieldNodes: nodes,
    fragments,
    variableValues: { ...values },
  }
  return { document, field, node, info }
}

/**
 * Checks that the field is nullable. A mutation can return null, so AppSync rejects a non-null
 * subscription.
 */
function checkNullable({ name, type }: GraphQLField<unknown, unknown>): void {
  if (isNonNullType(type)) {
    throw new ResolverError(
      `Cannot return null for non-nullable type: '${type.ofType}' within parent 'Subscription' (/${name})`,
    )
  }
}

/** Copies an object, without the null prototype of graphql-js. */
function plain(data: unknown): unknown {
  return isObject(data) ? { ...data } : null
}
