/** The interval of checks for the parent, in milliseconds. */
const INTERVAL = 500

/**
 * Calls back once npm has ended without passing a signal on, for example after SIGHUP or SIGKILL.
 * Does nothing in a run that npm did not start: such a run may outlive its shell.
 */
export function onNpmGone(gone: () => void): void {
  // Windows keeps the first parent's id forever. There, Ctrl-C reaches every process of the
  // console.
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    gone()
  }, INTERVAL)
  timer.unref()
}
