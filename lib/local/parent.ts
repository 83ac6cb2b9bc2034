/** How often the parent is looked for, in milliseconds. */
const INTERVAL = 500

/**
 * Calls back once npm has ended without passing a signal on: after SIGHUP or SIGKILL, for example.
 * Does nothing in a run that npm did not start: it may outlive the shell that started it.
 */
export function onNpmGone(gone: () => void): void {
  // Windows names the first parent for ever; there, Ctrl-C reaches every process of the console.
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    gone()
  }, INTERVAL)
  timer.unref()
}
