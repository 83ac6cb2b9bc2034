import type { ConsoleOptions } from '../../../lib/local/appsync/index.ts'
import { API_KEY, notesApi, startApi, stopApis } from './support/notes.ts'

const starter = { title: 'Notes', query: '{ notes { id } }', variables: { a: 1 } }

afterEach(stopApis)

test('the console has the address, the key and the AppSync protocol preset', async () => {
  const { consoleUrl, graphqlUrl } = await startApi(notesApi(), {
    console: { starters: [starter] },
  })

  const page = await (await fetch(consoleUrl)).text()
  expect(page).toContain('console-options.js')
  const options = await (await fetch(new URL('console-options.js', consoleUrl))).text()
  for (const part of [graphqlUrl, API_KEY, 'app-sync', starter.title, starter.query]) {
    expect(options).toContain(part)
  }
})

test('the server serves all files of the page, and the page loads no other files', async () => {
  const { consoleUrl } = await startApi(notesApi(), { console: { starters: [] } })

  const response = await fetch(consoleUrl)
  const page = await response.text()
  const names = [...page.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"/g)]

  expect(names.length).toBeGreaterThan(3)
  for (const [, name = ''] of names) {
    const url = new URL(name, consoleUrl)
    expect(url.origin).toBe(new URL(consoleUrl).origin)
    expect((await fetch(url)).status).toBe(200)
  }
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'self';/)
})

test('the root redirects to the console, and only its own files are served', async () => {
  const { consoleUrl, port } = await startApi(notesApi(), { console: { starters: [] } })

  const redirected = await fetch(`http://localhost:${port}/`, { redirect: 'manual' })
  expect(redirected.headers.get('location')).toBe('/console/')
  expect((await fetch(`${consoleUrl}..%2fpackage.json`)).status).toBe(404)
  expect((await fetch(`${consoleUrl}nothing.js`)).status).toBe(404)
})

test('the console is disabled by default', async () => {
  const { consoleUrl } = await startApi()

  expect((await fetch(consoleUrl)).status).toBe(404)
})

describe('a user of the console', () => {
  const newToken = async (user: string, groups: readonly string[]) =>
    `token-of-${user}-in-${groups.join('+')}`
  const startFor = (keys: object, options: ConsoleOptions = { starters: [starter], newToken }) =>
    startApi(notesApi(keys), { console: options })
  const textAt = async (url: URL) => (await fetch(url)).text()

  test('has a form, and the scripts of the page know the user', async () => {
    const { consoleUrl } = await startFor({})

    const page = await textAt(new URL('?user=al+b&groups=staff,%3Cb%3E', consoleUrl))
    const query = 'user=al+b&amp;groups=staff%2C%3Cb%3E'
    expect(page).toContain(`src="console-options.js?${query}"`)
    expect(page).toContain(`src="console-user.mjs?${query}"`)
    const form = await fetch(new URL('console-user.mjs', consoleUrl))
    expect(form.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(await form.text()).toContain('local-user')
  })

  test('gets a token in every window, for requests and for subscriptions', async () => {
    const { consoleUrl } = await startFor({})

    const url = new URL('console-options.js?user=alice&groups=staff,+admins', consoleUrl)
    const options = await textAt(url)
    expect(options.match(/token-of-alice-in-staff\+admins/g)).toHaveLength(4)
    expect(options).toContain('AMAZON_COGNITO_USER_POOLS')
    expect(options).not.toContain(API_KEY)
  })

  test('is nobody by default, and alice if the API has no key', async () => {
    const withKey = await startFor({})
    expect(await textAt(new URL('console-options.js', withKey.consoleUrl))).toContain(API_KEY)

    const { consoleUrl } = await startFor({ apiKeys: [] })
    expect(await textAt(new URL('console-options.js', consoleUrl))).toContain('token-of-alice-in-')
    expect(await textAt(new URL(consoleUrl))).toContain('console-options.js?user=alice&amp;groups=')
  })

  test('does not exist without a user pool', async () => {
    const { consoleUrl } = await startFor({}, { starters: [starter] })

    expect(await textAt(new URL('?user=alice', consoleUrl))).not.toContain('console-user')
    const options = await textAt(new URL('console-options.js?user=alice', consoleUrl))
    expect(options).toContain(API_KEY)
  })

  test('no other site can load the script with the key or the token', async () => {
    const { consoleUrl } = await startFor({})

    const { headers } = await fetch(new URL('console-options.js?user=alice', consoleUrl))
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('cache-control')).toBe('no-store')
  })
})
