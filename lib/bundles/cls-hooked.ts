import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Replaces, in functions, the package cls-hooked, by which X-Ray's SDK keeps the segment that
 * work belongs to. The package has a hook called at the beginning and end of every promise, which
 * took an eighth of a command's time; Node.js keeps contexts by itself today.
 */
interface Context {
  [key: string]: unknown
}

class Namespace {
  readonly #contexts = new AsyncLocalStorage<Context>()

  /** Undefined outside a context. */
  get active(): Context | undefined {
    return this.#contexts.getStore()
  }

  get(key: string): unknown {
    return this.active?.[key]
  }

  /** @throws Error outside a context */
  set<T>(key: string, value: T): T {
    const { active } = this
    if (!active) throw new Error('No context available: call run first')
    active[key] = value
    return value
  }

  /** Returns a context that has whatever the present one has, until it is set anew. */
  createContext(): Context {
    return Object.create(this.active ?? null)
  }

  /** Gives the context to all work that follows. */
  enter(context: Context): void {
    this.#contexts.enterWith(context)
  }

  run(work: (context: Context) => unknown): Context {
    const context = this.createContext()
    this.#contexts.run(context, work, context)
    return context
  }

  runAndReturn<T>(work: (context: Context) => T): T {
    const context = this.createContext()
    return this.#contexts.run(context, work, context)
  }

  runPromise<T>(work: (context: Context) => Promise<T>): Promise<T> {
    return this.runAndReturn(work)
  }

  /** Returns a function that runs in the context, wherever it is called. */
  bind<A extends unknown[], T>(
    work: (...args: A) => T,
    context = this.active ?? this.createContext(),
  ): (...args: A) => T {
    return (...args) => this.#contexts.run(context, work, ...args)
  }
}

const namespaces = new Map<string, Namespace>()

export function getNamespace(name: string): Namespace | undefined {
  return namespaces.get(name)
}

export function createNamespace(name: string): Namespace {
  const namespace = new Namespace()
  namespaces.set(name, namespace)
  return namespace
}

export function destroyNamespace(name: string): void {
  namespaces.delete(name)
}
