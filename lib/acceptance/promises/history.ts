import { type ApiEvent, eventsOf, PRODUCT, reserve, restock } from '../api/resources.ts'
import { expectEqual, expectThat } from '../expectations.ts'
import { eventually, type ProductPromise } from '../promise.ts'

/** The clocks of this machine and of the functions may differ by this many milliseconds. */
const CLOCKS = 300_000
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** The form of X-Ray's trace ids. */
const TRACE_ID = /^1-[0-9a-f]{8}-[0-9a-f]{24}$/

export const eventsInOrder: ProductPromise = {
  name: 'events are numbered in their order',
  sentence: 'A history has the numbers 1, 2, 3 … without gaps, in the order of the commands.',
  async check(given) {
    const { api } = given
    const began = Date.now()
    const { id } = await restock(api, { amount: 5 })
    await reserve(api, { id, quantity: 2 })
    await restock(api, { id, amount: 4 })
    await reserve(api, { id })
    expectThat('the id of a product must be a UUID', UUID.test(id), id)
    const events = await eventsOf(given, PRODUCT, id)
    expectEqual('the history', events.map(contentOf), [
      { number: 1, type: 'ProductRestocked', amount: 5, quantity: null },
      { number: 2, type: 'ProductReserved', amount: null, quantity: 2 },
      { number: 3, type: 'ProductRestocked', amount: 4, quantity: null },
      { number: 4, type: 'ProductReserved', amount: null, quantity: 1 },
    ])
    let last = began - CLOCKS
    for (const event of events) {
      const { number, created, commandId, traceId } = event
      const time = Date.parse(created)
      const isInTime = time >= last && time <= Date.now() + CLOCKS
      expectThat(
        `event ${number} must be dated in its order, between ${began} and now`,
        isInTime,
        created,
      )
      last = Math.max(time, last)
      expectEqual(`the id of event ${number}`, event.id, id)
      expectThat(`event ${number} must have a commandId`, Boolean(commandId), commandId)
      expectThat(`event ${number} must have a trace id`, TRACE_ID.test(traceId ?? ''), traceId)
    }
  },
}

export const overwrittenEvent: ProductPromise = {
  name: 'an overwritten event raises the alarm',
  sentence: 'A change of a stored event counts in the metric Tampering and raises its alarm.',
  // CloudWatch takes a minute for a metric, and evaluates an alarm each minute.
  patience: 3,
  async check(given) {
    const table = given.table()
    const since = Math.floor(Date.now() / 60_000) * 60
    const { id } = await restock(given.api, { amount: 1 })
    const before = await Promise.all(
      (await table.alarms()).map(async (alarm) => ({
        name: alarm.AlarmName,
        sum: await table.sum(alarm, since),
      })),
    )
    const names = before.map(({ name }) => name)
    expectThat('the stack must have an alarm on Tampering', names.length > 0, names)
    const item = await table.event(id, 1)
    await table.overwrite({ ...item, amount: { N: '2' } })
    const [event] = await eventsOf(given, PRODUCT, id)
    expectThat('the table must have the changed event', event?.amount === 2, event)
    await eventually(given, 'the alarm Tampering', async () => {
      const seen: object[] = []
      for (const alarm of await table.alarms()) {
        const count = await table.sum(alarm, since)
        const known = before.find(({ name }) => name === alarm.AlarmName)?.sum ?? 0
        if (alarm.StateValue === 'ALARM' && count > known) return { answer: undefined }
        seen.push({ state: alarm.StateValue, before: known, count })
      }
      return { seen }
    })
  },
}

function contentOf({ number, type, amount, quantity }: ApiEvent) {
  return { number, type, amount, quantity }
}
