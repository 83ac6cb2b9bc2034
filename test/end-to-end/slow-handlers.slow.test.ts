import { Chores } from '../support/chores.ts'

let chores: Chores

beforeAll(async () => {
  chores = await Chores.start({ patience: 10_000, tries: 3 })
  await chores.give('first', 'note')
  await chores.line('first', 1, 'INFO', 20_000)
}, 120_000)
afterAll(() => chores?.remove(), 30_000)

/** Returns the time from an event until its reaction, in milliseconds. */
async function timeOf(id: string, what = 'note'): Promise<number> {
  await chores.give(id, what)
  const began = performance.now()
  await chores.line(id, 1, 'INFO', 60_000)
  return performance.now() - began
}

/** Gives tasks, a few at once: commands should not use up the processors. */
async function giveAll(ids: readonly string[], what: string): Promise<void> {
  const left = [...ids]
  const giveNext = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) await chores.give(id, what)
  }
  await Promise.all([1, 2, 3, 4].map(giveNext))
}

/**
 * Gives tasks to some resources, and during five seconds to others. Returns the times of the
 * others. The attempts of a handler that hangs take 30 seconds.
 */
async function timesBeside(ids: readonly string[], what: string): Promise<number[]> {
  const given = giveAll(ids, what)
  const times: number[] = []
  const until = performance.now() + 5000
  while (performance.now() < until) times.push(await timeOf(`beside-${ids[0]}-${times.length}`))
  await given
  return times
}

test.each([1, 10, 100])(
  'handlers of %i resources that hang delay other resources by at most two seconds',
  async (count) => {
    const named = (name: string) =>
      Array.from({ length: count }, (_, at) => `${name}-${count}-${at}`)
    // The same events without a delay: how long the machine takes for them, beside other suites.
    const without = Math.max(...(await timesBeside(named('works'), 'note')))
    const hanging = named('hang')
    const times = await timesBeside(hanging, 'hang')
    const slowest = Math.max(...times)
    console.info(`${count} hang: ${times.length} others, up to ${slowest} ms, not ${without} ms`)
    expect(slowest - without).toBeLessThan(2000)
    for (const id of hanging) expect(chores.run.output).not.toMatch(`INFO .*'${id}'`)
  },
  60_000,
)

test('a hanging handler is tried three times for ten seconds, and then parked', async () => {
  expect(await chores.line('hang-1-0', 1, 'ERROR', 60_000)).toMatch(/took longer than 10000 ms/)
}, 60_000)

test('a handler that takes longer than the stream waits for it is called once', async () => {
  expect(await timeOf('slow', 'slow')).toBeGreaterThan(1500)
  expect(chores.run.output.match(/slow begins/g)).toHaveLength(1)
}, 60_000)

test('a run that is killed while handlers hang handles the events beside them after its restart', async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `killed-${index}`)
  await Promise.all(ids.map((id, index) => chores.give(id, index % 2 === 0 ? 'hang' : 'slow')))
  await chores.restart()
  for (const [index, id] of ids.entries())
    if (index % 2 === 1) await chores.line(id, 1, 'INFO', 45_000)
}, 120_000)
