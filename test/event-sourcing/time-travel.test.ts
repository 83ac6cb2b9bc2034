import {
  bind,
  commitTogether,
  InvalidArgument,
  type NewEvent,
  ResourceNotFound,
} from '../../lib/event-sourcing/index.ts'
import { Concert, type SeatsAddedEvent } from '../app/lib/tickets/index.ts'
import { refusal } from '../support/refusal.ts'
import { withStores } from '../support/stores.ts'

const at = (day: number) => `2020-01-0${day}T00:00:00.000Z`
let id: string

const kinds = withStores().flatMap(([kind, emptyStore]) =>
  [0, 1000].map((held) => ({ kind, emptyStore, held })),
)

describe.each(kinds)(
  'a past state of a resource, $kind, with $held cached',
  ({ emptyStore, held }) => {
    beforeEach(async () => {
      bind(Concert, await emptyStore(), { held })
      const concert = new Concert()
      id = concert.id
      for (const day of [1, 2, 2, 3, 5]) {
        await concert.commit({ type: 'SeatsAdded', amount: day, created: at(day) })
      }
    })

    test('is found by version', async () => {
      const quantities = [1, 3, 5, 8, 13]
      for (const version of [3, 1, 5, 2, 4]) {
        const concert = await Concert.findOne(id, { version })
        expect(concert).toMatchObject({ version, quantity: quantities[version - 1] })
      }
      expect(await Concert.findOne(id)).toMatchObject({ version: 5, quantity: 13 })
    })

    test('is found by instant, with all events created until then', async () => {
      const version = async (instant: string | Date) =>
        (await Concert.findOne(id, { at: instant })).version
      expect(await version(at(1))).toBe(1)
      expect(await version(at(2))).toBe(3)
      expect(await version(new Date(at(4)))).toBe(4)
      expect(await version('2020-01-03T01:00:00+01:00')).toBe(4)
      expect(await version('2031-01-01T00:00:00Z')).toBe(5)
      expect(await version('2020-01-02T23:59:59.999999999Z')).toBe(3)
      expect(await version('2020-01-02T19:00-05:00')).toBe(4)
    })

    test('never has only a part of a commit, of one resource or several', async () => {
      const concerts = [new Concert(), new Concert()] as const
      /** An event whose note takes 2 ms to read. */
      const slow = {
        type: 'SeatsAdded',
        amount: 1,
        get note() {
          const begun = performance.now()
          while (performance.now() < begun + 2);
          return 'slow'
        },
      } as const
      const event: NewEvent<SeatsAddedEvent> = slow
      const committed = await commitTogether(concerts, () => [[event, event, event], [event]])
      expect(new Set(committed.flat().map(({ created }) => created)).size).toBe(1)
    })

    test('fails with ResourceNotFound when there is no such state', async () => {
      const late = await refusal(Concert.findOne(id, { version: 6 }), ResourceNotFound)
      expect(late.data).toEqual({ id, version: 6 })
      await refusal(Concert.findOne(id, { at: '2019-12-31T23:59:59.999Z' }), ResourceNotFound)
      await refusal(Concert.findOne('nowhere', { version: 1 }), ResourceNotFound)
    })

    test('accepts a command, which is decided on the current state', async () => {
      const concert = await Concert.findOne(id, { version: 1 })
      await concert.reserve()
      expect(concert).toMatchObject({ version: 6, quantity: 12 })
    })

    test.each([
      { version: 0 },
      { version: 1.5 },
      { version: 1, at: at(1) },
      { at: 'yesterday' },
      { at: '2020-01-01T00:00:00' },
      { at: '2020-02-31T00:00:00Z' },
      { at: '2020-13-01T00:00:00Z' },
      { at: null as never },
      { at: 0 as never },
      { at: new Date(Number.NaN) },
    ])('is rejected for the invalid moment %p', async (moment) => {
      await refusal(Concert.findOne(id, moment), InvalidArgument)
    })
  },
)
