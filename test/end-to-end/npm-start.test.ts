import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { assembly } from '../support/assembly.ts'
import { eventually } from '../support/eventually.ts'
import type { Outputs } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'

const ROOT = join(__dirname, '../..')

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s to npm alone ends the run behind npm start, cleanly',
  async (signal) => {
    const folder = newFolder('npm')
    const options = ['--port', '0', '--data', folder, '--assembly', await assembly()]
    const npm = spawn('npm', ['start', '--', ...options], { cwd: ROOT, stdio: 'ignore' })
    const exited = once(npm, 'exit')
    const file = join(folder, 'outputs.json')
    await eventually(async () => existsSync(file) || undefined, 40_000)
    const { graphqlUrl }: Outputs = JSON.parse(readFileSync(file, 'utf8'))

    npm.kill(signal)

    expect(await exited).toEqual([0, null])
    await expect(fetch(graphqlUrl)).rejects.toThrow()
    expect(existsSync(join(folder, 'lock'))).toBe(false)
  },
  90_000,
)
