import type { RawData, WebSocket } from 'ws'
import { isObject, parsedJson, type UnknownObject } from '../../json.ts'
import type { Caller } from '../access/caller.ts'
import { Refusal } from '../execution/refusal.ts'
import { ResolverError } from '../execution/resolver-error.ts'
import { authenticated, GRAPHQL_PATH, newContext, type Service } from '../http/endpoint.ts'
import { graphqlRequest } from '../http/graphql-request.ts'
import { badRequest, RequestError } from '../http/request-error.ts'
import { authorizationHeaders } from './realtime-authorization.ts'

const SUBSCRIPTIONS_A_CONNECTION = 100
const HOUR = 60 * 60_000
/** Milliseconds without a message after which a client treats the connection as dead. */
const CONNECTION_TIMEOUT = 300_000

interface ConnectionOptions {
  /** Rejects if the caller may not connect. */
  readonly authentication: Promise<Caller>
  readonly sourceIp: string
  readonly keepAlive: number
}

/**
 * One client of the real-time endpoint. Answers every message, and contains the client's errors.
 */
export class RealtimeConnection {
  readonly #service: Service
  readonly #socket: WebSocket
  readonly #options: ConnectionOptions
  /** The function that ends each subscription, by the client's ids; undefined while it starts. */
  readonly #subscriptions = new Map<string, (() => void) | undefined>()
  #acknowledged = false
  #keepAlive: NodeJS.Timeout | undefined

  constructor(service: Service, socket: WebSocket, options: ConnectionOptions) {
    this.#service = service
    this.#socket = socket
    this.#options = options
    const lifetime = setTimeout(
      () => socket.close(1000, 'Connections end after 24 hours'),
      24 * HOUR,
    )
    lifetime.unref()
    socket.on('message', (data) => {
      this.#receive(data).catch((error: unknown) => this.#failed(error))
    })
    socket.on('error', (error) => {
      this.#log('INFO', 'A realtime connection failed', { error: String(error) })
    })
    socket.on('close', () => {
      clearTimeout(lifetime)
      clearInterval(this.#keepAlive)
      for (const unsubscribe of this.#subscriptions.values()) unsubscribe?.()
      this.#subscriptions.clear()
    })
  }

  async #receive(data: RawData): Promise<void> {
    const message = parsedJson(String(data))
    const { type, id, payload } = isObject(message) ? message : {}
    if (type === 'connection_init') {
      await this.#connect()
    } else if (type === 'start' && this.#acknowledged && isId(id)) {
      await this.#start(id, isObject(payload) ? payload : {})
    } else if (type === 'stop' && this.#acknowledged && isId(id)) {
      this.#stop(id)
    } else if ((type === 'start' || type === 'stop') && !this.#acknowledged) {
      this.#refuse(isId(id) ? id : '', badRequest('The connection has not been acknowledged yet.'))
    } else if (type === 'start' || type === 'stop') {
      this.#refuse('', badRequest(`A ${type} message needs an id.`))
    } else {
      this.#refuse('', unsupported('unknown not supported through the realtime channel'))
    }
  }

  async #connect(): Promise<void> {
    try {
      await this.#options.authentication
    } catch (error) {
      this.#send({ type: 'connection_error', payload: { errors: errorsOf(error) } })
      this.#socket.close(1000)
      return
    }
    this.#acknowledged = true
    this.#send({
      type: 'connection_ack',
      payload: { connectionTimeoutMs: CONNECTION_TIMEOUT },
    })
    const beat = () => this.#send({ type: 'ka' })
    clearInterval(this.#keepAlive)
    this.#keepAlive = setInterval(beat, this.#options.keepAlive)
    beat()
  }

  async #start(id: string, payload: UnknownObject): Promise<void> {
    if (this.#subscriptions.has(id)) {
      this.#refuse(id, new RequestError(400, 'DuplicatedOperationError', `The id ${id} is in use.`))
      return
    }
    if (this.#subscriptions.size >= SUBSCRIPTIONS_A_CONNECTION) {
      this.#refuse(
        id,
        new RequestError(
          400,
          'MaxSubscriptionsReachedError',
          `Max number of ${SUBSCRIPTIONS_A_CONNECTION} subscriptions reached`,
        ),
      )
      return
    }
    this.#subscriptions.set(id, undefined)
    try {
      const unsubscribe = await this.#subscribe(id, payload)
      if (this.#subscriptions.has(id) && this.#socket.readyState === this.#socket.OPEN) {
        this.#subscriptions.set(id, unsubscribe)
        this.#send({ type: 'start_ack', id })
      } else {
        unsubscribe()
      }
    } catch (error) {
      this.#subscriptions.delete(id)
      this.#refuse(id, error)
    }
  }

  async #subscribe(id: string, { data, extensions }: UnknownObject): Promise<() => void> {
    if (typeof data !== 'string')
      throw unsupported('unknown not supported through the realtime channel')
    const { authorization } = isObject(extensions) ? extensions : {}
    const headers = authorizationHeaders(authorization)
    const caller = await authenticated(this.#service, { path: GRAPHQL_PATH, headers, body: data })
    const context = newContext(this.#service, caller, headers, this.#options.sourceIp)
    return this.#service.subscriptions.subscribe(graphqlRequest(data), context, {
      deliver: (delivery) => {
        if (!this.#subscriptions.has(id)) return
        if (this.#service.faults.strikes('api.closes')) this.#socket.terminate()
        else this.#send({ type: 'data', id, payload: delivery })
      },
      end: (error) => {
        if (this.#subscriptions.delete(id)) this.#refuse(id, error)
      },
    })
  }

  #stop(id: string): void {
    if (!this.#subscriptions.has(id)) {
      this.#refuse(id, new RequestError(400, 'UnknownOperationError', `Unknown operation id ${id}`))
      return
    }
    this.#subscriptions.get(id)?.()
    this.#subscriptions.delete(id)
    this.#send({ type: 'complete', id })
  }

  #refuse(id: string, error: unknown): void {
    this.#send({ type: 'error', id, payload: { errors: errorsOf(error) } })
    if (!isExpected(error)) this.#failed(error)
  }

  #failed(error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error)
    this.#log('ERROR', 'A realtime message failed', { stack })
  }

  #log(level: 'INFO' | 'ERROR', message: string, details: object): void {
    this.#service.log({ api: this.#service.api.api.name, level, message, ...details })
  }

  #send(message: object): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message))
  }
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== ''
}

function isExpected(error: unknown): boolean {
  return [RequestError, Refusal, ResolverError].some((type) => error instanceof type)
}

function errorsOf(error: unknown): readonly object[] {
  if (error instanceof Refusal) return error.errors
  if (error instanceof ResolverError) {
    const { errorType, message, errorInfo } = error
    return [{ errorType, message, ...(errorInfo !== null && { errorInfo }) }]
  }
  if (error instanceof RequestError) {
    const { errorType, message, status } = error
    return [{ errorType, message, errorCode: status }]
  }
  return [{ errorType: 'InternalFailure', message: 'Internal failure', errorCode: 500 }]
}

function unsupported(message: string): RequestError {
  return new RequestError(400, 'UnsupportedOperation', message)
}
