/** Polls until the condition holds. Fails after `within` milliseconds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  within = 10_000,
): Promise<void> {
  const deadline = Date.now() + within
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`After ${within} ms still not true: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Returns whether a server answers HTTP requests at the address. */
export async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}
