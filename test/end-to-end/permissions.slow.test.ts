import { startFullRun, useAllPaths } from '../support/all-paths.ts'
import {
  appTemplate,
  concerns,
  decisionsOf,
  grantedRights,
  line,
  type Right,
  UNUSED,
  without,
} from '../support/granted-rights.ts'

/** The number of runs at the same time. */
const AT_ONCE = 2
/** The time for the calls that need several rights, in milliseconds. */
const OF_SEVERAL = 10_000

test('without any right, exactly the calls that need it fail', async () => {
  const used = grantedRights(await appTemplate()).filter(
    (right) => !UNUSED.some(([those]) => those.test(line(right))),
  )
  const problems: string[] = []
  // A missing right may keep the call that needs another one from happening: those are tried alone.
  const hidden = (await each(groupsOf(used), (group) => tried(group, problems))).flat()
  const unseen = await each(hidden, (right) => tried([right], problems))
  expect(problems).toEqual([])
  expect(unseen.flat().map(line)).toEqual([])
}, 600_000)

/** Returns groups with at most one right of each principal. */
function groupsOf(rights: readonly Right[]): Right[][] {
  const groups: Right[][] = []
  const counts = new Map<string, number>()
  for (const right of rights) {
    const index = counts.get(right.principal) ?? 0
    counts.set(right.principal, index + 1)
    groups[index] = [...(groups[index] ?? []), right]
  }
  return groups
}

async function each<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const left = [...all]
  const results: R[] = []
  const tryNext = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      results.push(await work(next))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, tryNext))
  return results
}

/**
 * Runs the application without some rights. Adds other denials to the problems.
 * @returns the rights that no call needed
 */
async function tried(missing: readonly Right[], problems: string[]): Promise<Right[]> {
  const full = await startFullRun((template) => missing.reduce(without, template))
  try {
    const denied = () => decisionsOf(full.run.folder).filter(({ denial }) => denial)
    const isFound = (right: Right) => denied().some((decision) => concerns(decision, right))
    const until = Date.now() + (missing.length > 1 ? OF_SEVERAL : Number.POSITIVE_INFINITY)
    const isDone = () => missing.every(isFound) || Date.now() > until
    await useAllPaths(full, isDone).catch(() => {})
    const others = denied().filter((one) => !missing.some((right) => concerns(one, right)))
    problems.push(...others.map((one) => `${missing.map(line)}: ${JSON.stringify(one)}`))
    return missing.filter((right) => !isFound(right))
  } finally {
    await full.run.remove()
  }
}
