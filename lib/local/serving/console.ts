import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream'
import type { RenderOptions } from 'altair-static'
import type { ApiDefinition } from '../appsync/api-definition.ts'

/** A query that the console offers in its own window. */
export interface Starter {
  readonly title: string
  readonly query: string
  readonly variables?: object
}

/** A GraphQL console in the browser: Altair, served only from the files of its package. */
export interface Console {
  /** @param path the path below the console's own address; empty: the page */
  serve(path: string, response: ServerResponse): void
}

const OPTIONS_SCRIPT = 'console-options.js'
const FONT_TYPES = { '.woff': 'font/woff', '.woff2': 'font/woff2', '.ttf': 'font/ttf' }
const TYPES: Readonly<Record<string, string>> = {
  ...FONT_TYPES,
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
}

/**
 * Opens the console of an API. Presets the API's address, its key and AppSync's subscription
 * protocol. Loads Altair at the first request, so that a start does not wait a tenth of a second
 * for it.
 */
export function openConsole(
  api: ApiDefinition,
  graphqlUrl: string,
  starters: readonly Starter[],
): Console {
  let site: Promise<Site> | undefined
  return {
    serve(path, response) {
      site ??= openSite(consoleOptions(api, graphqlUrl, starters))
      site.then(
        (opened) => serve(opened, contentSecurityPolicy(graphqlUrl), path, response),
        (error) => response.writeHead(500).end(`The console cannot be loaded: ${error}\n`),
      )
    },
  }
}

interface Site {
  readonly page: string
  readonly script: string
  readonly folder: string
  /** The paths of the files, below the folder. */
  readonly files: ReadonlySet<string>
  /** Returns the policy that a page needs; undefined: the console's own. */
  policy(path: string): string | undefined
}

async function openSite(options: RenderOptions): Promise<Site> {
  const altair = await import('altair-static')
  const folder = altair.getDistDirectory()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return {
    page: altair.renderAltair({
      ...options,
      serveInitialOptionsInSeperateRequest: OPTIONS_SCRIPT,
    }),
    script: altair.renderInitSnippet(options),
    folder,
    files: new Set(
      entries
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) =>
          relative(folder, join(parentPath, name)).replaceAll(sep, '/'),
        ),
    ),
    policy: (path) => (altair.isSandboxFrame(path) ? altair.SANDBOX_FRAME_CSP : undefined),
  }
}

function serve(site: Site, policy: string, path: string, response: ServerResponse): void {
  response.setHeader('content-security-policy', site.policy(path) ?? policy)
  if (path === '' || path === 'index.html') {
    response.writeHead(200, { 'content-type': TYPES['.html'] }).end(site.page)
  } else if (path === OPTIONS_SCRIPT) {
    response.writeHead(200, { 'content-type': TYPES['.js'] }).end(site.script)
  } else if (site.files.has(path)) {
    const type = TYPES[extname(path)] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type })
    // A failed read of the file ends the answer, not the run.
    pipeline(createReadStream(join(site.folder, path)), response, () => {})
  } else {
    response.writeHead(404).end()
  }
}

function consoleOptions(
  api: ApiDefinition,
  graphqlUrl: string,
  starters: readonly Starter[],
): RenderOptions {
  const key = api.apiKeys[0]?.key
  // The settings that Altair's handler for AppSync reads, named as in Amplify's aws-exports file.
  const subscription = {
    aws_appsync_graphqlEndpoint: graphqlUrl,
    aws_appsync_region: api.region,
    aws_appsync_authenticationType: 'API_KEY',
    aws_appsync_apiKey: key ?? '',
  }
  const window = {
    endpointURL: graphqlUrl,
    subscriptionsEndpoint: graphqlUrl,
    initialHeaders: key ? { 'x-api-key': key } : {},
    initialSubscriptionRequestHandlerId: 'app-sync',
    initialSubscriptionsPayload: subscription,
  } as const
  return {
    ...window,
    initialWindows: starters.map(({ title, query, variables }) => ({
      ...window,
      initialName: title,
      initialQuery: query,
      initialVariables: JSON.stringify(variables ?? {}, null, 2),
    })),
    // The browser may hold an earlier run's state, with an old address and an old key.
    preserveState: false,
    instanceStorageNamespace: `${api.name}-${new URL(graphqlUrl).port}-`,
    initialSettings: {
      'alert.disableUpdateNotification': true,
      'banners.disable': true,
      disablePushNotification: true,
      'schema.reloadOnStart': true,
    },
  }
}

/** Returns a policy that stops the browser from loading anything from other hosts. */
function contentSecurityPolicy(graphqlUrl: string): string {
  const { host } = new URL(graphqlUrl)
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    `connect-src 'self' http://${host} ws://${host}`,
    "frame-ancestors 'none'",
  ].join('; ')
}
