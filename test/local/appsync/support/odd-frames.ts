import WebSocket from 'ws'
import type { AppSyncServer } from '../../../../lib/local/appsync/index.ts'
import type { Dice } from './dice.ts'
import { API_KEY } from './notes.ts'
import type { OddDocuments } from './odd-documents.ts'
import { base64, keyHeader } from './realtime-client.ts'

const TEXTS = [
  '',
  'null',
  '[]',
  '"start"',
  '{',
  '{"type":"connection_init"}',
  '{"type":"connection_init","payload":{"toString":1}}',
  '{"type":{"toString":null},"id":"x"}',
  '{"type":"__proto__","id":"__proto__"}',
  '{"type":"stop"}',
  '{"type":"stop","id":"nobody"}',
  '{"type":"stop","id":{"toString":null}}',
  '{"type":"start","id":1}',
  '{"type":"ka"}',
  '\ud800\u0000',
  '['.repeat(100_000),
  'x'.repeat(500_000),
]

/** Returns a message of the corpus: a start with this id, or any other text or bytes. */
export function oddFrame(
  server: AppSyncServer,
  documents: OddDocuments,
  dice: Dice,
  id: string,
): string | Buffer {
  if (dice.chance(0.25)) {
    const text = dice.one(TEXTS)
    return dice.chance(0.2) ? Buffer.from(`${text}\ufffd\u00ff`, 'latin1') : text
  }
  const operation = dice.chance(0.03) ? { query: documents.bomb() } : documents.operation()
  const data = dice.chance(0.1)
    ? dice.one([operation, null, '', '{}', 7, '[]'])
    : JSON.stringify(operation)
  const extensions = dice.chance(0.1)
    ? dice.one([null, 1, [], {}])
    : { authorization: authorization(server, dice) }
  return JSON.stringify({ type: 'start', id, payload: { data, extensions } })
}

function authorization(server: AppSyncServer, dice: Dice): unknown {
  if (dice.chance(0.8))
    return {
      ...keyHeader(server),
      ...(dice.chance(0.1) && { 'x-amzn-trace-id': 'Root=\n\u20ac;Parent=\u0000' }),
    }
  return dice.one([
    null,
    [],
    'text',
    { host: 'x' },
    { 'x-api-key': API_KEY },
    { host: { toString: null }, 'x-api-key': API_KEY },
    { host: 'x', 'x-api-key': { toString: null } },
    { HOST: 'x', host: 'y', Authorization: 'Bearer \u20ac' },
    {
      host: '\u20ac\n/?#',
      authorization:
        'AWS4-HMAC-SHA256 Credential=ASIAPUBLISHER/20261126/eu-central-1/appsync/aws4_request, SignedHeaders=host;x-amz-date, Signature=\u20ac',
      'x-amz-date': `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`,
      'x-amz-security-token': 'token',
    },
  ])
}

/** Tries one handshake of the corpus, and closes a connection that opens. */
export async function oddHandshake(server: AppSyncServer, dice: Dice): Promise<void> {
  const header = dice.one([
    base64(keyHeader(server), 'base64url'),
    base64({ host: { toString: null } }, 'base64url'),
    base64([], 'base64url'),
    'bm8ganNvbg',
    '',
  ])
  const query = dice.one([
    '',
    '?header=',
    '?header=%',
    `?header=${header}&payload=`,
    `?header=${header}&payload=W10=`,
    '?header=e30=&payload=e30=',
  ])
  const path = dice.one([
    '/graphql',
    '/graphql/realtime',
    '/graphql/',
    '/',
    '/graphql/connect',
    '//graphql',
  ])
  const protocols = dice.one([
    ['graphql-ws'],
    ['graphql-ws', `header-${header}`],
    [`header-${header}x`],
    ['graphql-transport-ws'],
    [],
  ])
  const url = `ws://127.0.0.1:${server.port}${path}${query}`
  const socket = new WebSocket(
    url,
    protocols.filter((protocol) => protocol !== 'header-'),
    {
      handshakeTimeout: 10_000,
      headers: dice.chance(0.3) ? { authorization: 'AWS4-HMAC-SHA256 x' } : {},
    },
  )
  socket.on('open', () => {
    socket.send(dice.one(TEXTS))
    if (dice.chance(0.5)) socket.terminate()
    else socket.close()
  })
  await new Promise((resolve, reject) => {
    socket.on('error', (error) => {
      if (error.message.includes('timed out')) reject(error)
    })
    socket.on('close', resolve)
  })
}
