import { randomUUID } from 'node:crypto'
import { Child, together } from '../../event-store/child.ts'
import { mean, type Taken } from '../../event-store/statistics.ts'
import type { Wire } from '../../event-store/wire.ts'
import type { Contention } from '../measured.ts'
import type { HotWriterResult, HotWriterTask } from './hot-writer.ts'

const COMMITS = 400
/** The fastest round counts, because other processes of the machine disturb the others. */
const ROUNDS = 5
/** More processes would only compete for the processors. */
const WRITERS = [1, 2, 4]

/** Measures writers of one resource at the emulator. One process stands for one environment. */
export async function measureContention(endpoint: string, wire: Wire) {
  const tableName = `Hot-${randomUUID()}`
  await wire.send('CreateTable', {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'number', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'number', AttributeType: 'N' },
    ],
  })
  const contention: Contention[] = []
  let writer = { time: 0, processor: 0 }
  for (const writers of WRITERS) {
    const rounds: Round[] = []
    while (rounds.length < ROUNDS) rounds.push(await round(endpoint, tableName, writers))
    const [fastest] = rounds.toSorted((one, other) => other.result.rate - one.result.rate)
    if (!fastest) throw new Error('There must be at least one round')
    contention.push(fastest.result)
    if (writers === 1) writer = fastest.writer
  }
  return { contention, writer }
}

interface Round {
  readonly result: Contention
  readonly writer: Taken
}

async function round(endpoint: string, tableName: string, writers: number): Promise<Round> {
  const task: HotWriterTask = { endpoint, tableName, id: randomUUID(), commits: COMMITS }
  const file = '../costs/measuring/hot-writer.ts'
  const children = Array.from({ length: writers }, () => new Child(file, task))
  try {
    const { time, texts } = await together(children)
    const results = texts.map((text): HotWriterResult => JSON.parse(text))
    const committed = results.reduce((sum, { commits }) => sum + commits.length, 0)
    const requests = results.reduce((sum, result) => sum + result.requests, 0)
    const result = {
      writers,
      committed,
      rate: Math.round((committed / time) * 1000),
      requestsPerEvent: Math.round((requests / committed) * 1000) / 1000,
    }
    return { result, writer: meanOf(results.flatMap(({ commits }) => commits)) }
  } finally {
    await Promise.all(children.map((child) => child.end()))
  }
}

function meanOf(commits: readonly Taken[]): Taken {
  const of = (key: keyof Taken) => Math.round(mean(commits.map((each) => each[key])) * 1000) / 1000
  return { time: of('time'), processor: of('processor') }
}
