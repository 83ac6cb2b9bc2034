import { inMemoryEventStore } from '../../lib/event-sourcing/index.ts'
import { eventStoreContract } from '../../lib/event-sourcing/testing/index.ts'

describe('the in-memory store', () => {
  test.each(eventStoreContract)('$name', ({ run }) => run(inMemoryEventStore({ pageSize: 4 })))
})
