import type { GraphQLSchema } from 'graphql'
import { eventually } from '../../../support/eventually.ts'
import { ask } from './client.ts'
import { Dice } from './dice.ts'
import { type Running, startApi } from './notes.ts'
import { oddBookings, oddNotes, schemaOf } from './odd-api.ts'
import { OddDocuments } from './odd-documents.ts'
import { oddFrame, oddHandshake } from './odd-frames.ts'
import { type OddAnswer, type OddRequest, oddRequest, sendRaw } from './odd-requests.ts'
import { type Frame, RealtimeClient } from './realtime-client.ts'

/** The requests, messages and handshakes of one round. */
const REQUESTS = 80
const FRAMES = 30
const HANDSHAKES = 5
export const ROUND = REQUESTS + FRAMES + HANDSHAKES

const FRAME_TYPES = [
  'connection_ack',
  'ka',
  'start_ack',
  'data',
  'error',
  'complete',
  'connection_error',
]

/** A case of the corpus that the server handled wrongly. */
export interface Fault {
  readonly fault: string
  readonly sent: unknown
  readonly got: unknown
}

/** Starts the APIs of the corpus: the notes and the test application. */
export async function startOddApis(): Promise<readonly OddApi[]> {
  const definitions = [oddNotes(), oddBookings()]
  return Promise.all(
    definitions.map(async (api) => ({ server: await startApi(api), schema: schemaOf(api.schema) })),
  )
}

interface OddApi {
  readonly server: Running
  readonly schema: GraphQLSchema
}

/**
 * Sends one round of the corpus to a server.
 * @returns the faults of the server; none if it handled everything well
 */
export async function oddRound(api: OddApi, seed: number): Promise<readonly Fault[]> {
  const { server, schema } = api
  const dice = new Dice(seed)
  const documents = new OddDocuments(schema, dice)
  const client = await RealtimeClient.connect(server)
  const sent = new Map<string, string>()
  for (let count = 0; count < FRAMES; count += 1) {
    const id = `${seed}-${count}`
    const frame = oddFrame(server, documents, dice, id)
    client.socket.send(frame)
    if (typeof frame === 'string' && frame.includes(`"id":"${id}"`)) sent.set(id, frame)
  }
  const faults: Fault[] = []
  for (let count = 0; count < REQUESTS; count += 1) {
    const odd = await oddRequest(server, documents, dice)
    const got = await sendRaw(server, odd)
    const fault = faultOf(odd, got)
    if (fault) faults.push({ fault, sent: odd, got })
  }
  for (let count = 0; count < HANDSHAKES; count += 1) await oddHandshake(server, dice)
  faults.push(...(await faultsOfFrames(client, sent)))
  await client.close()
  return [...faults, ...faultsOfLog(server), ...(await faultsAfter(api))]
}

function faultOf({ method }: OddRequest, { status, text }: OddAnswer): string | undefined {
  if (status >= 500) return `status ${status}`
  // Node.js itself refuses headers and URLs that are no HTTP.
  if (method === 'HEAD' || (text === '' && status === 400) || status === 431) return undefined
  const { data, errors } = jsonOf(text)
  if (status !== 200 && data !== undefined) return 'data beside a refusal'
  if (errors === undefined) return data === undefined ? 'neither data nor errors' : undefined
  if (!Array.isArray(errors) || errors.length === 0) return 'errors that are no list'
  const wrong = errors.find((error) => !isError(error, status))
  return wrong === undefined ? undefined : `the error ${JSON.stringify(wrong)}`
}

/** AppSync's errors have a type if the request was refused, and a place if a field failed. */
function isError(error: unknown, status: number): boolean {
  const { message, errorType, path } = Object(error)
  if (typeof message !== 'string' || message === '') return false
  return status === 200 ? path !== undefined : typeof errorType === 'string'
}

async function faultsOfFrames(
  client: RealtimeClient,
  sent: ReadonlyMap<string, string>,
): Promise<readonly Fault[]> {
  const missing = () => [...sent.keys()].filter((id) => !client.frames.some((f) => f.id === id))
  await eventually(async () => missing().length === 0 || undefined).catch(() => {})
  const unanswered = missing().map((id) => ({ fault: 'no answer', sent: sent.get(id), got: [] }))
  const wrong = client.frames.filter(isWrong).map((got) => ({
    fault: 'a wrong frame',
    sent: sent.get(got.id ?? ''),
    got,
  }))
  return [...unanswered, ...wrong]
}

function isWrong({ type, payload }: Frame): boolean {
  if (!FRAME_TYPES.includes(type)) return true
  if (type !== 'error') return false
  const errors = payload?.errors ?? []
  return errors.length === 0 || errors.some((e) => Number(e.errorCode ?? 400) >= 500 || !e.message)
}

function faultsOfLog(server: Running): readonly Fault[] {
  const logged = server.logged.splice(0)
  return logged
    .filter(({ level }) => level === 'ERROR')
    .map((got) => ({ fault: 'an ERROR line', sent: undefined, got }))
}

/** Checks that a normal request and a normal subscription still work. */
async function faultsAfter({ server, schema }: OddApi): Promise<readonly Fault[]> {
  const [field] = Object.keys(schema.getSubscriptionType()?.getFields() ?? {})
  const client = await RealtimeClient.connect(server)
  await client.subscribe('normal', `subscription { ${field} { __typename } }`)
  await client.close()
  const query = '{ __typename }'
  const got = await ask(server, query)
  return got.data?.__typename === 'Query' ? [] : [{ fault: 'broken afterwards', sent: query, got }]
}

function jsonOf(text: string): { data?: unknown; errors?: unknown } {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
