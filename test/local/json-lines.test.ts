import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { JsonLines } from '../../lib/local/json-lines.ts'
import { readJsonLines } from './support/json-lines.ts'

const ROOT = join(__dirname, '../..')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lines-'))
})

afterEach(() => rmSync(folder, { recursive: true }))

/** Runs a program that appends to `file` in its own process. Returns the signal that ended it. */
async function run(file: string, program: string): Promise<NodeJS.Signals | null> {
  const code = `import { JsonLines } from './lib/local/json-lines.ts'
    const lines = new JsonLines(${JSON.stringify(file)})
    ${program}`
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', code],
    { cwd: ROOT, stdio: 'ignore' },
  )
  const [, signal] = await once(child, 'exit')
  return signal
}

test('lines are in the file after the event-loop turn that appended them, in order', async () => {
  const file = join(folder, 'some', 'lines.jsonl')
  const lines = new JsonLines(file)
  lines.append({ n: 1 })
  lines.append({ n: 2 })
  lines.appendText('{"n":3}')
  expect(existsSync(file)).toBe(false)
  await new Promise((resolve) => setImmediate(resolve))
  expect(readJsonLines(file)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }])
  lines.append({ n: 4 })
  lines.close()
  expect(readJsonLines(file)).toHaveLength(4)
})

test('a killed process loses no line of an earlier turn', async () => {
  const file = join(folder, 'lines.jsonl')
  const signal = await run(
    file,
    `for (let n = 0; n < 1000; n += 1) {
      lines.append({ n })
      lines.append({ n, again: true })
      await new Promise((resolve) => setImmediate(resolve))
    }
    process.kill(process.pid, 'SIGKILL')`,
  )
  expect(signal).toBe('SIGKILL')
  expect(readJsonLines(file)).toHaveLength(2000)
})

test('a process that exits writes the lines of its last turn', async () => {
  const file = join(folder, 'lines.jsonl')
  await run(file, 'lines.append({ n: 1 }); process.exit(0)')
  expect(readJsonLines(file)).toEqual([{ n: 1 }])
})
