import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * Replaces the package cls-hooked in functions. X-Ray's SDK uses that package to keep the segment
 * that work belongs to. The package runs a hook at the beginning and end of every promise, which
 * took an eighth of a command's time. Node.js now keeps contexts itself.
 */
interface Context {
  [key: string]: unknown
}

class Namespace {
  readonly #contexts = new AsyncLocalStorage<Context>()

  /** The current context. Undefined outside a context. */
  get active(): Context | undefined {
    return this.#contexts.getStore()
  }

  get(key: string): unknown {
    return this.active?.[key]
  }

  /**
   * Sets a value in the current context.
   * @throws Error outside a context
   */
  set<T>(key: string, value: T): T {
    const { active } = this
    if (!active) throw new Error('No context available: call run first')
    active[key] = value
    return value
  }

  /** Returns a context that inherits the values of the current context. */
  createContext(): Context {
    return Object.create(this.active ?? null)
  }

  /** Makes the context current for all work that follows. */
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

  /** Returns a function that runs in the context, from any caller. */
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
