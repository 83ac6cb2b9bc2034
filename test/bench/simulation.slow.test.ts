import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DOCUMENT, tableIn } from '../../bench/costs/document.ts'

const ROOT = join(__dirname, '../..')

test('docs/scale.md contains what npm run simulate prints', () => {
  // In a process of its own: in jest's context, the simulation takes ten times as long.
  const command = ['--import', 'tsx', 'bench/simulate.ts']
  const { stdout } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' })
  const text = readFileSync(DOCUMENT, 'utf8')
  for (const table of ['simulation', 'hot', 'validation']) {
    expect(stdout).toContain(`${tableIn(text, table)}\n`)
  }
}, 300_000)
