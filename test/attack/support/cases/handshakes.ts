import { setTimeout as delay } from 'node:timers/promises'
import WebSocket from 'ws'
import type { Case } from '../case.ts'
import { claimsOf, keysOf, signed } from '../forge.ts'
import { faultOfError, faultOfText } from '../judge.ts'
import type { Making } from '../scene.ts'

const PATIENCE = 20_000

/** Returns a handshake that must not connect. */
export function handshakeCase(making: Making): Case {
  const { dice, run, pool, alice, foreignKey } = making
  const { host } = new URL(run.outputs.graphqlUrl)
  const { kid } = pool.key
  const claims = claimsOf(pool, alice.sub ?? '')
  const { own } = keysOf(pool)
  const header = dice.one<() => unknown>([
    () => ({}),
    () => [],
    () => 'text',
    () => ({ host }),
    () => ({ host: { toString: null } }),
    () => ({ host, 'x-api-key': `${run.outputs.apiKey}x` }),
    () => ({ 'x-api-key': run.outputs.apiKey }),
    () => ({ host: '', 'x-api-key': run.outputs.apiKey }),
    () => ({ host, 'x-api-key': [run.outputs.apiKey] }),
    () => ({ host, authorization: signed({ alg: 'RS256', kid }, { ...claims, exp: 1 }, own) }),
    () => ({ host, authorization: signed({ alg: 'RS256', kid }, claims, foreignKey.privateKey) }),
    () => ({ host, authorization: signed({ alg: 'none' }, claims, undefined) }),
    () => ({ host, authorization: 'AWS4-HMAC-SHA256 x', 'x-amz-date': '20261126T000000Z' }),
    () => 'x'.repeat(5000),
  ])()
  const encoded = dice.one([
    Buffer.from(JSON.stringify(header)).toString('base64url'),
    Buffer.from(JSON.stringify(header)).toString('base64url').slice(2),
    'bm8ganNvbg',
    '____',
    '-',
  ])
  const protocols = dice.one([
    ['graphql-ws', `header-${encoded}`],
    [`header-${encoded}`, 'graphql-ws'],
    ['graphql-ws', `header-${encoded}`, 'header-W10'],
    [`header-${encoded}`],
    ['graphql-ws'],
    ['graphql-transport-ws'],
    [],
  ])
  const search = dice.one([
    '',
    `?header=${encoded}&payload=e30=`,
    `?header=${encoded}`,
    '?header=%',
    `?header=${encoded}&payload=W10=`,
  ])
  const path = dice.one([
    '/graphql/realtime',
    '/graphql',
    '/graphql/',
    '/',
    '/graphql/connect',
    '//graphql',
    '/%',
  ])
  const headers = dice.one<Record<string, string>>([
    {},
    { host: 'evil.example.com' },
    { authorization: 'AWS4-HMAC-SHA256 x' },
    { 'x-api-key': 'da2-x' },
    { origin: 'https://evil.example.com' },
  ])
  const port = new URL(run.outputs.graphqlUrl).port
  const url = `ws://127.0.0.1:${port}${path}${search}`
  const message = dice.one(['{"type":"start","id":"x","payload":{}}', 'x', '{}'])
  const sent = { url, protocols, headers, header, message }
  return {
    kind: 'handshake',
    sent,
    async attack() {
      const texts: string[] = []
      const socket = new WebSocket(url, [...new Set(protocols)], {
        headers,
        handshakeTimeout: PATIENCE,
      })
      socket.on('message', (data) => texts.push(String(data)))
      let problem = ''
      socket.on('error', ({ message }) => {
        problem = message
      })
      socket.on('open', () => {
        socket.send('{"type":"connection_init"}')
        socket.send(message)
      })
      const closed = new Promise((resolve) => socket.on('close', resolve))
      const patience = new AbortController()
      const late = delay(PATIENCE, 'late', { signal: patience.signal }).catch(() => 'closed')
      const end = await Promise.race([closed.then(() => 'closed'), late])
      patience.abort()
      socket.terminate()
      if (end === 'late' || problem.includes('timed out')) return { fault: 'it hangs', got: texts }
      const fault = texts
        .map((text) => faultOf(making, JSON.stringify(sent), text))
        .find((each) => each)
      return fault === undefined ? undefined : { fault, got: texts }
    },
  }
}

function faultOf(making: Making, sent: string, text: string): string | undefined {
  const { type, payload } = JSON.parse(text)
  if (!['connection_error', 'error'].includes(type)) return `the type ${type}`
  const fault = (payload?.errors ?? []).map(faultOfError).find((each: unknown) => each)
  return fault ?? faultOfText(making, sent, text)
}
