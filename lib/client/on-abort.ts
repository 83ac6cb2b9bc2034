const actions = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Acts when a signal is aborted. Gives the function that prevents it. However many wait for one
 * signal, it has one listener: Node.js takes more than ten for a leak.
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
