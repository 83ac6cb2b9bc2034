import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type { CloudEvent } from '../../lib/appsync/publishing/cloud-event.ts'
import { bodyOf, listenOnLoopback } from '../../lib/local/serving/loopback.ts'
import { run as runCommand } from '../../lib/operations/run.ts'
import { synthesizeInto } from '../support/assembly.ts'
import { eventually } from '../support/eventually.ts'
import { decisionsOf } from '../support/granted-rights.ts'
import { LocalRun } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'

const TICKETS = 'tickets.publish.Concert'
let assembly: string
let webhook: Server
let address: string
/** The events that the webhook got, also those that it refused. */
const got: CloudEvent[] = []
/** Returns the status of the webhook's answer. Undefined: it never answers. */
let judge: (event: CloudEvent) => number | undefined = () => 204
let run: LocalRun

const start = (folder?: string) =>
  LocalRun.start(folder, {}, ['--minute', '200', '--webhook', address], assembly)

beforeAll(async () => {
  assembly = newFolder('publishing')
  webhook = createServer(async (request, response) => {
    const event: CloudEvent = JSON.parse(await bodyOf(request))
    got.push(event)
    const status = judge(event)
    if (status !== undefined) response.writeHead(status).end()
  })
  address = await listenOnLoopback(webhook)
  await synthesizeInto(assembly, 'tests', { publishes: true })
  run = await start()
}, 120_000)
afterAll(async () => {
  await run?.remove()
  webhook.closeAllConnections()
  webhook.close()
}, 30_000)

async function addSeats(amount: number, id?: string): Promise<string> {
  const query = 'mutation ($input: AddSeatsInput!) { addSeats(input: $input) { id } }'
  const { data } = await run.graphql(query, { input: { amount, ...(id && { id }) } })
  return data?.addSeats?.id ?? ''
}

/** Returns the published events of a resource, from the file. */
function published(subject: string) {
  const lines = readFileSync(join(run.folder, 'published-events.jsonl'), 'utf8').split('\n')
  const events = lines.flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  return events.filter(({ detail }) => detail.subject === subject)
}

const idsOf = (events: readonly { readonly detail: CloudEvent }[]) =>
  events.map(({ detail }) => detail.id)

const hasAll = (subject: string, last: number, within = 20_000) =>
  eventually(
    async () =>
      published(subject).some(({ detail }) => detail.id === `${subject}#${last}`) || undefined,
    within,
  )

/** Runs the command line of the operators in this process. */
async function reactors(...args: string[]): Promise<string> {
  const texts: string[] = []
  const print = (text: string) => texts.push(text)
  await runCommand([...args, '--data', run.folder], { out: print, error: print })
  return texts.join('')
}

test('the events of a resource are published in order, with the rights of the template', async () => {
  const id = await addSeats(1)
  for (const amount of [2, 3, 4]) await addSeats(amount, id)
  await hasAll(id, 4)
  expect(idsOf(published(id))).toEqual([1, 2, 3, 4].map((number) => `${id}#${number}`))
  expect(published(id)[1]).toMatchObject({
    source: 'tickets',
    'detail-type': 'SeatsAdded',
    detail: {
      ...{ specversion: '1.0', source: '/tickets/Concert', type: 'SeatsAdded', subject: id },
      ...{ sequence: '0000000002', data: { amount: 2 }, traceid: expect.any(String) },
    },
  })
  expect(got.filter(({ subject }) => subject === id)).toEqual(
    published(id).map(({ detail }) => detail),
  )
  expect(run.output).toContain(join(run.folder, 'published-events.jsonl'))
  const puts = decisionsOf(run.folder).filter(({ action }) => action === 'events:PutEvents')
  expect(puts.map(({ denial }) => denial)).toEqual([undefined])
})

test('a bus from elsewhere works like a bus of the stack', async () => {
  const concertId = await addSeats(5)
  const query = 'mutation ($input: PlaceBookingInput!) { placeBooking(input: $input) { id } }'
  const { data } = await run.graphql(query, { input: { concertId, quantity: 1 } })
  const id = data?.placeBooking?.id ?? ''
  await hasAll(id, 2)
  expect(published(id)).toMatchObject([
    { source: 'com.example.bookings', 'detail-type': 'BookingPlaced' },
    { source: 'com.example.bookings', 'detail-type': 'BookingConfirmed' },
  ])
})

test('a refused event parks its resource, others go on, and it is published after a retry', async () => {
  const [broken, other] = [await addSeats(1), await addSeats(1)]
  await hasAll(broken, 1)
  judge = ({ subject }) => (subject === broken ? 500 : 204)
  await addSeats(2, broken)
  await eventually(
    async () => /parked 1 times/.test(await reactors('parked', TICKETS)) || undefined,
    20_000,
  )
  expect(await reactors('parked', TICKETS)).toContain(
    `event 2, SeatsAdded: NotPublished: The event bus answered WebhookFailed: The webhook answered with HTTP status 500`,
  )
  await addSeats(3, broken)
  await addSeats(3, other)
  await hasAll(other, 2)
  expect(idsOf(published(broken))).toEqual([`${broken}#1`])

  judge = () => 204
  await reactors('retry', TICKETS, broken)
  await hasAll(broken, 3)
  expect(idsOf(published(broken))).toEqual([1, 2, 3].map((number) => `${broken}#${number}`))
}, 60_000)

test('an event whose answer was lost with the process comes again, with the same id', async () => {
  const id = await addSeats(1)
  await hasAll(id, 1)
  judge = (event) => (event.subject === id ? undefined : 204)
  await addSeats(2, id)
  const times = () => got.filter((event) => event.id === `${id}#2`)
  await eventually(async () => times().length > 0 || undefined)
  await run.end('SIGKILL')
  judge = () => 204
  run = await start(run.folder)
  // The lease of the killed process ends first.
  await hasAll(id, 2, 60_000)
  expect(times().length).toBeGreaterThan(1)
  expect(new Set(times().map((event) => JSON.stringify(event))).size).toBe(1)
  await addSeats(3, id)
  await hasAll(id, 3)
}, 120_000)
