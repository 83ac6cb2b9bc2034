import { apiOf } from '../../lib/operations/api.ts'
import type { Request } from '../../lib/operations/options.ts'
import { perform } from '../../lib/operations/requests.ts'

const NONE =
  'No reactor has run yet. The reactors of the app appear here within a minute of its start or deployment.'

async function printed(request: Request, reactors: readonly string[]): Promise<string[]> {
  const lines: string[] = []
  const answers = async () => JSON.parse(JSON.stringify({ reactors }))
  await perform(request, answers, (line) => lines.push(line))
  return lines
}

test.each<Request>([{ name: 'list' }, { name: 'progress' }, { name: 'parked' }])(
  'before a reactor has run, %j says so',
  async (request) => {
    expect(await printed(request, [])).toEqual([NONE])
  },
)

test('an unknown reactor is an error that lists the known ones', async () => {
  const request = { name: 'progress', reactor: 'ordering.refund' } as const
  await expect(printed(request, ['ordering.fulfilment'])).rejects.toThrow(
    'There is no reactor ordering.refund. The reactors are: ordering.fulfilment',
  )
  await expect(printed(request, [])).rejects.toThrow(NONE)
})

test.each([
  ['localhost', '--url must be the GraphQL address of an API; got localhost'],
  [
    'https://example.com/graphql',
    'https://example.com/graphql does not contain a region: pass --region',
  ],
])('--url %s is an error that says what is missing', async (url, message) => {
  await expect(apiOf({ url, data: '.local' })).rejects.toThrow(message)
})
