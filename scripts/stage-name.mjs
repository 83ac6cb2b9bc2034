// `node scripts/stage-name.mjs BRANCH` prints the stage that a pipeline deploys a branch to: at most
// 20 letters, digits and hyphens. Different branches get different stages.
import { createHash } from 'node:crypto'

const LONGEST = 20
const HASH = 6
/** The branch of the stage dev. */
const MAIN = 'main'
/** The stages that no other branch may have. */
const RESERVED = ['dev', 'prod']

const [branch, ...rest] = process.argv.slice(2)
if (!branch || rest.length > 0) {
  console.error('stage-name needs one branch: node scripts/stage-name.mjs feature-x')
  process.exitCode = 2
} else console.log(stageOf(branch))

function stageOf(name) {
  if (name === MAIN) return 'dev'
  const stage = name
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  if (stage === name && stage.length <= LONGEST && !RESERVED.includes(stage)) return stage
  // Another branch can have the same name after this change. The hash tells them apart.
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH)
  const start = stage.slice(0, LONGEST - HASH - 1).replace(/-$/, '')
  return `${start || 'branch'}-${hash}`
}
