/** What the process was started for. */
export function taskText(): string {
  // Whoever started it may die: nothing of the benchmark outlives it.
  process.on('disconnect', () => process.exit())
  return process.argv[2] ?? '{}'
}

/** Says something to the process that started this one. */
export function say(value: unknown): void {
  process.send?.(JSON.stringify(value))
}

/** Waits until all others are ready, too. */
export function whenTold(): Promise<void> {
  return new Promise((resolve) => {
    process.once('message', () => resolve())
  })
}
