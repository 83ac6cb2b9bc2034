import { randomUUID } from 'node:crypto'
import {
  cancelOrder,
  eventsOf,
  ORDER,
  PRODUCT,
  placeOrder,
  restock,
  stateOf,
} from '../api/resources.ts'
import { expectEqual, expectThat } from '../expectations.ts'
import { eventually, type Given, type ProductPromise } from '../promise.ts'
import { expectFailure } from '../refused.ts'

const REACTOR = 'ordering.fulfilment'

export const operations: ProductPromise = {
  name: 'operators see and control reactors',
  sentence: 'Signed requests list the reactors and their progress, and replay without new effects.',
  async check(given) {
    const api = given.signed()
    const { id: product } = await restock(given.api, { amount: 5 })
    const { id: order } = await placeOrder(given.api, { productId: product, quantity: 2 })
    await eventually(given, 'the confirmation of the order', async () => {
      const state = await stateOf(given, ORDER, order)
      return state?.status === 'CONFIRMED' ? { answer: undefined } : { seen: state?.status }
    })
    await eventually(given, `the reactor ${REACTOR}`, async () => {
      const { reactors } = await api.ask<{ reactors: string[] }>('{ reactors }')
      return reactors.includes(REACTOR) ? { answer: undefined } : { seen: reactors }
    })
    const { reactorProgress: progress } = await api.ask<{
      reactorProgress: Readonly<Record<string, unknown>>
    }>(`{ reactorProgress(reactor: "${REACTOR}") { reactor resources behind parked paused } }`)
    const isCounted = Number(progress.resources) >= 1 && progress.reactor === REACTOR
    expectThat('reactorProgress must count the resources', isCounted, progress)
    const { parkedReactions } = await api.ask<{ parkedReactions: { id: string }[] }>(
      `{ parkedReactions(reactor: "${REACTOR}", limit: 1000) { id } }`,
    )
    const own = parkedReactions.filter(({ id }) => id === order)
    expectEqual('the own parked resources', own, [])
    const input = { reactor: REACTOR, id: order }
    const refused = await api.refusal(RETRY, { input })
    expectFailure('retryReaction', refused, 'NotParked', input)
    const unknown = { reactor: `none-${randomUUID()}` }
    expectFailure('pauseReactor', await api.refusal(PAUSE, { input: unknown }), 'InvalidArgument', {
      argument: 'reactor',
      value: unknown.reactor,
    })
    await expectReplay(given, order, product)
  },
}

const RETRY = 'mutation ($input: RetryReactionInput!) { retryReaction(input: $input) { id } }'
const PAUSE = 'mutation ($input: PauseReactorInput!) { pauseReactor(input: $input) { reactor } }'
const REPLAY = 'mutation ($input: ReplayReactorInput!) { replayReactor(input: $input) { rewound } }'

/** Replays an order. The next event of the order wakes the reactor at once. */
async function expectReplay(given: Given, order: string, product: string): Promise<void> {
  const input = { reactor: REACTOR, id: order }
  const replayed = await given
    .signed()
    .ask<{ replayReactor: { rewound: number } }>(REPLAY, { input })
  expectEqual('the number of replayed resources', replayed.replayReactor.rewound, 1)
  await cancelOrder(given.api, { id: order })
  const types = await eventually(given, 'the release after the replay', async () => {
    const seen = (await eventsOf(given, PRODUCT, product)).map(({ type }) => type)
    return seen.includes('ProductReleased') ? { answer: seen } : { seen }
  })
  const expected = ['ProductRestocked', 'ProductReserved', 'ProductReleased']
  expectEqual('the events of the product after a replay', types, expected)
}
