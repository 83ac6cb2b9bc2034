import { startFullRun, useAllPaths } from '../support/all-paths.ts'
import {
  appTemplate,
  concerns,
  decisionsOf,
  grantedRights,
  line,
  UNUSED,
  without,
} from '../support/granted-rights.ts'

/** The number of runs at the same time. */
const AT_ONCE = 2

test('without any one right, exactly the call that needs it fails', async () => {
  const used = grantedRights(await appTemplate()).filter(
    (right) => !UNUSED.some(([those]) => those.test(line(right))),
  )
  const wrong: string[] = []
  const left = [...used]
  const tryNext = async () => {
    for (let right = left.shift(); right; right = left.shift()) {
      const missing = right
      const full = await startFullRun((template) => without(template, missing))
      try {
        const denied = () => decisionsOf(full.run.folder).filter(({ denial }) => denial)
        await useAllPaths(full, () => denied().length > 0).catch(() => {})
        const isRight = denied().length > 0 && denied().every((each) => concerns(each, missing))
        if (!isRight) wrong.push(`${line(missing)}: ${JSON.stringify(denied())}`)
      } finally {
        await full.run.remove()
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, tryNext))
  expect(wrong).toEqual([])
}, 900_000)
