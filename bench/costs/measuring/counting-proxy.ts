import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Cost } from '../../event-store/meter.ts'

/** Counts the requests to DynamoDB, and the capacity that the answers report. */
export interface CountingProxy {
  readonly endpoint: string
  /** Returns the counts since the last call. */
  take(): Cost
  stop(): Promise<void>
}

/** The part of an answer that reports capacity: a list for transactions. */
interface Answer {
  readonly ConsumedCapacity?: Consumed | readonly Consumed[]
}

interface Consumed {
  readonly CapacityUnits?: number
}

const READS = ['GetItem', 'Query', 'Scan']

/**
 * Starts a proxy in front of the emulator. It asks for the consumed capacity of each request, with
 * that of indexes.
 */
export async function countingProxy(dynamodb: string): Promise<CountingProxy> {
  let counts = { requests: 0, readUnits: 0, writeUnits: 0 }

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = `${incoming.headers['x-amz-target']}`
    const [, operation = ''] = target.split('.')
    const { status, text } = await forward(dynamodb, incoming, await textOf(incoming))
    counts.requests += 1
    const units = unitsOf(status, text)
    if (READS.includes(operation)) counts.readUnits += units
    else counts.writeUnits += units
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(text)
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: Error) => response.destroy(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    take() {
      const taken = counts
      counts = { requests: 0, readUnits: 0, writeUnits: 0 }
      return taken
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function forward(dynamodb: string, { headers }: IncomingMessage, body: string) {
  const asked = { ReturnConsumedCapacity: 'INDEXES', ...JSON.parse(body) }
  const answer = await fetch(dynamodb, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${headers['x-amz-target']}`,
      'x-amz-date': `${headers['x-amz-date']}`,
      authorization: `${headers.authorization}`,
    },
    body: JSON.stringify(asked),
  })
  return { status: answer.status, text: await answer.text() }
}

/** AWS bills a refused put of up to 1 KB as one write unit. Its answer does not report it. */
function unitsOf(status: number, text: string): number {
  if (status !== 200) return text.includes('ConditionalCheckFailedException') ? 1 : 0
  const { ConsumedCapacity: consumed = [] }: Answer = JSON.parse(text)
  const all = 'length' in consumed ? consumed : [consumed]
  return all.reduce((sum, { CapacityUnits: units = 0 }) => sum + units, 0)
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
