import { eventsOf, PRODUCT, restock } from '../api/resources.ts'
import { expectThat } from '../expectations.ts'
import { eventually, type ProductPromise } from '../promise.ts'

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
