import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream'
import type { ApiDefinition } from '../appsync/api-definition.ts'
import { consoleWindows, type Starter } from './console-windows.ts'

export interface ConsoleOptions {
  /** The operations that the console opens, each in its own window. */
  readonly starters: readonly Starter[]
  /** Makes a token for the user of the console. Default: the console has no users. */
  newToken?(user: string, groups: readonly string[]): Promise<string>
}

/** A GraphQL console in the browser: Altair, served only from the files of its package. */
export interface Console {
  /**
   * @param path the path below the console's own address; empty: the page
   * @param query the user of the page: `user`, and `groups` separated by commas
   */
  serve(path: string, query: URLSearchParams, response: ServerResponse): void
}

const OPTIONS_SCRIPT = 'console-options.js'
/** The form for the user, at the bottom of the page. */
const USER_SCRIPT = 'console-user.mjs'
/** The user of an API without a key, until another one is chosen. */
const FIRST_USER = 'alice'
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
 * Opens the console of an API. Presets the API's address, its key or a user's token, and AppSync's
 * subscription protocol. Loads Altair at the first request, so that a start does not wait a tenth of
 * a second for it.
 */
export function openConsole(
  api: ApiDefinition,
  graphqlUrl: string,
  options: ConsoleOptions,
): Console {
  let site: Promise<Site> | undefined
  const policy = contentSecurityPolicy(graphqlUrl)
  return {
    serve(path, query, response) {
      site ??= openSite(api, graphqlUrl, options)
      site
        .then((opened) => serve(opened, policy, path, userIn(query, api, options), response))
        .catch((error) => response.writeHead(500).end(`The console cannot be loaded: ${error}\n`))
    },
  }
}

/** The user of a page. */
interface User {
  readonly name: string
  readonly groups: readonly string[]
}

/** Returns the chosen user; undefined for the API key. */
function userIn(
  query: URLSearchParams,
  { apiKeys }: ApiDefinition,
  { newToken }: ConsoleOptions,
): User | undefined {
  const name = query.get('user') ?? (apiKeys.length > 0 ? '' : FIRST_USER)
  if (!newToken || name === '') return undefined
  const groups = (query.get('groups') ?? '').split(',').map((group) => group.trim())
  return { name, groups: groups.filter((group) => group !== '') }
}

interface Site {
  readonly page: string
  /** Returns the script that presets the windows. */
  script(user: User | undefined): Promise<string>
  readonly folder: string
  /** The paths of the files, below the folder. */
  readonly files: ReadonlySet<string>
  /** Returns the policy that a page needs; undefined: the console's own. */
  policy(path: string): string | undefined
}

async function openSite(
  api: ApiDefinition,
  graphqlUrl: string,
  { starters, newToken }: ConsoleOptions,
): Promise<Site> {
  const altair = await import('altair-static')
  const folder = altair.getDistDirectory()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const page = altair.renderAltair({
    ...consoleWindows(api, graphqlUrl, starters, undefined),
    serveInitialOptionsInSeperateRequest: OPTIONS_SCRIPT,
  })
  const form = `<script type="module" src="${USER_SCRIPT}"></script></body>`
  return {
    page: newToken ? page.replace('</body>', form) : page,
    async script(user) {
      const token = user && (await newToken?.(user.name, user.groups))
      return altair.renderInitSnippet(consoleWindows(api, graphqlUrl, starters, token))
    },
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

async function serve(
  site: Site,
  policy: string,
  path: string,
  user: User | undefined,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('content-security-policy', site.policy(path) ?? policy)
  // No other site may load the script with the key or a token.
  response.setHeader('cross-origin-resource-policy', 'same-origin')
  if (path === '' || path === 'index.html') {
    response.writeHead(200, { 'content-type': TYPES['.html'] }).end(pageOf(site, user))
  } else if (path === OPTIONS_SCRIPT) {
    const script = await site.script(user)
    response
      .writeHead(200, { 'content-type': TYPES['.js'], 'cache-control': 'no-store' })
      .end(script)
  } else if (path === USER_SCRIPT) {
    const script = await readFile(new URL(USER_SCRIPT, import.meta.url), 'utf8')
    response.writeHead(200, { 'content-type': TYPES['.js'] }).end(script)
  } else if (site.files.has(path)) {
    const type = TYPES[extname(path)] ?? 'application/octet-stream'
    response.writeHead(200, { 'content-type': type })
    // A failed read of the file ends the answer, not the run.
    pipeline(createReadStream(join(site.folder, path)), response, () => {})
  } else {
    response.writeHead(404).end()
  }
}

/** Returns the page, whose scripts know its user. */
function pageOf({ page }: Site, user: User | undefined): string {
  const query = new URLSearchParams({ user: user?.name ?? '', groups: `${user?.groups ?? ''}` })
  const escaped = `${query}`.replace('&', '&amp;')
  return [OPTIONS_SCRIPT, USER_SCRIPT].reduce(
    (html, script) => html.replace(`src="${script}"`, `src="${script}?${escaped}"`),
    page,
  )
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
