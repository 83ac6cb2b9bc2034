import { inMemoryEventStore } from '../../lib/event-sourcing/index.ts'
import { eventStoreContract, ownersContract } from '../../lib/event-sourcing/testing/index.ts'

describe('the in-memory store', () => {
  test.each([...eventStoreContract, ...ownersContract])('$name', ({ run }) =>
    run(inMemoryEventStore({ pageSize: 4 })),
  )
})
