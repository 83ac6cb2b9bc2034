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
