// `node scripts/stage-name.mjs BRANCH` prints the stage that a pipeline deploys a branch to: at most
// 20 letters, digits and hyphens. Different branches get different stages.
import { createHash } from 'node:crypto'

const LONGEST = 20
const HASH = 6
/** The branch of the stage dev. */
const MAIN = 'main'
/** The stages that no other branch may have: dev, and those that synth takes for production. */
const RESERVED = /^(?:dev$|prod|prd$|live$)/
/** Synth accepts no stage that begins with a digit. */
const FIRST = /^[a-z]/

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
  const isFree = FIRST.test(stage) && !RESERVED.test(stage)
  if (stage === name && stage.length <= LONGEST && isFree) return stage
  // Another branch can have the same name after this change. The hash tells them apart.
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH)
  const full = isFree ? stage : `branch-${stage}`
  const start = full.slice(0, LONGEST - HASH - 1).replace(/-$/, '')
  return `${start}-${hash}`
}
