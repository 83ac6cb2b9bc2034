/** Returns the task of the process, as JSON. */
export function taskText(): string {
  // The process ends with its parent, so that no process outlives the benchmark.
  process.on('disconnect', () => process.exit())
  return process.argv[2] ?? '{}'
}

/** Sends a message to the parent process. */
export function say(value: unknown): void {
  process.send?.(JSON.stringify(value))
}

/** Waits for the parent's message that all processes are ready. */
export function whenTold(): Promise<void> {
  return new Promise((resolve) => {
    process.once('message', () => resolve())
  })
}
