const actions = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `act` when the signal is aborted. Returns the function that cancels the call. All callers
 * share one listener for a signal: Node.js reports more than ten listeners as a leak.
 */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  const waiting = actions.get(signal) ?? listened(signal)
  waiting.add(act)
  return () => {
    waiting.delete(act)
  }
}

function listened(signal: AbortSignal): Set<() => void> {
  const waiting = new Set<() => void>()
  actions.set(signal, waiting)
  signal.addEventListener('abort', () => {
    for (const act of [...waiting]) act()
  })
  return waiting
}
