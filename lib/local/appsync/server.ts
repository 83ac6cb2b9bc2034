import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Principal } from '../access/iam.ts'
import { type Faults, NO_FAULTS } from '../faults/index.ts'
import { isObject } from '../json.ts'
import type { Certificate } from '../serving/certificate.ts'
import { type Console, type ConsoleOptions, openConsole } from '../serving/console.ts'
import type { Tokens } from './access/tokens/tokens.ts'
import { loadApi } from './api.ts'
import type { ApiDefinition } from './api-definition.ts'
import { GRAPHQL_PATH, REALTIME_PATH, REALTIME_PATHS, type Service } from './http/endpoint.ts'
import { entrance } from './http/entrance.ts'
import { notServing, serveGraphql } from './http/http-endpoint.ts'
import { issuerDocument } from './http/issuer-endpoint.ts'
import type { AppSyncLog } from './log.ts'
import { RealtimeEndpoint, refuseUpgrade } from './realtime/realtime-endpoint.ts'
import { Subscriptions } from './realtime/subscriptions.ts'

export interface ListenOptions {
  /** 0: any free port. */
  readonly port: number
  /** Returns the principal that owns the access key; undefined if the key is unknown. */
  principal(accessKeyId: string): Principal | undefined
  log: AppSyncLog
  /**
   * Receives the X-Ray document of each sampled request, if the API is traced. Default: discards
   * it.
   */
  segment?(document: object): void
  /**
   * Milliseconds between two `ka` messages of the real-time protocol. Default: 60,000, AppSync's.
   */
  readonly keepAlive?: number
  /**
   * The certificate for encrypted connections, on the same port. Default: only plain connections.
   */
  readonly certificate?: Certificate
  /** The faults to inject. Default: none. */
  readonly faults?: Faults
}

/** A server at its address. Answers 503 until it serves an API. */
export interface AppSyncServer {
  readonly port: number
  readonly graphqlUrl: string
  readonly realtimeUrl: string
  /** The URL of the console. The console is served only if `serve` received its options. */
  readonly consoleUrl: string
  /**
   * Serves an API, or replaces the previous one. Connections and subscriptions stay open.
   * @throws Error if AppSync would reject the schema, a resolver or a script. The previous API then
   * stays.
   */
  serve(api: ApiDefinition, console?: ConsoleOptions): void
  /** Ends connections, subscriptions and timers. */
  close(): Promise<void>
}

const CONSOLE_PATH = '/console/'
/** The addresses of `localhost`. Many systems try the one of IPv6 first. */
const LOOPBACK = ['127.0.0.1', '::1']

/**
 * Starts a server at its address.
 * @throws Error if the port is taken
 */
export async function listen(options: ListenOptions): Promise<AppSyncServer> {
  const { log, keepAlive = 60_000, faults = NO_FAULTS } = options
  const realtime = new RealtimeEndpoint(keepAlive)
  let service: Service | undefined
  let console: Console | undefined
  let tokens: Promise<Tokens> | undefined

  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const path = pathOf(request)
    const document = service && issuerDocument(service.api.api, path)
    if (path === GRAPHQL_PATH) {
      if (service) serveGraphql(service, request, response)
      else notServing(response)
    } else if (document) {
      const headers = { 'content-type': 'application/json', 'access-control-allow-origin': '*' }
      response.writeHead(200, headers).end(JSON.stringify(document))
    } else if (console && (path === '/' || path === CONSOLE_PATH.slice(0, -1))) {
      response.writeHead(302, { location: CONSOLE_PATH }).end()
    } else if (console && path.startsWith(CONSOLE_PATH)) {
      console.serve(path.slice(CONSOLE_PATH.length), queryOf(request), response)
    } else {
      notFound(path, response)
    }
  }
  const server = entrance({
    request: serve,
    upgrade(request, socket, head) {
      if (!REALTIME_PATHS.includes(pathOf(request))) refuseUpgrade(socket, 404)
      else if (service) realtime.upgrade(service, request, socket, head)
      else refuseUpgrade(socket, 503)
    },
    certificate: options.certificate,
  })
  const port = await server.listen(options.port, LOOPBACK).catch((cause: unknown) => {
    throw new Error(cannotListen(options.port, cause), { cause })
  })
  const graphqlUrl = `http://localhost:${port}${GRAPHQL_PATH}`

  return {
    port,
    graphqlUrl,
    realtimeUrl: `ws://localhost:${port}${REALTIME_PATH}`,
    consoleUrl: `http://localhost:${port}${CONSOLE_PATH}`,
    serve(definition, consoleOptions) {
      const api = loadApi(definition, log)
      if (service) {
        service.api = api
        service.subscriptions.serve(api)
      } else {
        service = {
          api,
          log,
          faults,
          tokens() {
            tokens ??= loadTokens(definition.name, log)
            return tokens
          },
          subscriptions: new Subscriptions(api, log, faults),
          principal: (accessKeyId) => options.principal(accessKeyId),
          segment: (document) => options.segment?.(document),
        }
      }
      console = consoleOptions && openConsole(definition, graphqlUrl, consoleOptions)
    },
    async close() {
      realtime.close()
      await server.close()
    },
  }
}

/** Loads the code for tokens. */
async function loadTokens(api: string, log: AppSyncLog): Promise<Tokens> {
  const { Tokens } = await import('./access/tokens/tokens.ts')
  return new Tokens({
    now: Date.now,
    warn: (message, details) => log({ api, level: 'WARN', message, ...details }),
  })
}

function queryOf({ url }: IncomingMessage): URLSearchParams {
  return new URL(url ?? '', 'http://localhost').searchParams
}

function pathOf({ url }: IncomingMessage): string {
  return (url ?? '').replace(/\?.*$/s, '')
}

function notFound(path: string, response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain' })
  response.end(`${path} does not exist: GraphQL is at ${GRAPHQL_PATH}\n`)
}

function cannotListen(port: number, cause: unknown): string {
  const { code, address = LOOPBACK[0] } = isObject(cause) ? cause : {}
  return code === 'EADDRINUSE'
    ? `The port ${port} of ${address} is in use: stop the process there, or choose another port (0: any)`
    : `The API cannot listen on port ${port} of ${address}: ${cause}`
}
