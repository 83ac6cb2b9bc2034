import { PROMISES } from '../../lib/acceptance/promises.ts'
import { acceptBroken } from './support/accepting.ts'
import { type Change, script, source } from './support/broken-assembly.ts'

// Local runs of the example, each with one mistake in its commands and queries.

const COMMITS = 'lib/event-sourcing/commits'
const STORE = 'lib/event-sourcing/store/dynamodb/dynamodb-event-store.ts'
const RESOLVERS = 'lib/appsync/resolvers'

interface Mistake {
  readonly mistake: string
  readonly change: Change
  /** The names of the promises that must be broken, and of those that the mistake may break too. */
  readonly breaks: readonly string[]
  readonly mayBreak?: readonly string[]
}

const MISTAKES: readonly Mistake[] = [
  {
    mistake: 'a repeated command commits again',
    change: source(`${COMMITS}/commit.ts`, 'if (before) return before\n    // 4', '// 4'),
    breaks: ['a repeated command is committed once', 'concurrent repeats are committed once'],
  },
]

test.each(MISTAKES)('$mistake', async ({ change, breaks, mayBreak = [] }) => {
  const names = PROMISES.map(({ name }) => name)
  for (const name of [...breaks, ...mayBreak]) expect(names).toContain(name)
  const { status, broken, text } = await acceptBroken(change)
  console.log(text)
  expect(status).toBe(1)
}, 60_000)
void script
void STORE
void RESOLVERS
