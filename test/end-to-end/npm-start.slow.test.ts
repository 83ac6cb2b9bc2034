import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { childrenOf, isRunning } from '../local/support/processes.ts'
import { assembly } from '../support/assembly.ts'
import { eventually } from '../support/eventually.ts'
import type { Outputs } from '../support/local-run.ts'
import { newFolder } from '../support/run-folder.ts'

const ROOT = join(__dirname, '../..')

const started: ChildProcess[] = []

afterEach(() => {
  for (const npm of started.splice(0)) npm.kill()
})

/** Runs `npm start` and waits until it is ready. */
async function npmStart() {
  const folder = newFolder('npm')
  const options = ['--port', '0', '--data', folder, '--assembly', await assembly()]
  const npm = spawn('npm', ['start', '--', ...options], { cwd: ROOT, stdio: 'ignore' })
  started.push(npm)
  const exited = once(npm, 'exit')
  const file = join(folder, 'outputs.json')
  await eventually(async () => existsSync(file) || undefined, 40_000)
  const { graphqlUrl }: Outputs = JSON.parse(readFileSync(file, 'utf8'))
  const processes = descendantsOf(npm.pid ?? 0)
  // The run replaces npm's shell, and has child processes.
  const [run = 0] = processes
  return { npm, run, processes, exited, graphqlUrl, lock: join(folder, 'lock') }
}

function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid)
  return [...children, ...children.flatMap(descendantsOf)]
}

const allGone = (processes: readonly number[]) =>
  eventually(async () => !processes.some(isRunning) || undefined, 20_000)

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s to npm alone ends the run cleanly',
  async (signal) => {
    const { npm, processes, exited, graphqlUrl, lock } = await npmStart()

    npm.kill(signal)

    expect(await exited).toEqual([0, null])
    await expect(fetch(graphqlUrl)).rejects.toThrow()
    expect(existsSync(lock)).toBe(false)
    await allGone(processes)
  },
  90_000,
)

test.each(['SIGHUP', 'SIGKILL'] as const)(
  '%s to npm alone ends the run cleanly, even though npm cannot forward the signal',
  async (signal) => {
    const { npm, processes, graphqlUrl, lock } = await npmStart()

    npm.kill(signal)

    await allGone(processes)
    await expect(fetch(graphqlUrl)).rejects.toThrow()
    expect(existsSync(lock)).toBe(false)
  },
  90_000,
)

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s to the run alone ends npm and the run cleanly',
  async (signal) => {
    const { run, processes, exited, lock } = await npmStart()

    process.kill(run, signal)

    expect(await exited).toEqual([0, null])
    expect(existsSync(lock)).toBe(false)
    await allGone(processes)
  },
  90_000,
)

test('a killed run leaves no process behind', async () => {
  const { run, processes, exited } = await npmStart()
  process.kill(run, 'SIGKILL')
  await exited
  await allGone(processes)
}, 90_000)
