/**
 * Returns the sizes of the messages that AppSync pushes for each publish mutation of some work, in
 * bytes, by the type of the event. Assumes a subscriber that selects every field.
 */
export async function messageSizes(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {}
  const { fetch: send } = globalThis
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const body: PublishBody = JSON.parse(await request.clone().text())
    Object.assign(sizes, sizesIn(body))
    return send(request)
  }
  try {
    await work()
  } finally {
    globalThis.fetch = send
  }
  return sizes
}

interface PublishBody {
  readonly query: string
  readonly variables: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** The envelope of a message: `{"id":…,"type":"data","payload":…}`, with a UUID. */
const ENVELOPE = JSON.stringify({ id: '', type: 'data', payload: '' }).length + 36 - 2

function sizesIn({ query, variables }: PublishBody): Record<string, number> {
  const mutations = query.matchAll(/^(e\d+): publish(\w+)\(event: \$e\d+\) \{ ([^}]*) \}$/gm)
  return Object.fromEntries(
    [...mutations].map(([, alias = '', name, fields = '']) => {
      const values = variables[alias] ?? {}
      const event = Object.fromEntries(fields.split(' ').map((key) => [key, values[key] ?? null]))
      const payload = JSON.stringify({ data: { [`on${name}`]: event } })
      return [String(values.type), ENVELOPE + Buffer.byteLength(payload)]
    }),
  )
}
