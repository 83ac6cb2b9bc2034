import {
  Aggregate,
  bind,
  type Event,
  type EventHandlers,
  inMemoryEventStore,
} from '../../lib/event-sourcing/index.ts'

// Mistakes that would silently lose state or old events, and that the types cannot catch.

interface Lit extends Event {
  readonly type: 'Lit'
}

abstract class Light extends Aggregate<Lit> implements EventHandlers<Lit> {
  lit = false
  onLit() {
    this.lit = true
  }
}

const store = inMemoryEventStore()

test('a misspelt static is rejected with the valid names', () => {
  class Lamp extends Light {
    static readonly upcaster = {}
  }
  expect(() => bind(Lamp, store)).toThrow(
    'Lamp has a static upcaster, which the framework ignores: rename it to static override upcasters or schemas',
  )
})

test('a static with a name of its own is accepted', () => {
  class Lamp extends Light {
    static readonly schemaVersion = 2
    static readonly upcastedFrom = 'Lantern'
  }
  expect(() => bind(Lamp, store)).not.toThrow()
})

test('a private field is rejected, including one of an intermediate class', () => {
  class Secret extends Light {
    #watts = 5
    get watts() {
      return this.#watts
    }
  }
  class Lamp extends Secret {}
  for (const one of [Secret, Lamp]) {
    expect(() => bind(one, store)).toThrow(
      'Secret has the private member #watts, which copies of its state lose: use public fields and methods',
    )
  }
})

test('a # in a string, a comment or a pattern is accepted', () => {
  class Lamp extends Light {
    // The color is #fff.
    color = '#fff'
    name = `${this.color}#1`
    static readonly pattern = /#[0-9a-f]{3}/
  }
  expect(() => bind(Lamp, store)).not.toThrow()
})

test('an async handler is rejected at the first event', async () => {
  class Lamp extends Light {
    override async onLit() {
      await Promise.reject(new Error('late'))
    }
  }
  bind(Lamp, store)
  await expect(new Lamp().commit({ type: 'Lit' })).rejects.toThrow('onLit is async')
})

test('a function in a field is rejected at the first commit', async () => {
  class Lamp extends Light {
    react = () => this.lit
  }
  bind(Lamp, store)
  await expect(new Lamp().commit({ type: 'Lit' })).rejects.toThrow(
    'The field react cannot be part of a resource',
  )
})
