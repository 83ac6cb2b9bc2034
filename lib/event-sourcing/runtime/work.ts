import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * The kind of a function's work. A query cannot commit. A command and a reaction create resources
 * only on purpose: see `creates` in CommandOptions.
 */
export type Work = 'query' | 'command' | 'reaction'

export interface WorkContext {
  /** The number of reactions, one caused by the other, up to this work. Default: 0. */
  readonly depth?: number
  /** The id that the client gave the command. Default: none. */
  readonly commandId?: string | undefined
  /** The caller who caused the work: `actor` of EventMeta. Default: none. */
  readonly actor?: string | undefined
  /** The name of the reactor that does the work. Default: none. */
  readonly reactor?: string | undefined
}

interface Current extends WorkContext {
  /** Undefined: code of your own. */
  readonly work: Work | undefined
  /** The commits that the work has begun and that have not ended. */
  readonly pending: Set<Promise<unknown>>
  /** The resources and commandIds of the commits that have succeeded. */
  readonly committed: Set<string>
}

const currents = new AsyncLocalStorage<Current>()

/**
 * Marks everything that `run` does as this kind of work. Waits for the commits that `run` has begun
 * without waiting for them.
 * @throws the error of `run`, or of a commit that it did not wait for
 */
export function during<T>(
  work: Work | undefined,
  run: () => T | Promise<T>,
  context: WorkContext = {},
): Promise<T> {
  const pending = new Set<Promise<unknown>>()
  return currents.run({ ...context, work, pending, committed: new Set() }, async () => {
    const running = (async () => run())()
    await Promise.allSettled([running])
    const commits = await Promise.allSettled(pending)
    const result = await running
    for (const commit of commits) if (commit.status === 'rejected') throw commit.reason
    return result
  })
}

/** Makes the current work wait for a commit that it begins. */
export function partOfWork<T>(commit: Promise<T>): Promise<T> {
  const { pending } = currents.getStore() ?? {}
  if (!pending) return commit
  // A promise of its own: if the caller ignores its rejection, Node.js still reports that.
  const ended = commit.then((value) => value)
  const end = () => pending.delete(ended)
  pending.add(ended)
  commit.then(end, end)
  return ended
}

/** Returns undefined in code of your own, such as a script or a test. */
export function currentWork(): Work | undefined {
  return currents.getStore()?.work
}

/** Returns the number of reactions that led to the current work; 0 outside of a reaction. */
export function currentDepth(): number {
  return currents.getStore()?.depth ?? 0
}

/** Returns the caller who caused the current work, and the reactor that does it. */
export function currentOrigin(): { readonly actor?: string; readonly reactor?: string } {
  const { actor, reactor } = currents.getStore() ?? {}
  return { ...(actor !== undefined && { actor }), ...(reactor !== undefined && { reactor }) }
}

/** Returns the id that the client gave the current command, if any. */
export function currentCommandId(): string | undefined {
  return currents.getStore()?.commandId
}

/**
 * The resources and commandIds of the commits that have succeeded in the current work. Empty in code
 * of your own, where each commit is a command.
 */
export function committedInWork(): Set<string> {
  const current = currents.getStore()
  return current?.work ? current.committed : new Set()
}
