import { keyWatch } from '../../lib/appsync/keys/key-watch.ts'

const DAY = 24 * 60 * 60 * 1000
const expires = '2031-02-01T00:00:00.000Z'

/** Returns the log entries and the metrics of a check, `days` before the expiry. */
async function check(days: number) {
  const lines: string[] = []
  const warn = jest.spyOn(console, 'warn').mockReturnValue()
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(`${line}`)
    return true
  })
  await keyWatch(() => Date.parse(expires) - days * DAY)({ expires })
  const entries = warn.mock.calls.map(([entry]) => entry)
  write.mockRestore()
  warn.mockRestore()
  return { entries, metrics: lines.map((line) => JSON.parse(line)) }
}

test.each([365, 32])('a key that expires in %d days is not counted', async (days) => {
  expect(await check(days)).toEqual({ entries: [], metrics: [] })
})

test.each([31, 1, 0, -3])('a key that expires in %d days is counted and logged', async (days) => {
  const { entries, metrics } = await check(days)
  expect(entries).toEqual([expect.objectContaining({ about: 'API key', expires })])
  expect(metrics).toEqual([expect.objectContaining({ ExpiringKeys: 1 })])
  expect(metrics[0]._aws.CloudWatchMetrics[0].Dimensions).toEqual([['function']])
})
