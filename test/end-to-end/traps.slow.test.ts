import { Chores } from '../support/chores.ts'

let chores: Chores

beforeAll(async () => {
  // The timeout of the stack, five minutes, is too long for a test.
  chores = await Chores.start({ patience: 500, tries: 2, timeout: 12 })
}, 120_000)
afterAll(() => chores?.remove(), 30_000)

test.each([
  ['throws', 'throw', /Object\.throw/],
  ['never returns', 'hang', /took longer than 500 ms/],
  ['keeps the processor busy without end', 'spin', /ended in the middle of it/],
  ['ends the process', 'exit', /ended in the middle of it/],
  ['exhausts the memory', 'memory', /ended in the middle of it/],
])(
  'a handler that %s is parked after its attempts, and does not block other resources',
  async (_, what, reason) => {
    await chores.give(`${what}-before`, 'note')
    await chores.give(`${what}-bad`, what)
    await chores.give(`${what}-bad`, 'note')
    await chores.give(`${what}-beside`, 'note')
    // Reactions that were running in a process that ended are retried when their leases expire.
    for (const other of ['before', 'beside'])
      await chores.line(`${what}-${other}`, 1, 'INFO', 30_000)
    expect(await chores.line(`${what}-bad`, 1, 'ERROR', 60_000)).toMatch(reason)
    // The shard has moved on, so new events are handled at once.
    await chores.give(`${what}-after`, 'note')
    await chores.line(`${what}-after`, 1, 'INFO', 5000)
    expect(chores.run.output).not.toMatch(new RegExp(`'reaction'.* id: '${what}-bad', number: 2`))
  },
  120_000,
)
